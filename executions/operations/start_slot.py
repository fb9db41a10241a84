"""Start the flow of a schedule for one of its slots, or note why that cannot be."""

import logging

from django.contrib.auth.models import User
from django.db import DatabaseError, InterfaceError, transaction

from executions.models import Execution
from executions.operations.start import plan_of, start_execution
from executions.schedules.models import ScheduleSlot, SlotStatus
from executions.status import Trigger
from flows.encryption import CannotDecrypt
from flows.errors import EnvironmentUnknown, FlowsError, FlowUnknown
from flows.lookup import find_version, typed_overrides
from flows.models import Environment, FlowVersion, Schedule

log = logging.getLogger(__name__)


def start_slot(
    *,
    schedule: Schedule,
    slot: ScheduleSlot,
    trigger: Trigger = Trigger.SCHEDULE,
    actor: str = "",
    by: User | None = None,
) -> Execution | None:
    """Start it, and write on the slot that it was started, or `failed` with the reason. Inside a transaction that holds
    the row of the schedule.
    """
    execution = None
    try:
        with transaction.atomic():
            execution = _start(schedule, slot, trigger, actor or schedule.name, by)
            slot.status, slot.reason = SlotStatus.STARTED, ""
    except (FlowsError, CannotDecrypt) as exc:
        slot.status, slot.reason = SlotStatus.FAILED, str(exc)
    except (DatabaseError, InterfaceError):
        raise
    except Exception:
        log.exception("the slot %s of schedule %s could not be started", slot.slot_at, schedule.pk)
        slot.status = SlotStatus.FAILED
        slot.reason = "Stepwell itself could not start it; the log of the worker has the details."
    slot.save(update_fields=["status", "reason"])
    return execution


def _start(schedule: Schedule, slot: ScheduleSlot, trigger: Trigger, actor: str, by: User | None) -> Execution:
    version = _version(schedule)
    overrides = schedule.variables | typed_overrides(plan_of(version).flow, schedule.text_variables)
    return start_execution(
        flow_version=version,
        environment=_environment(schedule),
        variables=overrides,
        trigger=trigger,
        actor=actor[:150],
        by=by,
        labels=schedule.labels,
        slot=slot,
    )


def _version(schedule: Schedule) -> FlowVersion:
    flow = schedule.flow
    if flow.archived_at is not None:
        raise FlowUnknown(f"The flow {flow.slug} is archived. Save it again, or delete the schedule.")
    return find_version(flow)


def _environment(schedule: Schedule) -> Environment | None:
    if schedule.environment_name and schedule.environment is None:
        raise EnvironmentUnknown(
            f"The environment {schedule.environment_name!r} has been deleted. Give the schedule another one."
        )
    return schedule.environment
