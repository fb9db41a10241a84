"""Commit what became of an attempt, and what comes next, in one statement (DESIGN §5.2, §5.3, §5.8).

The statement is a compare-and-set twice over. The fence: only the claim that is still the step run's may commit;
anything else is a late result. The state: what comes next was decided for an execution that was, say, not cancelled; if
it has been cancelled in the meantime, nothing is written, and `decide` is asked again with what is true now.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.db import transaction

from executions.database import fetch_one
from executions.models import Attempt, LateResult
from executions.operations.claim import Claim
from executions.operations.settle_statement import insert_payload, settle
from executions.settling import Ended, Further, Go, Next, State
from executions.status import Phase, Status
from executions.storable import storable

LARGE_PAYLOAD = 64 * 1024  # characters; a larger one is written before the execution's row is locked


@dataclass(frozen=True)
class Committed:
    """What was written. `claim` is the next one, when the next step was claimed too."""

    ended: Ended
    further: Sequence[Further]
    next: Next
    state: State  # what the decision was made for
    event_number: int
    next_step_run_id: int | None
    claim: Claim | None
    now: datetime


@dataclass(frozen=True)
class Late:
    """The claim is no longer good. `is_own`: because this very result had been written before (its answer was lost);
    otherwise the attempt had been given up, and what it brought is kept as a late result.
    """

    is_own: bool = False


def commit_attempt(
    *,
    claim: Claim,
    decide: Callable[[State], tuple[Ended, Next]],
    state: State,
    worker_id: int | None,
    further: Sequence[Further] = (),
) -> Committed | Late:
    """Write what `decide` says of the attempt and of what comes next. Late if the claim is no longer good.

    Steps run `further` are written with it if `state` is still true. Else they never were, and `decide` is asked again
    for what comes after the attempt itself.
    """
    while True:
        ended, following = decide(state)
        row = _run(claim, ended, following, state, worker_id, further)
        if not row["fenced"]:
            return Late(is_own=not _keep_late(claim, ended))
        if row["event_number"] is not None:
            return _committed(claim, ended, following, state, row, further)
        state, further = read_state(claim.execution_id), ()


def read_state(execution_id: int) -> State:
    """What is true of a running execution now."""
    row = fetch_one(
        """
        SELECT phase, outcome, cancel_requested_at IS NOT NULL AS cancel_requested,
               COALESCE(CASE phase WHEN 'teardown' THEN teardown_deadline ELSE deadline END
                        <= statement_timestamp(), FALSE)
                   AS deadline_passed,
               failed_count > soft_failed_count AS failed_hard
        FROM executions_execution WHERE id = %(id)s::bigint
        """,
        {"id": execution_id},
    )
    if row is None:
        raise LookupError(f"execution {execution_id} is gone")
    return State(
        phase=Phase(row["phase"]),
        outcome=Status(row["outcome"]) if row["outcome"] else None,
        cancel_requested=row["cancel_requested"],
        deadline_passed=row["deadline_passed"],
        failed_hard=row["failed_hard"],
    )


def _run(
    claim: Claim, ended: Ended, following: Next, state: State, worker_id: int | None, further: Sequence[Further]
) -> dict[str, Any]:
    if ended.payload is not None and ended.payload.characters > LARGE_PAYLOAD:
        with transaction.atomic():
            insert_payload(claim, ended.payload)
            row = settle(claim, replace(ended, payload=None), following, state, worker_id, further)
            if row["event_number"] is None:
                transaction.set_rollback(True)
            return row
    return settle(claim, ended, following, state, worker_id, further)


def _committed(
    claim: Claim, ended: Ended, following: Next, state: State, row: dict[str, Any], further: Sequence[Further]
) -> Committed:
    claimed = None
    if isinstance(following, Go) and following.claim:
        claimed = Claim(
            execution_id=claim.execution_id,
            step_run_id=row["next_step_run"],
            attempt_id=row["next_attempt"],
            path=following.step.path,
            number=1,
            fence=1,
            lost_attempts=0,
            now=row["now"],
            due_at=row["now"],
            event_number=row["event_number"],
            parent_id=following.parent_id,
        )
    return Committed(ended, further, following, state, row["event_number"], row["next_step_run"], claimed, row["now"])


def _keep_late(claim: Claim, ended: Ended) -> bool:
    attempt = Attempt.objects.filter(pk=claim.attempt_id).first()
    if attempt is None:
        return True  # the execution was deleted; there is nothing to keep it by
    if attempt.fence == claim.fence and attempt.status == ended.attempt:
        return False
    LateResult.objects.create(
        attempt_id=claim.attempt_id,
        fence=claim.fence,
        status=ended.attempt,
        message=storable(ended.failure.message if ended.failure else ended.message),
    )
    return True
