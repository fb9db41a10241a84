"""Finding what somebody must see to: steps that are due, attempts whose worker is gone, executions to wind down.

Any number of processes may sweep at once: rows are taken with SKIP LOCKED, and a step sent twice is claimed once.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.conf import settings

from executions.database import fetch_all

BATCH = 200
LONGEST_RESEND_SECONDS = 300

DUE = """
WITH due AS (
    SELECT s.id, e.worker_group FROM executions_steprun s JOIN executions_execution e ON e.id = s.execution_id
    WHERE s.due_at <= statement_timestamp()
      AND (s.sent_at IS NULL
           OR s.sent_at <= statement_timestamp()
               - make_interval(secs => LEAST(%(resend)s * power(2, LEAST(s.sends, 20) - 1), %(longest)s)))
    ORDER BY s.due_at LIMIT %(batch)s FOR NO KEY UPDATE OF s SKIP LOCKED
)
UPDATE executions_steprun s SET sent_at = statement_timestamp(), sends = s.sends + 1
FROM due WHERE s.id = due.id
RETURNING s.id AS step_run_id, CASE s.status WHEN 'running' THEN s.attempts ELSE s.attempts + 1 END AS number,
          due.worker_group
"""

ATTEMPT = """
SELECT a.id AS attempt_id, s.id AS step_run_id, s.fence, a.number, s.execution_id, s.path, s.lost_attempts, a.due_at,
       a.draws, s.parent_id, s.container_id, s."index" AS turn, statement_timestamp() AS now, e.event_number
FROM executions_attempt a
JOIN executions_steprun s ON s.id = a.step_run_id
JOIN executions_execution e ON e.id = s.execution_id
LEFT JOIN executions_workerprocess w ON w.id = a.worker_id
"""
LOST = f"""{ATTEMPT}
WHERE a.status = 'running' AND (w.id IS NULL OR w.expires_at <= statement_timestamp())
ORDER BY a.id LIMIT %(batch)s
"""

OF_WORKER = f"""{ATTEMPT}
WHERE a.status = 'running' AND a.worker_id = %(worker)s
  AND a.started_at < statement_timestamp() - make_interval(secs => %(age)s)
ORDER BY a.id LIMIT %(batch)s
"""

# A step that waits for a worker, or for its time, in an execution whose phase is over or a container that is stopped.
TO_INTERRUPT = """
SELECT s.id AS step_run_id, CASE s.status WHEN 'running' THEN s.attempts ELSE s.attempts + 1 END AS number,
       e.worker_group
FROM executions_execution e JOIN executions_steprun s ON s.execution_id = e.id
LEFT JOIN executions_steprun c ON c.id = s.container_id
WHERE e.status = 'running' AND s.due_at IS NOT NULL AND (%(execution)s::bigint IS NULL OR e.id = %(execution)s)
  AND (c.stopping <> ''
       OR CASE e.phase WHEN 'teardown' THEN e.teardown_deadline <= statement_timestamp()
                       ELSE e.cancel_requested_at IS NOT NULL OR e.deadline <= statement_timestamp() END)
LIMIT %(batch)s
"""

NEIGHBOURS = """
SELECT id, pid, process_started FROM executions_workerprocess
WHERE stopped_at IS NULL AND expires_at > statement_timestamp() AND host = %(host)s AND boot_id = %(boot_id)s
"""
EXPIRE = """
UPDATE executions_workerprocess SET expires_at = statement_timestamp(), stopped_at = statement_timestamp()
WHERE id = %(id)s AND stopped_at IS NULL RETURNING id
"""


@dataclass(frozen=True)
class DueStep:
    step_run_id: int
    number: int
    worker_group: str


def take_due_steps() -> list[DueStep]:
    """Steps whose message must be sent now: never sent, or sent and not claimed for a doubling interval. Marks them."""
    rows = fetch_all(DUE, {"resend": settings.RESEND_SECONDS, "longest": LONGEST_RESEND_SECONDS, "batch": BATCH})
    return [DueStep(**row) for row in rows]


def find_lost_attempts() -> list[dict[str, Any]]:
    """Attempts under an expired lease."""
    return fetch_all(LOST, {"batch": BATCH})


def find_attempts_of(worker_id: int, *, older_than_seconds: float = 0.0) -> list[dict[str, Any]]:
    """Attempts under one worker process's lease."""
    return fetch_all(OF_WORKER, {"worker": worker_id, "age": older_than_seconds, "batch": BATCH})


def find_steps_to_interrupt(execution_id: int | None = None) -> list[DueStep]:
    """Waiting steps of executions that were cancelled or ran out of time; of one execution, or of all."""
    rows = fetch_all(TO_INTERRUPT, {"execution": execution_id, "batch": BATCH})
    return [DueStep(**row) for row in rows]


def expire_dead_neighbours(*, host: str, boot_id: str, started_of: Callable[[int], str | None]) -> int:
    """End the leases of processes of this machine that are gone, without waiting for them to run out. How many."""
    dead = [
        row["id"]
        for row in fetch_all(NEIGHBOURS, {"host": host, "boot_id": boot_id})
        if row["process_started"] and started_of(row["pid"]) != row["process_started"]
    ]
    return sum(len(fetch_all(EXPIRE, {"id": worker_id})) for worker_id in dead)
