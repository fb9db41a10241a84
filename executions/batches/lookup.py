"""Reading batches: their counts come from their rows and executions, never from a counter."""

from collections.abc import Iterable

from django.db.models import QuerySet

from executions.batches.models import Batch, BatchRow
from executions.database import fetch_all
from executions.errors import BatchUnknown
from executions.gate import excuse_of
from executions.models import Execution
from executions.status import Status
from workspaces.models import Workspace

COUNTS = """
SELECT r.batch_id, CASE WHEN r.status = 'started' THEN COALESCE(e.status, 'gone') ELSE r.status END AS status,
       count(*) AS count
FROM executions_batchrow r LEFT JOIN executions_execution e ON e.id = r.execution_id
WHERE r.batch_id = ANY(%(ids)s::bigint[]) GROUP BY 1, 2
"""


def batches_of(workspace: Workspace) -> QuerySet[Batch]:
    rows = Batch.objects.filter(workspace=workspace).order_by("-id")
    return rows.select_related("workspace", "flow__latest_version", "flow_version", "environment").defer(
        "flow_version__text", "flow_version__spec_json", "flow_version__files_json"
    )


def find_batch(workspace: Workspace, batch_id: int) -> Batch:
    """Raises BatchUnknown."""
    found = batches_of(workspace).filter(pk=batch_id).first()
    if found is None:
        raise BatchUnknown(f"There is no batch {batch_id} in this workspace.")
    return found


def rows_of(batch: Batch) -> QuerySet[BatchRow]:
    rows = batch.rows.select_related("execution__flow").prefetch_related("execution__flow__quarantines")
    rows = rows.order_by("number")
    return rows.defer("ciphertext", "execution__variables", "execution__overrides")


def counts_of(batches: Iterable[Batch]) -> dict[int, dict[str, int]]:
    """Number of the batch → how many of its rows are in which state."""
    found: dict[int, dict[str, int]] = {}
    for row in fetch_all(COUNTS, {"ids": [str(batch.pk) for batch in batches]}):
        found.setdefault(row["batch_id"], {})[row["status"]] = row["count"]
    return found


def quarantined_in(batch: Batch) -> int:
    """How many of its executions failed, and did so in quarantine only."""
    bad = Execution.objects.filter(batch=batch, status__in=[Status.FAILED, Status.TIMED_OUT])
    rows = bad.select_related("flow").prefetch_related("flow__quarantines").defer("variables", "overrides")
    return sum(excuse_of(execution) is not None for execution in rows)
