"""Steps that pass and fail without anything having changed, ranked by what they disturb."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from analytics.flakiness.score import Health
from analytics.flakiness.sequence import CHANGE, FAILED, RECOVERED
from analytics.models import FailureGroup, StepHealth
from analytics.questions.scope import Scope
from analytics.rollups.health import in_episodes

MOST: Final = 200
EVIDENCE: Final = 20


@dataclass(frozen=True)
class StripCell:
    """One result of the strip: passed, recovered, failed; and whether a change came before it."""

    execution: int
    result: str


@dataclass(frozen=True)
class FlakyStep:
    flow: str
    flow_name: str
    environment: str
    key: str
    action: str
    health: str
    has_recovered: bool
    n: int
    rate: float
    lo: float
    hi: float
    recoveries: int
    episodes: int
    outages: int
    failures: int
    flip_rate: float
    runs_per_day: float
    disturbed_per_day: float
    lost_minutes: float
    median_ms: float | None
    strip: list[StripCell]
    evidence: list[int]  # executions of its retries and short failures, newest first
    top_failure: str | None  # the group that these are mostly in
    since: datetime
    until: datetime
    version: int


ORDERS: Final = {"disturbed": "-disturbed_per_day", "lost": "-lost_ms"}
_RESULTS: Final = {"P": "passed", "R": "recovered", "F": "failed"}


def flaky_steps(scope: Scope, *, health: Iterable[str] = (Health.FLAKY,), order: str = "disturbed") -> list[FlakyStep]:
    """The window is that of the score (14 days, 100 results), whatever days the scope names."""
    found = StepHealth.objects.filter(workspace=scope.workspace, health__in=list(health)).select_related("flow")
    if scope.flow_ids is not None:
        found = found.filter(flow_id__in=scope.flow_ids)
    if scope.environment is not None:
        found = found.filter(environment=scope.environment)
    steps = list(found.order_by(ORDERS[order], "pk")[:MOST])
    groups = _groups(scope, steps)
    return [_shown(one, groups.get((one.flow_id, one.key))) for one in steps]


def _groups(scope: Scope, steps: list[StepHealth]) -> dict[tuple[int, str], str]:
    """The fingerprint that each step fails with most."""
    flows = {one.flow_id for one in steps}
    found = FailureGroup.objects.filter(workspace=scope.workspace, flow_id__in=flows).order_by("count")
    return {(flow, key): own for flow, key, own in found.values_list("flow_id", "step_key", "fingerprint")}


def _shown(one: StepHealth, group: str | None) -> FlakyStep:
    letters = one.sequence.replace(CHANGE, "")
    events = _events(one.sequence)
    return FlakyStep(
        flow=one.flow.slug,
        flow_name=one.flow.name,
        environment=one.environment,
        key=one.key,
        action=one.action,
        health=one.health,
        has_recovered=one.has_recovered,
        n=one.n,
        rate=one.rate,
        lo=one.lo,
        hi=one.hi,
        recoveries=one.recoveries,
        episodes=one.episodes,
        outages=one.outages,
        failures=one.failures,
        flip_rate=one.flip_rate,
        runs_per_day=one.runs_per_day,
        disturbed_per_day=one.disturbed_per_day,
        lost_minutes=one.lost_ms / 60_000,
        median_ms=one.median_ms,
        strip=[
            StripCell(execution, _RESULTS[letter])
            for execution, letter in list(zip(one.executions, letters, strict=True))[-len(one.strip) :]
        ],
        evidence=[one.executions[at] for at in reversed(events)][:EVIDENCE],
        top_failure=group,
        since=one.first_at,
        until=one.last_at,
        version=one.version,
    )


def _events(sequence: str) -> list[int]:
    """Places of the results that count as flaky: retries, and failures that were short and bounded."""
    places, at = [], 0
    for segment in sequence.split(CHANGE):
        short = in_episodes(segment)
        for place, letter in enumerate(segment):
            if letter == RECOVERED or (letter == FAILED and place in short):
                places.append(at)
            at += 1
    return places
