"""Let a paused schedule go on."""

from datetime import datetime

from django.contrib.auth.models import User
from django.db import transaction

from executions.database import database_now
from executions.errors import ScheduleInvalid
from flows.models import Schedule
from flows.timetable import TimetableInvalid
from workspaces.operations.record_audit import record_audit


def resume_schedule(*, schedule: Schedule, by: User | None, actor: str, now: datetime | None = None) -> Schedule:
    """It runs at the first time after now: what passed while it was paused was not wanted. Again is no error.

    Raises ScheduleInvalid when its time zone is gone from this machine.
    """
    with transaction.atomic():
        locked = (
            Schedule.objects.select_for_update(of=("self",)).select_related("workspace", "flow").get(pk=schedule.pk)
        )
        if locked.paused_at is None:
            return locked
        locked.paused_at, locked.paused_by, locked.pause_note = None, "", ""
        try:
            locked.plan_from(locked.times.after(now or database_now()))
        except TimetableInvalid as exc:
            raise ScheduleInvalid(str(exc)) from exc
        locked.revision += 1
        locked.save(update_fields=["paused_at", "paused_by", "pause_note", "next_slot_at", "next_run_at", "revision"])
        record_audit(workspace=locked.workspace, by=by, actor=actor, verb="schedule.resumed", target=locked.name)
    return locked
