"""Steps that pass and fail without anything having changed, ranked by what they disturb."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.utils import timezone

from analytics.flakiness.score import Health
from analytics.flakiness.sequence import CHANGE
from analytics.models import FailureGroup, StepHealth
from analytics.questions.scope import Scope, quoted
from flows.models import Quarantine

MOST: Final = 200
EVIDENCE: Final = 20
LONGEST_TEXT: Final = 300


@dataclass(frozen=True)
class StripCell:
    """One result of the strip: passed, recovered, failed; and whether a change came before it."""

    execution: int
    result: str


@dataclass(frozen=True)
class Held:
    """A quarantine in force, of the step or of its whole flow."""

    id: int
    reason: str
    expires_at: datetime
    is_of_flow: bool


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
    disturbed: int  # executions with its retries and short failures; `q` finds them, `q_scored` all that were scored
    evidence: list[int]  # the last of them, newest first
    top_failure: str | None  # the group that these are mostly in
    top_text: str  # what it says
    quarantine: "Held | None"
    since: datetime
    until: datetime
    version: int
    q: str
    q_scored: str


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
    held = _quarantines(steps)
    return [
        _shown(one, groups.get((one.flow_id, one.key)), held.get((one.flow_id, one.key), held.get((one.flow_id, ""))))
        for one in steps
    ]


def _quarantines(steps: list[StepHealth]) -> dict[tuple[int, str], Held]:
    found = Quarantine.objects.in_force(at=timezone.now()).filter(flow_id__in={one.flow_id for one in steps})
    return {
        (one.flow_id, one.step_key): Held(one.pk, one.reason, one.expires_at, not one.step_key)
        for one in found.order_by("expires_at")
    }


def _groups(scope: Scope, steps: list[StepHealth]) -> dict[tuple[int, str], tuple[str, str]]:
    """Fingerprint and words of the failure that each step has most."""
    flows = {one.flow_id for one in steps}
    found = FailureGroup.objects.filter(workspace=scope.workspace, flow_id__in=flows).order_by("count")
    return {
        (flow, key): (own, sample[:LONGEST_TEXT])
        for flow, key, own, sample in found.values_list("flow_id", "step_key", "fingerprint", "sample")
    }


def _shown(one: StepHealth, group: tuple[str, str] | None, held: Held | None) -> FlakyStep:
    letters = one.sequence.replace(CHANGE, "")
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
        disturbed=len(one.events),
        evidence=one.events[: -EVIDENCE - 1 : -1],
        top_failure=group[0] if group else None,
        top_text=group[1] if group else "",
        quarantine=held,
        since=one.first_at,
        until=one.last_at,
        version=one.version,
        q=_search(one, "disturbed"),
        q_scored=_search(one, "scored"),
    )


def _search(one: StepHealth, word: str) -> str:
    return f"flow:{quoted(one.flow.slug)} env:{quoted(one.environment or 'none')} {word}:{quoted(one.key)}"
