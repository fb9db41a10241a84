"""Commit what became of an attempt, and what comes next, in one statement (DESIGN §5.2, §5.3, §5.8).

The statement is a compare-and-set twice over. The fence: only the claim that is still the step run's may commit;
anything else is a late result. The state: what comes next was decided for an execution that was, say, not cancelled; if
it has been cancelled in the meantime, nothing is written, and `decide` is asked again with what is true now.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from typing import Any

from django.db import transaction

from executions.database import fetch_one
from executions.models import Attempt, LateResult
from executions.operations.claim import Claim
from executions.operations.settle_statement import insert_payload, settle
from executions.settling import Arrive, Ended, Fan, Further, Go, Next, State
from executions.status import Phase, Status
from executions.storable import storable
from flows.language.plan import in_turn

LARGE_PAYLOAD = 64 * 1024  # characters; a larger one is written before the execution's row is locked


@dataclass(frozen=True)
class Committed:
    """What was written. `claim` is the next one, when the next step was claimed too; `due` are (step run, attempt) that
    are to be sent.
    """

    ended: Ended
    further: Sequence[Further]
    next: Next
    state: State  # what the decision was made for
    event_number: int
    due: tuple[tuple[int, int], ...]
    claim: Claim | None
    now: datetime
    has_stopped_others: bool = False  # steps of other turns must not go on


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
    meanwhile: Callable[[Ended, Next], object] | None = None,
) -> Committed | Late:
    """Write what `decide` says of the attempt and of what comes next. Late if the claim is no longer good.

    Steps run `further` are written with it if `state` is still true. Else they never were, and `decide` is asked again
    for what comes after the attempt itself. `meanwhile` is called, if at all, while PostgreSQL writes what it is given.
    """
    while True:
        ended, following = decide(state)
        beside = partial(meanwhile, ended, following) if meanwhile is not None else None
        row = _run(claim, ended, following, state, worker_id, further, beside)
        if not row["fenced"]:
            return Late(is_own=not _keep_late(claim, ended))
        if row["event_number"] is not None:
            return _committed(claim, ended, following, state, row, further)
        state, further, meanwhile = read_state(claim.execution_id, claim.container_id), (), None


def read_state(execution_id: int, container_id: int | None = None) -> State:
    """What is true of a running execution now, for the steps inside one container or outside of all."""
    row = fetch_one(
        """
        SELECT phase, outcome, cancel_requested_at IS NOT NULL AS cancel_requested,
               COALESCE(CASE phase WHEN 'teardown' THEN teardown_deadline ELSE deadline END
                        <= statement_timestamp(), FALSE)
                   AS deadline_passed,
               failed_count > soft_failed_count AS failed_hard,
               passed_count + failed_count + skipped_count + cancelled_count AS step_runs,
               (SELECT stopping FROM executions_steprun WHERE id = %(container)s::bigint) AS stopping
        FROM executions_execution WHERE id = %(id)s::bigint
        """,
        {"id": execution_id, "container": container_id},
    )
    if row is None:
        raise LookupError(f"execution {execution_id} is gone")
    return State(
        phase=Phase(row["phase"]),
        outcome=Status(row["outcome"]) if row["outcome"] else None,
        cancel_requested=row["cancel_requested"],
        deadline_passed=row["deadline_passed"],
        failed_hard=row["failed_hard"],
        step_runs=row["step_runs"],
        stopping=row["stopping"] or "",
    )


def _run(
    claim: Claim,
    ended: Ended,
    following: Next,
    state: State,
    worker_id: int | None,
    further: Sequence[Further],
    meanwhile: Callable[[], object] | None,
) -> dict[str, Any]:
    if ended.payload is not None and ended.payload.characters > LARGE_PAYLOAD:
        with transaction.atomic():
            insert_payload(claim, ended.payload)
            row = settle(claim, replace(ended, payload=None), following, state, worker_id, further)
            if row["event_number"] is None:
                transaction.set_rollback(True)
            return row
    return settle(claim, ended, following, state, worker_id, further, meanwhile=meanwhile)


def _committed(
    claim: Claim, ended: Ended, following: Next, state: State, row: dict[str, Any], further: Sequence[Further]
) -> Committed:
    claimed: Claim | None = None
    due: list[tuple[int, int]] = []
    if isinstance(following, Go):
        if following.claim:
            claimed = _first_claim(claim, row, following.path, container_id=following.container_id, turn=following.turn)
            claimed = replace(claimed, parent_id=following.parent_id, container_stopping=state.stopping)
        else:
            due.append((row["next_step_run"], 1))
    elif isinstance(following, Fan):
        due += [(int(number), 1) for number in (row["due_step_runs"] or "").split(",") if number]
        if following.claim:
            claimed = _opened(claim, following, row)
    elif isinstance(following, Arrive):
        claimed, due = _arrived(claim, following, row)
    stopped = isinstance(following, Arrive) and bool(row["container_stopping"]) and not row["is_last"]
    return Committed(ended, further, following, state, row["event_number"], tuple(due), claimed, row["now"], stopped)


def _first_claim(claim: Claim, row: dict[str, Any], path: str, *, container_id: int | None, turn: int | None) -> Claim:
    """Of a step that was inserted and claimed by the statement."""
    return Claim(
        execution_id=claim.execution_id,
        step_run_id=row["next_step_run"],
        attempt_id=row["next_attempt"],
        path=path,
        number=1,
        fence=1,
        lost_attempts=0,
        now=row["now"],
        due_at=row["now"],
        event_number=row["event_number"],
        parent_id=container_id,
        container_id=container_id,
        turn=turn,
    )


def _opened(claim: Claim, fan: Fan, row: dict[str, Any]) -> Claim:
    turn = fan.first if fan.is_numbered else None
    path = in_turn(fan.container_path, turn, fan.first_of(fan.first).key)
    return _first_claim(claim, row, path, container_id=claim.step_run_id, turn=turn)


def _arrived(claim: Claim, arrive: Arrive, row: dict[str, Any]) -> tuple[Claim | None, list[tuple[int, int]]]:
    """The next turn's first step, or the container itself; neither while other turns go on."""
    if row["starts"]:
        if not arrive.claim:
            return None, [(row["next_step_run"], 1)]
        turn = row["next_turn"]
        first = arrive.firsts[turn] if len(arrive.firsts) > 1 else arrive.firsts[0]
        path = in_turn(row["container_path"], turn, first.key)
        return _first_claim(claim, row, path, container_id=row["container_id"], turn=turn), []
    if not row["is_last"]:
        return None, []
    if not arrive.claim:
        return None, [(row["container_id"], row["container_attempts"])]
    container = Claim(
        execution_id=claim.execution_id,
        step_run_id=row["container_id"],
        attempt_id=row["container_attempt"],
        path=row["container_path"],
        number=row["container_attempts"],
        fence=row["container_fence"],
        lost_attempts=row["container_lost"],
        now=row["now"],
        due_at=row["now"],
        event_number=row["event_number"],
        parent_id=row["container_parent"],
        container_id=row["outer_id"],
        turn=row["container_turn"],
        stopping=row["container_stopping"],
        container_stopping=row["outer_stopping"] or "",
        resume_state=row["container_state"],
        draws=row["container_draws"],
    )
    return container, []


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
