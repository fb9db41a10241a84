"""Start what schedules have due: any number of processes may do so at once, and each slot runs once (DESIGN §5.10).

A schedule is taken row by row with SKIP LOCKED; its slots, their executions and the time of its next slot are one
transaction, and (schedule, slot) is unique. The time is PostgreSQL's, unless a test brings its own.
"""

import logging
from contextlib import suppress
from datetime import datetime, timedelta
from time import monotonic
from typing import Final

from django.db import DatabaseError, InterfaceError, transaction
from django.db.models import QuerySet

from executions.database import database_now, fetch_all, fetch_one
from executions.errors import AlreadyFinal
from executions.models import Execution
from executions.operations.cancel import request_cancel
from executions.operations.start_slot import start_slot
from executions.schedules.models import ScheduleSlot, SlotStatus
from flows.misfires import Decided, Stretch, decide
from flows.models import Misfire, Overlap, Schedule
from flows.timetable import TimetableInvalid

log = logging.getLogger(__name__)

PATIENCE: Final = timedelta(minutes=1)  # until a schedule that broke is looked at again

ANYTHING_DUE = """
SELECT EXISTS (SELECT FROM flows_schedule
                WHERE next_run_at <= COALESCE(%(now)s::text::timestamptz, statement_timestamp())) AS is_due,
       EXISTS (SELECT FROM executions_scheduleslot WHERE status = 'waiting') AS is_waiting
"""
# Schedules of which a slot waits, while none of their runs goes on.
FREE = """
SELECT DISTINCT w.schedule_id AS id FROM executions_scheduleslot w
WHERE w.status = 'waiting'
  AND NOT EXISTS (SELECT FROM executions_scheduleslot s JOIN executions_execution e ON e.slot_id = s.id
                   WHERE s.schedule_id = w.schedule_id AND e.status IN ('queued', 'running'))
LIMIT 100
"""


def run_due_schedules(*, now: datetime | None = None, seconds: float = 5.0) -> int:
    """See to schedules that are due, and to slots that waited, for about so many seconds. How many were seen to."""
    row = fetch_one(ANYTHING_DUE, {"now": now.isoformat() if now else None})
    assert row is not None  # it selects one row
    until, done = monotonic() + seconds, 0
    if row["is_waiting"]:
        done += sum(_start_waiting(found["id"]) for found in fetch_all(FREE, {}))
    while row["is_due"] and monotonic() < until and _see_to_next(now):
        done += 1
    return done


def _see_to_next(now: datetime | None) -> bool:
    """Whether there was one that nobody else is at."""
    with transaction.atomic():
        moment = now or database_now()
        due = Schedule.objects.filter(next_run_at__lte=moment).order_by("next_run_at", "pk")
        schedule = _lock(due)
        if schedule is None:
            return False
        try:
            with transaction.atomic():
                _see_to(schedule, moment)
        except (DatabaseError, InterfaceError):
            raise
        except Exception:  # it must not keep the others waiting
            log.exception("schedule %s could not be seen to", schedule.pk)
            schedule.next_run_at = moment + PATIENCE
        schedule.save(update_fields=["next_slot_at", "next_run_at"])
    return True


def _lock(schedules: QuerySet[Schedule]) -> Schedule | None:
    rows = schedules.select_for_update(skip_locked=True, of=("self",))
    return rows.select_related("workspace", "flow__latest_version", "environment").first()


def _see_to(schedule: Schedule, now: datetime) -> None:
    assert schedule.next_slot_at is not None  # next_run_at is only set with it
    try:
        times = schedule.times
    except TimetableInvalid as exc:
        _record(schedule, schedule.next_slot_at, now, SlotStatus.FAILED, f"{exc} The schedule is stopped; edit it.")
        schedule.plan_from(None)
        return
    decided = decide(
        times=times,
        first=schedule.next_slot_at,
        now=now,
        misfire=Misfire(schedule.misfire),
        catch_up=schedule.catch_up,
        run_at=schedule.run_at,
    )
    if decided.skipped is not None:
        _skip_missed(schedule, decided.skipped, decided, now)
    for slot_at in decided.run:
        _run(schedule, slot_at, now, is_one_of_many=len(decided.run) > 1)
    schedule.plan_from(decided.next_slot)


def _run(schedule: Schedule, slot_at: datetime, now: datetime, *, is_one_of_many: bool) -> None:
    """Start a slot that is due, or do with it what the policy says while an earlier run goes on."""
    overlap = Overlap(schedule.overlap)
    slot = _record(schedule, slot_at, now, SlotStatus.WAITING)
    if slot is None:
        return  # it has run before: the schedule was edited since, or the clock set back
    waiting = schedule.slots.filter(status=SlotStatus.WAITING).exclude(pk=slot.pk)
    running = None if overlap is Overlap.ALLOW else _running(schedule)
    if overlap is Overlap.ALLOW or (running is None and not waiting.exists()):
        start_slot(schedule=schedule, slot=slot)
    elif is_one_of_many:
        slot.reason = "Made up for after an outage, once the run before it is over."
        slot.save(update_fields=["reason"])
    else:
        _overlap(schedule, slot, overlap, running)


def _overlap(schedule: Schedule, slot: ScheduleSlot, overlap: Overlap, running: Execution | None) -> None:
    before = f"execution #{running.pk}" if running else "an earlier slot"
    earlier = schedule.slots.filter(status=SlotStatus.WAITING).exclude(pk=slot.pk)
    if overlap is Overlap.CANCEL:
        earlier.update(status=SlotStatus.SKIPPED, reason="A later slot took its place while it waited.")
        if running is not None:
            with suppress(AlreadyFinal):
                request_cancel(execution=running, by=f"schedule {schedule.name}")
        slot.reason = f"Waits for {before}, which is being cancelled."
    elif overlap is Overlap.QUEUE and not earlier.exists():
        slot.reason = f"Waits for {before} to end."
    else:
        slot.status = SlotStatus.SKIPPED
        also = " and another slot waited already" if overlap is Overlap.QUEUE else ""
        slot.reason = f"{before[0].upper()}{before[1:]} was not over{also}."
    slot.save(update_fields=["status", "reason"])


def _start_waiting(schedule_id: int) -> int:
    with transaction.atomic():
        schedule = _lock(Schedule.objects.filter(pk=schedule_id))
        if schedule is None or _running(schedule) is not None:
            return 0
        slot = schedule.slots.filter(status=SlotStatus.WAITING).order_by("slot_at").first()
        if slot is None:
            return 0
        start_slot(schedule=schedule, slot=slot)
    return 1


def _running(schedule: Schedule) -> Execution | None:
    """The latest run of the schedule that is not over."""
    return Execution.objects.active().filter(slot__schedule=schedule).order_by("-id").first()


def _skip_missed(schedule: Schedule, stretch: Stretch, decided: Decided, now: datetime) -> None:
    it = "it" if stretch.count == 1 else "them"
    reason = f"Missed: nobody was there to start {it} in time."
    if decided.run and schedule.misfire != Misfire.SKIP:
        what = "one run stands" if schedule.misfire == Misfire.ONCE else f"the last {len(decided.run)} run"
        reason = f"{reason[:-1]}; {what} for all that were missed."
    slot = _record(schedule, stretch.first, now, SlotStatus.SKIPPED, reason)
    if slot is not None and stretch.last != stretch.first:
        slot.last_slot_at, slot.count = stretch.last, stretch.count
        slot.save(update_fields=["last_slot_at", "count"])


def _record(
    schedule: Schedule, slot_at: datetime, now: datetime, status: SlotStatus, reason: str = ""
) -> ScheduleSlot | None:
    """None if there is one of this time already."""
    slot, is_new = ScheduleSlot.objects.get_or_create(
        schedule=schedule, slot_at=slot_at, defaults={"status": status, "reason": reason, "recorded_at": now}
    )
    return slot if is_new else None
