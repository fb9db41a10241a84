"""What became of the turns of a container: read from the record when the last of them has ended."""

from dataclasses import dataclass, replace
from typing import Any

from django.conf import settings

from executions.database import fetch_all
from executions.live import LOOP, RESULT, Kept, load_turns
from executions.operations.claim import Claim
from executions.settling import Failure, Fan
from executions.status import AttemptStatus, FailureKind, StepStatus
from flows.language.plan import Plan, PlannedStep
from workers.actions.base import TurnOutcome
from workers.attempt import Outcome
from workers.running import Running
from workers.turn_results import result_of

CHILDREN = """
SELECT "index" AS turn, path, status, failure_kind, failure_code, message, started_at, finished_at
FROM executions_steprun WHERE parent_id = %(id)s::bigint AND container_id = %(id)s::bigint
ORDER BY "index" NULLS FIRST, id
"""


@dataclass
class Turns:
    """`outcomes` in order; `handed_on` is what the steps after the container may read of what was captured inside."""

    outcomes: list[TurnOutcome]
    handed_on: list[Kept]
    is_overdue: bool  # its own time was up before they had all ended

    @classmethod
    def of(cls, running: Running, planned: PlannedStep, claim: Claim) -> "Turns":
        rows = fetch_all(CHILDREN, {"id": claim.step_run_id})
        numbers = sorted({row["turn"] for row in rows if row["turn"] is not None})
        kept = load_turns(running.execution.pk, [f"{claim.path}[{number}]" for number in numbers])
        by_turn: dict[int, list[Kept]] = {number: [] for number in numbers}
        for value in kept:
            if value.name != LOOP:
                by_turn[_number(value.path, claim.path)].append(value)
        by_row: dict[int | None, list[dict[str, Any]]] = {}
        for row in rows:
            by_row.setdefault(row["turn"], []).append(row)
        outcomes = [
            _outcome(running.plan, number or 0, by_row[number], by_turn.get(number or 0, []))
            for number in (numbers or ([None] if rows else []))
        ]
        chosen = numbers if planned.step.action == "parallel" else numbers[-1:]
        handed_on = [_handed_on(value, claim.path, number) for number in chosen for value in by_turn[number]]
        return cls(outcomes, handed_on, _is_overdue(planned, claim))

    def result(self) -> dict[str, Any]:
        return result_of(self.outcomes)

    def judge(self, outcome: Outcome) -> None:
        """A container fails with a turn that failed, and when its own time was up, whatever its action says."""
        outcome.handed_on, outcome.is_partial = self.handed_on, False
        if outcome.open is not None or outcome.park is not None:
            return
        if self.is_overdue:
            ended = sum(turn.status != "cancelled" for turn in self.outcomes)
            message = f"Its time was up; {ended} of its turns had ended by then."
            outcome.status, outcome.failure = AttemptStatus.FAILED, Failure(FailureKind.TIMEOUT, "timeout", message)


def fan_of(plan: Plan, planned: PlannedStep, claim: Claim, outcome: Outcome) -> Fan:
    """What opening means for the record."""
    opened = outcome.open
    assert opened is not None
    return Fan(
        firsts=(plan.children(planned.path, opened.group)[0],) if opened.group else plan.firsts(planned.path),
        container_path=claim.path,
        total=opened.first + len(opened.names),
        first=opened.first,
        width=opened.width,
        is_numbered=planned.spec.has_turns,
        stops_at_failure=opened.stops_at_failure,
        seconds=outcome.seconds_left if opened.seconds is None else opened.seconds,
    )


def refuse_too_many(running: Running, planned: PlannedStep, outcome: Outcome) -> None:
    """Fail what would make more step runs than an execution may have."""
    opened = outcome.open
    assert opened is not None
    groups = [opened.group] if opened.group else [group for group, steps in planned.step.children.items() if steps]
    steps = sum(len(planned.step.children[group]) for group in groups)
    turns = 1 if planned.step.action == "parallel" else len(opened.names)
    most = settings.MAX_STEP_RUNS
    if running.state.step_runs + running.ended + turns * steps > most:
        message = (
            f"With the {turns * steps:,} steps inside this one the execution would have more than {most:,} step runs, "
            "which is the most it may have (STEPWELL_MAX_STEP_RUNS)."
        )
        outcome.status, outcome.open = AttemptStatus.FAILED, None
        outcome.failure = Failure(FailureKind.CONFIG, "too_many_steps", message)


def _outcome(plan: Plan, number: int, rows: list[dict[str, Any]], kept: list[Kept]) -> TurnOutcome:
    """Of one turn, from its step runs and what they kept."""
    broken = [row for row in rows if row["status"] == StepStatus.FAILED]
    failed = next((row for row in broken if not plan.at(row["path"]).is_forgiven), None)
    cancelled = next((row for row in rows if row["status"] == StepStatus.CANCELLED), None)
    told = failed or cancelled or next(iter(broken), None)
    status = "failed" if failed else "cancelled" if cancelled else "passed"
    return TurnOutcome(
        number=number,
        status=status,
        duration_ms=_milliseconds(rows),
        path=told["path"] if told else "",
        kind=told["failure_kind"] if told else "",
        code=told["failure_code"] if told else "",
        message=told["message"] if told else "",
        outputs={value.name: value.value for value in kept if value.name != RESULT},
    )


def _milliseconds(rows: list[dict[str, Any]]) -> int:
    begun = [row["started_at"] for row in rows if row["started_at"]]
    ended = [row["finished_at"] for row in rows if row["finished_at"]]
    return max(0, round((max(ended) - min(begun)).total_seconds() * 1000)) if begun and ended else 0


def _is_overdue(planned: PlannedStep, claim: Claim) -> bool:
    return claim.stopping == f"the time of {claim.path} was up" and not planned.spec.forgives


def _number(path: str, container: str) -> int:
    at = len(container) + 1
    return int(path[at : path.index("]", at)])


def _handed_on(value: Kept, container: str, number: int) -> Kept:
    """Under the address without the turn: what the loop left, for those after it."""
    return replace(value, path=container + value.path[len(f"{container}[{number}]") :])
