"""Let a schedule rest."""

from datetime import datetime

from django.contrib.auth.models import User
from django.db import transaction

from executions.database import database_now
from executions.schedules.models import SlotStatus
from flows.models import Schedule
from workspaces.operations.record_audit import record_audit


def pause_schedule(
    *, schedule: Schedule, by: User | None, actor: str, note: str = "", now: datetime | None = None
) -> Schedule:
    """From now on it starts nothing; a slot that waits is let go. What runs goes on. Again changes the note."""
    with transaction.atomic():
        locked = (
            Schedule.objects.select_for_update(of=("self",)).select_related("workspace", "flow").get(pk=schedule.pk)
        )
        locked.paused_at = locked.paused_at or now or database_now()
        locked.paused_by, locked.pause_note = actor[:150], note
        locked.next_run_at = None
        locked.revision += 1
        locked.save(update_fields=["paused_at", "paused_by", "pause_note", "next_run_at", "revision"])
        locked.slots.filter(status=SlotStatus.WAITING).update(
            status=SlotStatus.SKIPPED, reason=f"The schedule was paused by {locked.paused_by} while it waited."
        )
        record_audit(
            workspace=locked.workspace, by=by, actor=actor, verb="schedule.paused", target=locked.name, note=note[:500]
        )
    return locked
