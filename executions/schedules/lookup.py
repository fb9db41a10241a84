"""Reading schedules and their slots for lists: a fixed number of queries, whatever their size."""

from collections.abc import Iterable

from django.db.models import QuerySet

from executions.database import fetch_all
from executions.errors import ScheduleUnknown
from executions.models import Execution
from executions.schedules.models import ScheduleSlot
from flows.models import Schedule
from workspaces.models import Workspace


def schedules_of(workspace: Workspace) -> QuerySet[Schedule]:
    return Schedule.objects.filter(workspace=workspace).select_related("workspace", "flow", "environment")


def find_schedule(workspace: Workspace, schedule_id: int) -> Schedule:
    """Raises ScheduleUnknown."""
    found = schedules_of(workspace).filter(pk=schedule_id).first()
    if found is None:
        raise ScheduleUnknown(f"There is no schedule {schedule_id} in this workspace.")
    return found


def last_slots(schedules: Iterable[Schedule], each: int) -> dict[int, list[ScheduleSlot]]:
    """The newest slots of each schedule, newest first, by its number."""
    wanted = [str(schedule.pk) for schedule in schedules]
    ids = fetch_all(
        """SELECT s.id FROM unnest(%(ids)s::bigint[]) AS w (id) CROSS JOIN LATERAL (
               SELECT id FROM executions_scheduleslot WHERE schedule_id = w.id
               ORDER BY id DESC LIMIT %(each)s::int) s""",
        {"ids": wanted, "each": each},
    )
    found: dict[int, list[ScheduleSlot]] = {}
    for slot in ScheduleSlot.objects.filter(pk__in=[row["id"] for row in ids]).order_by("-id"):
        found.setdefault(slot.schedule_id, []).append(slot)
    return found


def runs_of(slots: Iterable[ScheduleSlot]) -> dict[int, Execution]:
    """The execution of each slot that has one, by the number of the slot."""
    rows = Execution.objects.filter(slot_id__in=[slot.pk for slot in slots])
    rows = rows.only("slot_id", "status", "queued_at", "started_at", "finished_at")
    return {execution.slot_id: execution for execution in rows if execution.slot_id is not None}
