"""Cancel a batch: rows that wait are let go, executions that run are cancelled."""

from contextlib import suppress

from django.contrib.auth.models import User
from django.db import transaction

from executions.batches.models import Batch, RowStatus
from executions.database import database_now
from executions.errors import AlreadyFinal
from executions.models import Execution
from executions.operations.advance_batch import advance_batch
from executions.operations.cancel import request_cancel
from workspaces.operations.record_audit import record_audit


def cancel_batch(*, batch: Batch, by: User | None, actor: str) -> Batch:
    """It ends once the last execution has wound down. Asking twice is no error. Raises AlreadyFinal."""
    with transaction.atomic():
        locked = Batch.objects.select_for_update(of=("self",)).select_related("workspace").get(pk=batch.pk)
        if locked.finished_at is not None:
            raise AlreadyFinal(f"Batch {locked.pk} has {locked.get_status_display().lower()} already.")
        if locked.cancel_requested_at is None:
            locked.cancel_requested_at, locked.cancel_requested_by = database_now(), actor[:150]
            locked.save(update_fields=["cancel_requested_at", "cancel_requested_by"])
            record_audit(workspace=locked.workspace, by=by, actor=actor, verb="batch.cancelled", target=str(locked.pk))
        locked.rows.filter(status=RowStatus.WAITING).update(
            status=RowStatus.CANCELLED, reason=f"Cancelled by {locked.cancel_requested_by} before it started."
        )
    for execution in Execution.objects.active().filter(batch=locked):
        with suppress(AlreadyFinal):
            request_cancel(execution=execution, by=actor)
    advance_batch(locked.pk)
    locked.refresh_from_db()
    return locked
