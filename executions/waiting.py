"""Why a queued execution waits: for a place among those that may run at once, or for a worker of its group."""

from collections.abc import Iterable
from typing import Literal, Protocol

from django.db.models.functions import Now
from ninja import Schema

from executions.limits import RunLimit
from executions.models import WorkerProcess
from executions.status import Status


class WaitingFor(Schema):
    """What a queued execution waits for, if it is not just its turn."""

    kind: Literal["workspace_limit", "flow_limit", "worker"]
    message: str


class Queued(Protocol):
    """An execution, or as much of it as its reason to wait needs."""

    @property
    def pk(self) -> int: ...
    @property
    def status(self) -> str: ...
    @property
    def waits_for(self) -> str: ...
    @property
    def worker_group(self) -> str: ...
    @property
    def workspace_id(self) -> int: ...
    @property
    def flow_id(self) -> int: ...


def waiting_for(executions: Iterable[Queued]) -> dict[int, WaitingFor]:
    """By number of the execution, of those that are queued; without one of them it asks nothing."""
    queued = [one for one in executions if one.status == Status.QUEUED]
    if not queued:
        return {}
    limits = _limits([one for one in queued if one.waits_for])
    groups = _live_groups()
    found: dict[int, WaitingFor] = {}
    for one in queued:
        if one.waits_for:
            found[one.pk] = _held(one, limits)
        elif one.worker_group not in groups:
            found[one.pk] = WaitingFor(kind="worker", message=_no_worker(one.worker_group))
    return found


def without_worker(groups: Iterable[str]) -> dict[str, str]:
    """By group, why what is meant for it waits: of those that no worker belongs to now."""
    live = _live_groups()
    return {group: _no_worker(group) for group in groups if group not in live}


def _limits(held: list[Queued]) -> dict[tuple[int, int | None], int]:
    if not held:
        return {}
    rows = RunLimit.objects.filter(workspace_id__in={one.workspace_id for one in held})
    return {(row.workspace_id, row.flow_id): row.most for row in rows}


def _held(execution: Queued, limits: dict[tuple[int, int | None], int]) -> WaitingFor:
    of_flow = limits.get((execution.workspace_id, execution.flow_id))
    if execution.waits_for == "flow" and of_flow is not None:
        return WaitingFor(
            kind="flow_limit", message=f"At most {_runs(of_flow)} of this flow may run at once; it waits for a place."
        )
    most = limits.get((execution.workspace_id, None))
    what = f"at most {_runs(most)} at once" if most is not None else "a limited number of executions at once"
    return WaitingFor(kind="workspace_limit", message=f"The workspace runs {what}; it waits for a place.")


def _runs(most: int) -> str:
    return "one execution" if most == 1 else f"{most} executions"


def _live_groups() -> set[str]:
    live = WorkerProcess.objects.filter(stopped_at=None, expires_at__gt=Now())
    return set(live.values_list("worker_group", flat=True).distinct())


def _no_worker(group: str) -> str:
    if not group:
        return "No worker is running."
    return f"No worker of the group {group!r} is running. Start one with STEPWELL_WORKER_GROUP={group}."
