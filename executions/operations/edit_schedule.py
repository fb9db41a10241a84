"""Change a schedule."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.contrib.auth.models import User
from django.db import IntegrityError, transaction

from executions.database import database_now
from executions.errors import ScheduleChanged, ScheduleInvalid
from executions.schedules.checks import lay_over
from flows.models import Schedule
from workspaces.operations.record_audit import record_audit


def edit_schedule(
    *,
    schedule: Schedule,
    changes: Mapping[str, Any],
    revision: int | None,
    by: User | None,
    actor: str = "",
    now: datetime | None = None,
) -> Schedule:
    """Set what `changes` names. New times count from now: what was due before is not looked at again.

    Raises ScheduleChanged if it is no longer at `revision`, ScheduleInvalid, FlowUnknown, EnvironmentUnknown,
    VariableInvalid.
    """
    try:
        with transaction.atomic():
            found = Schedule.objects.select_for_update(of=("self",)).select_related(
                "workspace", "flow__latest_version", "environment"
            )
            locked = found.get(pk=schedule.pk)
            if revision is not None and locked.revision != revision:
                raise ScheduleChanged(f"The schedule {locked.name!r} was changed meanwhile. Load it again.")
            moment = now or database_now()
            before = (locked.cron, locked.interval_seconds, locked.zone, locked.jitter_seconds)
            lay_over(locked, changes)
            if before != (locked.cron, locked.interval_seconds, locked.zone, locked.jitter_seconds):
                locked.anchored_at = moment
                locked.plan_from(locked.times.after(moment))
            locked.revision += 1
            locked.updated_at = moment
            locked.save()
            record_audit(
                workspace=locked.workspace,
                by=by,
                actor=actor,
                verb="schedule.edited",
                target=locked.name,
                changed=sorted(changes),
            )
    except IntegrityError as exc:
        raise ScheduleInvalid(f"There is a schedule {changes.get('name')!r} in this workspace already.") from exc
    return locked
