"""Steps that run a flow: waking them when it has ended, and stopping it when they must not go on.

The two executions are never locked together: each side looks at what the other has committed, at once and in the sweep.
"""

from dataclasses import dataclass
from typing import Any

from executions import live, queue
from executions.database import fetch_all
from executions.errors import AlreadyFinal
from executions.live import RESULT
from executions.models import Execution
from executions.operations.cancel import request_cancel
from executions.status import Status

WAKE = """
UPDATE executions_steprun s
SET due_at = statement_timestamp(), sent_at = statement_timestamp(), sends = 1, pending_children = 0, stop_at = NULL
FROM executions_execution e
WHERE e.id = s.execution_id AND s.pending_children > 0 AND s.turns IS NULL AND s.status = 'running'
  AND (%(step_run)s::bigint IS NULL OR s.id = %(step_run)s::bigint)
  AND EXISTS (SELECT FROM executions_execution c WHERE c.parent_step_run_id = s.id)
  AND NOT EXISTS (SELECT FROM executions_execution c WHERE c.parent_step_run_id = s.id AND c.finished_at IS NULL)
RETURNING s.id, s.attempts, e.worker_group
"""
TO_CANCEL = """
SELECT c.id, s.id AS step_run, p.id AS caller, p.flow_name FROM executions_execution c
JOIN executions_steprun s ON s.id = c.parent_step_run_id JOIN executions_execution p ON p.id = s.execution_id
WHERE c.status IN ('queued', 'running') AND c.cancel_requested_at IS NULL
  AND (%(caller)s::bigint IS NULL OR p.id = %(caller)s::bigint)
  AND (s.stopping <> '' OR s.finished_at IS NOT NULL OR p.finished_at IS NOT NULL
       OR EXISTS (SELECT FROM executions_steprun o WHERE o.id = s.container_id AND o.stopping <> '')
       OR CASE p.phase WHEN 'teardown' THEN p.teardown_deadline <= statement_timestamp()
                       ELSE p.cancel_requested_at IS NOT NULL OR p.deadline <= statement_timestamp() END)
LIMIT 200
"""


@dataclass(frozen=True)
class Called:
    """What a flow that a step ran came to."""

    execution_id: int
    slug: str
    name: str
    status: str
    duration_ms: int | None
    output: dict[str, Any]  # what its steps captured, the last of a name
    failed_step: str = ""
    kind: str = ""
    code: str = ""
    message: str = ""


def wake_callers(step_run_id: int | None = None) -> int:
    """Make steps due whose flow has ended; one of them, or all. How many."""
    rows = fetch_all(WAKE, {"step_run": step_run_id})
    for row in rows:
        queue.send_step(row["id"], row["attempts"], row["worker_group"])
    return len(rows)


def cancel_orphans(caller_id: int | None = None) -> int:
    """Cancel the executions whose calling step must not go on; of one caller, or of all. How many."""
    rows = fetch_all(TO_CANCEL, {"caller": caller_id})
    for row in rows:
        try:
            stopped = request_cancel(execution=Execution(pk=row["id"]), by=f"{row['flow_name']} #{row['caller']}")
        except AlreadyFinal:
            continue
        if Status(stopped.status).is_final:  # it had not begun, so that no worker will tell of its end
            wake_callers(row["step_run"])
    return len(rows)


def called(execution_id: int) -> Called:
    execution = Execution.objects.select_related("flow").get(pk=execution_id)
    _, kept = live.load(execution_id)
    return Called(
        execution_id=execution.pk,
        slug=execution.flow.slug,
        name=execution.flow_name,
        status=execution.status,
        duration_ms=execution.duration_ms,
        output={value.name: value.value for value in kept if value.name != RESULT and not value.is_for_masking},
        failed_step=execution.failed_step_path,
        kind=execution.failure_kind,
        code=execution.failure_code,
        message=execution.failure_message,
    )
