"""Make a schedule."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.contrib.auth.models import User
from django.db import IntegrityError, transaction

from executions.database import database_now
from executions.errors import ScheduleInvalid
from executions.schedules.checks import lay_over
from flows.models import Schedule
from workspaces.models import Workspace
from workspaces.operations.record_audit import record_audit


def create_schedule(
    *, workspace: Workspace, wanted: Mapping[str, Any], by: User | None, actor: str = "", now: datetime | None = None
) -> Schedule:
    """A new schedule; it first runs at the first time after now, never at once.

    Raises ScheduleInvalid, FlowUnknown, EnvironmentUnknown, VariableInvalid.
    """
    moment = now or database_now()
    schedule = Schedule(workspace=workspace, anchored_at=moment, created_at=moment, updated_at=moment, created_by=by)
    lay_over(schedule, wanted)
    schedule.plan_from(schedule.times.after(moment))
    try:
        with transaction.atomic():
            schedule.save()
            if schedule.jitter_seconds:  # drawn by its number, which it has only now
                schedule.plan_from(schedule.next_slot_at)
                schedule.save(update_fields=["next_run_at"])
            record_audit(
                workspace=workspace,
                by=by,
                actor=actor,
                verb="schedule.created",
                target=schedule.name,
                flow=schedule.flow.slug,
            )
    except IntegrityError as exc:
        raise ScheduleInvalid(f"There is a schedule {schedule.name!r} in this workspace already.") from exc
    return schedule
