"""Failures that say nothing about their step: many flows failed at once, so something beneath them did.

In one environment, within five minutes either way, three flows fail against one service (or three services fail), and
these are at least half of the runs that touched them. Pure: failures and runs in, tagged failures out.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

AROUND: Final = timedelta(minutes=5)
FLOWS: Final = 3
SERVICES: Final = 3
SHARE: Final = 0.5


@dataclass(frozen=True)
class Failure:
    step_run_id: int
    execution_id: int
    flow_id: int
    environment: str
    service: str
    at: datetime


# How many executions touched these services of an environment between two moments.
RunsBetween = Callable[[str, frozenset[str], datetime, datetime], int]


def tagged(failures: Iterable[Failure], runs_between: RunsBetween) -> set[int]:
    """Ids of the step runs whose failure belongs to an incident. Asks for runs only where enough fails."""
    by_environment: defaultdict[str, list[Failure]] = defaultdict(list)
    for one in failures:
        if one.service:
            by_environment[one.environment].append(one)
    return {
        one.step_run_id
        for environment, rows in by_environment.items()
        for one, near in _neighbours(sorted(rows, key=lambda row: (row.at, row.step_run_id)))
        if _is_incident(environment, one, near, runs_between)
    }


def _neighbours(rows: Sequence[Failure]) -> Iterable[tuple[Failure, Sequence[Failure]]]:
    """Each failure with those within five minutes of it, itself among them."""
    start = end = 0
    for one in rows:
        while rows[start].at < one.at - AROUND:
            start += 1
        while end < len(rows) and rows[end].at <= one.at + AROUND:
            end += 1
        yield one, rows[start:end]


def _is_incident(environment: str, one: Failure, near: Sequence[Failure], runs_between: RunsBetween) -> bool:
    same = [row for row in near if row.service == one.service]
    services = frozenset(row.service for row in near)
    if len({row.flow_id for row in same}) >= FLOWS and _is_most(
        environment, same, frozenset({one.service}), one.at, runs_between
    ):
        return True
    return len(services) >= SERVICES and _is_most(environment, near, services, one.at, runs_between)


def _is_most(
    environment: str, failures: Sequence[Failure], services: frozenset[str], at: datetime, runs_between: RunsBetween
) -> bool:
    failed = len({row.execution_id for row in failures})
    return failed >= SHARE * max(failed, runs_between(environment, services, at - AROUND, at + AROUND))
