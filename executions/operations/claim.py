"""Claim a step that is due: the compare-and-set that lets one worker in (DESIGN §5.2)."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from executions.database import fetch_one

# Lock order: step run, then execution. One statement, so one round trip and one commit.
CLAIM = """
WITH old AS (
    SELECT id, due_at, status FROM executions_steprun WHERE id = %(step_run)s::bigint FOR NO KEY UPDATE
), claimed AS (
    UPDATE executions_steprun s
    SET status = 'running', fence = s.fence + 1, attempts = %(number)s::int, due_at = NULL,
        started_at = COALESCE(s.started_at, statement_timestamp())
    FROM old
    WHERE s.id = old.id AND old.due_at IS NOT NULL AND (%(early)s::boolean OR old.due_at <= statement_timestamp())
      AND ((s.status IN ('pending', 'retrying') AND s.attempts = %(number)s::int - 1)
           OR (s.status = 'running' AND s.attempts = %(number)s::int))
      AND EXISTS (SELECT FROM executions_execution e
                  WHERE e.id = s.execution_id AND e.status IN ('queued', 'running'))
    RETURNING s.*, old.due_at AS was_due_at
), before AS (
    SELECT e.id, e.status FROM executions_execution e, claimed WHERE e.id = claimed.execution_id
), execution AS (
    UPDATE executions_execution e
    SET status = 'running', phase = claimed.section,
        started_at = COALESCE(e.started_at, statement_timestamp()),
        deadline = COALESCE(e.deadline, statement_timestamp() + make_interval(secs => e.timeout_seconds)),
        event_number = e.event_number + CASE WHEN e.status = 'queued' THEN 2 ELSE 1 END
    FROM claimed WHERE e.id = claimed.execution_id AND e.status IN ('queued', 'running')
    RETURNING e.*
), move AS (
    INSERT INTO executions_move (execution_id, at, old, new, reason)
    SELECT id, statement_timestamp(), 'queued', 'running', '' FROM before WHERE status = 'queued'
), attempt AS (
    INSERT INTO executions_attempt (step_run_id, number, fence, worker_id, status, due_at, started_at,
                                    failure_kind, failure_code, failure_message)
    SELECT id, attempts, fence, %(worker)s::bigint, 'running', was_due_at, statement_timestamp(), '', '', ''
    FROM claimed
    ON CONFLICT (step_run_id, number) DO UPDATE
    SET status = 'running', fence = excluded.fence, worker_id = excluded.worker_id
    RETURNING id, started_at, draws
)
SELECT claimed.id AS step_run_id, claimed.path, claimed.attempts AS number, claimed.fence, claimed.lost_attempts,
       claimed.resume_state, claimed.parent_id, claimed.was_due_at, claimed.container_id, claimed."index" AS turn,
       claimed.stopping,
       (SELECT c.stopping FROM executions_steprun c WHERE c.id = claimed.container_id) AS container_stopping,
       attempt.id AS attempt_id, attempt.draws,
       before.status = 'queued' AS is_first, execution.id AS execution_id, execution.event_number,
       statement_timestamp() AS now
FROM claimed, attempt, before, execution
"""

TAKE_OVER = """
WITH claimed AS (
    UPDATE executions_steprun SET fence = fence + 1
    WHERE id = %(step_run)s::bigint AND fence = %(fence)s::int AND status = 'running' AND due_at IS NULL
    RETURNING fence
)
UPDATE executions_attempt SET fence = claimed.fence FROM claimed WHERE executions_attempt.id = %(attempt)s::bigint
RETURNING claimed.fence
"""


@dataclass(frozen=True)
class Claim:
    """The right to make one attempt, as long as `fence` is the step run's."""

    execution_id: int
    step_run_id: int
    attempt_id: int
    path: str
    number: int
    fence: int
    lost_attempts: int
    now: datetime  # PostgreSQL's, at the claim
    due_at: datetime
    event_number: int
    parent_id: int | None = None
    container_id: int | None = None
    turn: int | None = None  # of its container
    stopping: str = ""  # why the steps inside it were stopped
    container_stopping: str = ""  # why those of its container are
    is_first: bool = False  # it moved the execution from queued to running
    resume_state: bytes | None = None
    draws: str | None = None  # JSON of what an earlier visit of this attempt drew


def claim_step(*, step_run_id: int, number: int, worker_id: int | None, early: bool = False) -> Claim | None:
    """Claim attempt `number` of a step run. None if it is not due, or was claimed before: the message is ignored.

    `early` claims a step before its time, to wind it down.
    """
    row: dict[str, Any] | None = fetch_one(
        CLAIM, {"step_run": step_run_id, "number": number, "worker": worker_id, "early": early}
    )
    if row is None:
        return None
    return Claim(
        execution_id=row["execution_id"],
        step_run_id=row["step_run_id"],
        attempt_id=row["attempt_id"],
        path=row["path"],
        number=row["number"],
        fence=row["fence"],
        lost_attempts=row["lost_attempts"],
        now=row["now"],
        due_at=row["was_due_at"],
        event_number=row["event_number"],
        parent_id=row["parent_id"],
        container_id=row["container_id"],
        turn=row["turn"],
        stopping=row["stopping"],
        container_stopping=row["container_stopping"] or "",
        is_first=row["is_first"],
        resume_state=bytes(row["resume_state"]) if row["resume_state"] is not None else None,
        draws=row["draws"],
    )


def take_over(claim: Claim) -> Claim | None:
    """Claim what the same process holds and nobody makes, so that whoever else has `claim` comes late. None if it is
    no longer good.
    """
    row = fetch_one(TAKE_OVER, {"step_run": claim.step_run_id, "fence": claim.fence, "attempt": claim.attempt_id})
    return None if row is None else replace(claim, fence=row["fence"])
