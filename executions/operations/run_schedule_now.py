"""Run a schedule by hand, at once, beside its times."""

from django.contrib.auth.models import User
from django.db import transaction

from executions.database import database_now
from executions.errors import ScheduleInvalid
from executions.models import Execution
from executions.operations.start_slot import start_slot
from executions.schedules.models import ScheduleSlot, SlotStatus
from executions.status import Trigger
from flows.models import Schedule
from workspaces.operations.record_audit import record_audit


def run_schedule_now(*, schedule: Schedule, trigger: Trigger, actor: str, by: User | None) -> Execution:
    """Start what the schedule starts, whatever runs already and also while it is paused. It is recorded as a slot.

    Raises ScheduleInvalid when nothing could be started, with the reason; the slot is recorded nevertheless.
    """
    with transaction.atomic():
        locked = (
            Schedule.objects.select_for_update(of=("self",))
            .select_related("workspace", "flow__latest_version", "environment")
            .get(pk=schedule.pk)
        )
        slot = ScheduleSlot.objects.create(
            schedule=locked, slot_at=database_now(), status=SlotStatus.WAITING, is_manual=True
        )
        execution = start_slot(schedule=locked, slot=slot, trigger=trigger, actor=actor, by=by)
        record_audit(workspace=locked.workspace, by=by, actor=actor, verb="schedule.run", target=locked.name)
    if execution is None:
        raise ScheduleInvalid(slot.reason)
    return execution
