"""Start what schedules have due: any number of processes may do so at once, and each slot runs once (DESIGN §5.10).

A few schedules are taken at once with SKIP LOCKED; their slots, the executions of those and the times of the next slots
are one transaction, and (schedule, slot) is unique. The time is PostgreSQL's, unless a test brings its own.
"""

import logging
from contextlib import suppress
from datetime import datetime, timedelta
from time import monotonic
from typing import Final, NamedTuple

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
AT_ONCE: Final = 20  # schedules in one transaction: many are due at the full hour, and each has five seconds

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
RECORD = """
INSERT INTO executions_scheduleslot (schedule_id, slot_at, count, is_manual, status, reason, recorded_at)
VALUES (%(schedule)s::bigint, %(slot_at)s::text::timestamptz, 1, false, %(status)s::text, %(reason)s::text,
        %(now)s::text::timestamptz)
ON CONFLICT (schedule_id, slot_at) DO NOTHING RETURNING id
"""
# The latest run of the schedule that is not over, and whether other slots of it wait.
BUSY = """
SELECT (SELECT max(e.id) FROM executions_execution e JOIN executions_scheduleslot s ON s.id = e.slot_id
         WHERE s.schedule_id = %(schedule)s::bigint AND e.status IN ('queued', 'running')) AS running,
       EXISTS (SELECT FROM executions_scheduleslot
                WHERE schedule_id = %(schedule)s::bigint AND status = 'waiting' AND id <> %(slot)s::bigint) AS waits
"""


def run_due_schedules(*, now: datetime | None = None, seconds: float = 5.0) -> int:
    """See to schedules that are due, and to slots that waited, for about so many seconds. How many were seen to."""
    row = fetch_one(ANYTHING_DUE, {"now": now.isoformat() if now else None})
    assert row is not None  # it selects one row
    until, done = monotonic() + seconds, 0
    if row["is_waiting"]:
        done += sum(_start_waiting(found["id"]) for found in fetch_all(FREE, {}))
    while row["is_due"] and monotonic() < until and (seen_to := _see_to_some(now)):
        done += seen_to
    return done


def _see_to_some(now: datetime | None) -> int:
    """How many: those that were due and that nobody else is at."""
    with transaction.atomic():
        moment = now or database_now()
        due = Schedule.objects.filter(next_run_at__lte=moment).order_by("next_run_at", "pk")
        schedules = list(_locked(due)[:AT_ONCE])
        for schedule in schedules:
            try:
                with transaction.atomic():
                    _see_to(schedule, moment)
            except (DatabaseError, InterfaceError):
                raise
            except Exception:  # it must not keep the others waiting
                log.exception("schedule %s could not be seen to", schedule.pk)
                schedule.next_run_at = moment + PATIENCE
        Schedule.objects.bulk_update(schedules, ["next_slot_at", "next_run_at"])
    return len(schedules)


def _locked(schedules: QuerySet[Schedule]) -> QuerySet[Schedule]:
    rows = schedules.select_for_update(skip_locked=True, of=("self",))
    return rows.select_related("workspace", "flow__latest_version", "environment")


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
    if overlap is Overlap.ALLOW or not (busy := _busy(schedule, slot)):
        start_slot(schedule=schedule, slot=slot)
    elif is_one_of_many:
        slot.reason = "Made up for after an outage, once the run before it is over."
        slot.save(update_fields=["reason"])
    else:
        running = Execution.objects.filter(pk=busy.running).first() if busy.running is not None else None
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
        schedule = _locked(Schedule.objects.filter(pk=schedule_id)).first()
        if schedule is None:
            return 0
        slot = schedule.slots.filter(status=SlotStatus.WAITING).order_by("slot_at").first()
        if slot is None or _busy(schedule, slot).running is not None:
            return 0
        start_slot(schedule=schedule, slot=slot)
    return 1


class _Busy(NamedTuple):
    running: int | None  # the latest execution of the schedule that is not over
    waits: bool  # another slot

    def __bool__(self) -> bool:
        return self.running is not None or self.waits


def _busy(schedule: Schedule, slot: ScheduleSlot) -> _Busy:
    row = fetch_one(BUSY, {"schedule": schedule.pk, "slot": slot.pk})
    assert row is not None  # it selects one row
    return _Busy(**row)


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
    given = {"schedule": schedule.pk, "slot_at": slot_at.isoformat(), "status": str(status), "reason": reason}
    row = fetch_one(RECORD, {**given, "now": now.isoformat()})
    if row is None:
        return None
    return ScheduleSlot(pk=row["id"], schedule=schedule, slot_at=slot_at, status=status, reason=reason, recorded_at=now)
