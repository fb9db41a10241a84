"""See to executions that have ended: the next rows of their batch, and whoever waits for their place."""

import logging
from collections.abc import Callable

from django.db import DatabaseError, InterfaceError, transaction

from executions.batches.models import Batch
from executions.endings import Ending
from executions.operations.admit_waiting import admit_waiting, workspaces_with_held
from executions.operations.advance_batch import advance_batch

log = logging.getLogger(__name__)

AT_ONCE = 50
MOST_TRIES = 20
SWEPT = 50  # batches

Also = Callable[[Ending], object]


def see_to_endings(also: Also | None = None) -> int:
    """How many were seen to. Each is one transaction with all that follows from it, and is taken with SKIP LOCKED, so
    that any number of processes may do this at once. `also` is called in that transaction.
    """
    ids = list(Ending.objects.order_by("tries", "id").values_list("pk", flat=True)[:AT_ONCE])
    return sum(_see_to(one, also) for one in ids)


def sweep_waiting() -> None:
    """Batches and held executions that nobody has seen to, whatever the reason."""
    for batch_id in list(Batch.objects.filter(finished_at=None).order_by("id").values_list("pk", flat=True)[:SWEPT]):
        advance_batch(batch_id)
    for workspace_id in workspaces_with_held():
        admit_waiting(workspace_id)


def _see_to(ending_id: int, also: Also | None) -> bool:
    with transaction.atomic():
        ending = Ending.objects.select_for_update(skip_locked=True).filter(pk=ending_id).first()
        if ending is None:
            return False
        try:
            with transaction.atomic():
                if ending.batch_id is not None:
                    advance_batch(ending.batch_id)
                admit_waiting(ending.workspace_id)
                if also is not None:
                    also(ending)
        except (DatabaseError, InterfaceError):
            raise
        except Exception:  # the others must not wait for it
            log.exception("the end of execution %s could not be seen to", ending.execution_id)
            ending.tries += 1
            if ending.tries < MOST_TRIES:
                ending.save(update_fields=["tries"])
                return False
        ending.delete()
    return True
