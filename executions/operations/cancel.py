"""Stop an execution by hand."""

from functools import partial

from django.db import transaction
from django.utils import timezone

from executions import events, queue
from executions.errors import AlreadyFinal
from executions.models import Execution, Move, StepRun
from executions.status import Status, StepStatus


def request_cancel(*, execution: Execution, by: str) -> Execution:
    """Cancel `execution`. One that is queued ends at once; one that is running winds down: its action is aborted within
    two seconds, then its teardown runs. Asking twice is no error. Raises AlreadyFinal.
    """
    with transaction.atomic():
        # Step runs before the execution, like everybody else (DESIGN §5.3).
        waiting = list(
            StepRun.objects.select_for_update(no_key=True).filter(execution=execution, status=StepStatus.PENDING)
        )
        locked = Execution.objects.select_for_update(no_key=True).get(pk=execution.pk)
        if Status(locked.status).is_final:
            raise AlreadyFinal(f"Execution #{locked.pk} has {locked.get_status_display().lower()} already.")
        if locked.cancel_requested_at is not None:
            return locked
        now = timezone.now()
        locked.cancel_requested_at, locked.cancel_requested_by = now, by[:150]
        locked.event_number += 1
        if locked.status == Status.QUEUED:
            _end_unstarted(locked, waiting)
        else:
            transaction.on_commit(partial(queue.send_interrupt, locked.pk))
        locked.save()
        kind = "execution.finished" if Status(locked.status).is_final else "execution.cancelling"
        event = events.Event(
            locked.pk, locked.workspace_id, locked.event_number, kind, {"status": locked.status, "by": by}
        )
        transaction.on_commit(partial(events.publish, event))
    return locked


def _end_unstarted(execution: Execution, waiting: list[StepRun]) -> None:
    """No step was started, so there is nothing to tear down."""
    now = execution.cancel_requested_at
    StepRun.objects.filter(pk__in=[step.pk for step in waiting]).update(
        status=StepStatus.CANCELLED, finished_at=now, due_at=None, message="Cancelled before it started."
    )
    execution.status = execution.outcome = Status.CANCELLED
    execution.finished_at = now
    execution.waits_for = ""
    execution.cancelled_count = len(waiting)
    Move.objects.create(
        execution=execution,
        old=Status.QUEUED,
        new=Status.CANCELLED,
        reason=f"Cancelled by {execution.cancel_requested_by} before it started.",
    )
