"""Start the next rows of a batch as places come free, and end it when all are over."""

import logging

from django.db import DatabaseError, InterfaceError, transaction

from executions.batches.models import Batch, BatchRow, RowStatus
from executions.database import database_now, fetch_one
from executions.live import unseal
from executions.models import Execution
from executions.operations.start import start_execution
from executions.status import Status, Trigger
from flows.encryption import CannotDecrypt
from flows.errors import FlowsError

log = logging.getLogger(__name__)

# Of several the one that stands furthest left decides, as for the exit code of `stepwell run`.
WORST_FIRST = (Status.TIMED_OUT, Status.FAILED, Status.CANCELLED, Status.PASSED)

STATUSES = """
SELECT count(*) FILTER (WHERE r.status = 'waiting') AS waiting,
       count(*) FILTER (WHERE e.status IN ('queued', 'running')) AS going,
       array_to_string(array_agg(DISTINCT CASE WHEN r.status = 'started' THEN COALESCE(e.status, '') ELSE r.status END),
                       ' ') AS statuses
FROM executions_batchrow r LEFT JOIN executions_execution e ON e.id = r.execution_id
WHERE r.batch_id = %(batch)s::bigint
"""


def advance_batch(batch_id: int) -> bool:
    """Whether it is over. Any number of processes may call this: the row of the batch lets in one at a time."""
    with transaction.atomic():
        batch = (
            Batch.objects.select_for_update(of=("self",))
            .select_related("workspace", "flow", "flow_version__flow", "environment")
            .filter(pk=batch_id)
            .first()
        )
        if batch is None or batch.finished_at is not None:
            return True
        found = fetch_one(STATUSES, {"batch": batch_id})
        assert found is not None  # an aggregate has one row
        free = batch.parallel - found["going"]
        if found["waiting"] and free > 0:
            batch.flow_version.flow.workspace = batch.workspace  # known, so nobody need ask for it
            for row in batch.rows.filter(status=RowStatus.WAITING).order_by("number")[:free]:
                _start(batch, row)
            found = fetch_one(STATUSES, {"batch": batch_id}) or found
        if found["waiting"] or found["going"]:
            return False
        batch.status = _result(set(found["statuses"].split()))
        batch.finished_at = database_now()
        batch.save(update_fields=["status", "finished_at"])
    return True


def _start(batch: Batch, row: BatchRow) -> None:
    try:
        with transaction.atomic():
            row.execution = _execution(batch, row)
            row.status = RowStatus.STARTED
    except (FlowsError, CannotDecrypt) as exc:
        row.status, row.reason = RowStatus.FAILED, str(exc)
    except (DatabaseError, InterfaceError):
        raise
    except Exception:  # one row must not hold up the others
        log.exception("row %s of batch %s could not be started", row.number, batch.pk)
        row.status = RowStatus.FAILED
        row.reason = "Stepwell itself could not start it; the log of the server has the details."
    row.save(update_fields=["status", "reason", "execution"])


def _execution(batch: Batch, row: BatchRow) -> Execution:
    if batch.environment_name and batch.environment is None:
        raise FlowsError(f"The environment {batch.environment_name!r} has been deleted.")
    named = {"row": str(row.number)} | ({"row_label": row.label} if row.label else {})
    return start_execution(
        flow_version=batch.flow_version,
        environment=batch.environment,
        variables=unseal(row.ciphertext),
        trigger=Trigger(batch.trigger),
        actor=batch.actor,
        by=batch.started_by,
        labels={**batch.labels, **named},
        timeout_seconds=batch.timeout_seconds,
        batch=batch,
    )


def _result(statuses: set[str]) -> Status:
    return next((status for status in WORST_FIRST if status in statuses), Status.FAILED)
