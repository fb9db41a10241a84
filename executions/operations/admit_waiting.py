"""Let executions go that a limit holds back, as far as there are places: those of people before those of schedules.

Places are counted from live rows, under one advisory lock for each workspace, so that two who count at once cannot give
one place away twice, and no counter can go wrong.
"""

from collections import Counter
from functools import partial
from typing import Any, Final

from django.db import transaction

from executions import queue
from executions.database import fetch_all
from executions.limits import RunLimit

LOCK: Final = 0x57E11  # tells our advisory locks from others
MOST_LOOKED_AT: Final = 5000

HELD = """
SELECT id, flow_id, waits_for FROM executions_execution
WHERE workspace_id = %(workspace)s::bigint AND waits_for <> '' AND status = 'queued'
ORDER BY trigger IN ('schedule', 'webhook'), id LIMIT %(most)s::int
"""
GOING = """
SELECT flow_id, count(*) AS going FROM executions_execution
WHERE workspace_id = %(workspace)s::bigint AND status IN ('queued', 'running') AND waits_for = '' AND trigger <> 'flow'
GROUP BY flow_id
"""
# Step runs before executions, like everybody else (DESIGN §5.3).
MAKE_DUE = """
UPDATE executions_steprun s
SET due_at = statement_timestamp(), sent_at = statement_timestamp(), sends = 1
WHERE s.execution_id = ANY(%(ids)s::bigint[]) AND s.status = 'pending' AND s.due_at IS NULL AND s.attempts = 0
RETURNING s.id, s.execution_id
"""
LET_GO = """
UPDATE executions_execution SET waits_for = '' WHERE id = ANY(%(ids)s::bigint[]) AND status = 'queued'
RETURNING id, worker_group
"""
SAY_WHY = """
UPDATE executions_execution e SET waits_for = w.why
FROM unnest(%(ids)s::bigint[], %(whys)s::text[]) AS w (id, why)
WHERE e.id = w.id AND e.status = 'queued' AND e.waits_for <> ''
"""


def admit_waiting(workspace_id: int) -> int:
    """How many were let go. Any number of processes may call this at once, and whoever ends an execution does."""
    with transaction.atomic():
        fetch_all(
            "SELECT pg_advisory_xact_lock(%(lock)s::int, %(key)s::int)", {"lock": LOCK, "key": workspace_id % 2**31}
        )
        held = fetch_all(HELD, {"workspace": workspace_id, "most": MOST_LOOKED_AT})
        if not held:
            return 0
        admitted, why = _choose(workspace_id, held)
        if admitted:
            _let_go(admitted)
        if changed := {
            row["id"]: why[row["id"]] for row in held if row["id"] in why and row["waits_for"] != why[row["id"]]
        }:
            fetch_all(
                SAY_WHY + " RETURNING e.id", {"ids": [str(one) for one in changed], "whys": list(changed.values())}
            )
    return len(admitted)


def workspaces_with_held() -> list[int]:
    rows = fetch_all("SELECT DISTINCT workspace_id FROM executions_execution WHERE waits_for <> ''", {})
    return [row["workspace_id"] for row in rows]


def _choose(workspace_id: int, held: list[dict[str, Any]]) -> tuple[list[int], dict[int, str]]:
    """Who goes now, and what each of the others waits for."""
    limits: dict[int | None, int] = dict(
        RunLimit.objects.filter(workspace_id=workspace_id).values_list("flow_id", "most")
    )
    going = Counter({row["flow_id"]: row["going"] for row in fetch_all(GOING, {"workspace": workspace_id})})
    total = going.total()
    admitted, why = [], {}
    for row in held:
        flow_id = row["flow_id"]
        if flow_id in limits and going[flow_id] >= limits[flow_id]:
            why[row["id"]] = "flow"
        elif None in limits and total >= limits[None]:
            why[row["id"]] = "workspace"
        else:
            admitted.append(row["id"])
            going[flow_id] += 1
            total += 1
    return admitted, why


def _let_go(ids: list[int]) -> None:
    steps = fetch_all(MAKE_DUE, {"ids": [str(one) for one in ids]})
    groups = {row["id"]: row["worker_group"] for row in fetch_all(LET_GO, {"ids": [str(one) for one in ids]})}
    for step in steps:
        if step["execution_id"] in groups:
            transaction.on_commit(partial(queue.send_step, step["id"], 1, groups[step["execution_id"]]))
