"""Stopping what runs inside a step: its time-out, the word handed on to steps inside, and the end of those that wait.

What a worker is doing is aborted by its own watch; here is only what no worker holds. Lock order as everywhere: steps,
their container, the execution.
"""

from functools import partial
from typing import Any

from django.db import transaction

from executions import events, queue
from executions.database import fetch_all, fetch_one
from flows.language import jsontext

BATCH = 200
DEEPEST = 12  # levels of steps inside steps

OVERDUE = """
UPDATE executions_steprun SET stopping = 'the time of ' || path || ' was up', stop_at = NULL
WHERE pending_children > 0 AND stop_at <= statement_timestamp() AND stopping = '' RETURNING execution_id
"""
HAND_ON = """
UPDATE executions_steprun s SET stopping = c.stopping
FROM executions_steprun c
WHERE s.pending_children > 0 AND s.stopping = '' AND c.id = s.container_id AND c.stopping <> ''
RETURNING s.execution_id
"""

# Whose phase is over, as in sweep.py.
OVER = """CASE e.phase WHEN 'teardown' THEN COALESCE(e.teardown_deadline <= statement_timestamp(), FALSE)
     ELSE e.cancel_requested_at IS NOT NULL OR COALESCE(e.deadline <= statement_timestamp(), FALSE) END"""

TO_END = f"""
SELECT p.id FROM executions_steprun p JOIN executions_execution e ON e.id = p.execution_id
WHERE p.pending_children > 0 AND e.status = 'running' AND (p.stopping <> '' OR {OVER})
  AND (%(execution)s::bigint IS NULL OR e.id = %(execution)s::bigint)
  AND EXISTS (SELECT FROM executions_steprun s WHERE s.execution_id = p.execution_id AND s.container_id = p.id
              AND s.status = 'pending' AND s.due_at IS NOT NULL)
ORDER BY p.id LIMIT {BATCH}
"""  # noqa: S608 - of constants

END_WAITING = f"""
WITH waiting AS (
    SELECT s.id, s.path FROM executions_steprun s, executions_steprun p
    WHERE p.id = %(container)s::bigint AND s.execution_id = p.execution_id AND s.container_id = p.id
      AND s.status = 'pending' AND s.due_at IS NOT NULL
    ORDER BY s.id FOR NO KEY UPDATE OF s SKIP LOCKED
), counted AS (
    SELECT count(*)::int AS turns, array_to_json(array_agg(path ORDER BY id))::text AS paths FROM waiting
), container AS (
    SELECT p.id, p.execution_id, p.stopping FROM executions_steprun p, counted
    WHERE p.id = %(container)s::bigint AND counted.turns > 0 AND p.pending_children >= counted.turns
    FOR NO KEY UPDATE OF p
), execution AS (
    UPDATE executions_execution e
    SET event_number = e.event_number + counted.turns, cancelled_count = e.cancelled_count + counted.turns
    FROM container c, counted
    WHERE e.id = c.execution_id AND e.status = 'running' AND (c.stopping <> '' OR {OVER})
    RETURNING e.id, e.event_number, e.workspace_id, e.worker_group,
        CASE WHEN e.phase = 'teardown' AND e.teardown_deadline <= statement_timestamp()
             THEN 'The teardown''s time was up'
             WHEN e.phase <> 'teardown' AND e.cancel_requested_at IS NOT NULL THEN 'Cancelled by hand'
             WHEN e.phase <> 'teardown' AND e.deadline <= statement_timestamp() THEN 'The flow''s time was up'
             ELSE 'Stopped because ' || c.stopping END AS why
), ended AS (
    UPDATE executions_steprun s
    SET status = 'cancelled', finished_at = statement_timestamp(), due_at = NULL,
        message = execution.why || ' before this step was started.'
    FROM waiting, execution WHERE s.id = waiting.id
), joined AS (
    UPDATE executions_steprun p
    SET pending_children = p.pending_children - counted.turns,
        due_at = CASE WHEN p.pending_children = counted.turns THEN statement_timestamp() END,
        sent_at = statement_timestamp(), sends = 1,
        stop_at = CASE WHEN p.pending_children = counted.turns THEN NULL ELSE p.stop_at END
    FROM container, counted, execution WHERE p.id = container.id
    RETURNING p.id, p.attempts, p.pending_children
)
SELECT execution.id AS execution_id, execution.event_number, execution.workspace_id, execution.worker_group,
       counted.paths, joined.id AS container_id, joined.attempts, joined.pending_children
FROM execution, counted, joined
"""  # noqa: S608 - of constants


def stop_overdue() -> set[int]:
    """Stop the steps inside those whose time is up. The executions concerned."""
    return {row["execution_id"] for row in fetch_all(OVERDUE, {})}


def hand_on_stops() -> set[int]:
    """What is stopped stops what is inside it. The executions concerned."""
    found: set[int] = set()
    for _ in range(DEEPEST):
        rows = fetch_all(HAND_ON, {})
        if not rows:
            break
        found |= {row["execution_id"] for row in rows}
    return found


def end_waiting_turns(execution_id: int | None = None) -> int:
    """End the turns whose next step waits for a worker, where they must not go on; all of a container's at once."""
    return sum(_end_waiting(row["id"]) for row in fetch_all(TO_END, {"execution": execution_id}))


def _end_waiting(container_id: int) -> int:
    row = fetch_one(END_WAITING, {"container": container_id})
    if row is None:
        return 0
    paths: list[str] = jsontext.loads(row["paths"])
    transaction.on_commit(partial(_tell, row, paths))
    return len(paths)


def _tell(row: dict[str, Any], paths: list[str]) -> None:
    first = row["event_number"] - len(paths) + 1
    events.publish(
        *(
            events.Event(
                row["execution_id"],
                row["workspace_id"],
                first + place,
                "step.finished",
                {"path": path, "status": "cancelled", "attempt": 0},
            )
            for place, path in enumerate(paths)
        )
    )
    if row["pending_children"] == 0:
        queue.send_step(row["container_id"], row["attempts"], row["worker_group"])
