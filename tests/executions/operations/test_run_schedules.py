"""Schedules start their flows: each slot once, whoever looks and how many; and what they do with runs that overlap."""

import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection

from executions.models import Execution
from executions.operations.create_schedule import create_schedule
from executions.operations.edit_schedule import edit_schedule
from executions.operations.pause_schedule import pause_schedule
from executions.operations.resume_schedule import resume_schedule
from executions.operations.run_schedules import run_due_schedules
from executions.schedules.models import ScheduleSlot, SlotStatus
from executions.status import Status, Trigger
from flows.models import Flow, FlowVersion, Schedule
from flows.operations.save_environment import save_environment

NOON = datetime(2031, 5, 4, 12, 0, tzinfo=UTC)


def at(minutes: float) -> datetime:
    return NOON + timedelta(minutes=minutes)


@pytest.fixture
def make(flow_version: FlowVersion) -> Callable[..., Schedule]:
    """A schedule of every minute, made half a minute before noon."""

    def make(**wanted: Any) -> Schedule:
        values = {"name": f"every minute {Schedule.objects.count()}", "flow": flow_version.flow.slug}
        times = {} if "interval_seconds" in wanted else {"cron": "* * * * *"}
        return create_schedule(
            workspace=flow_version.flow.workspace, wanted=values | times | wanted, by=None, now=at(-0.5)
        )

    return make


def told(schedule: Schedule) -> list[tuple[float, str]]:
    """Minutes after noon and status of every slot, in order."""
    rows = schedule.slots.order_by("slot_at")
    return [((slot.slot_at - NOON).total_seconds() / 60, str(slot.status)) for slot in rows]


def finish(*executions: Execution) -> None:
    rows = Execution.objects.filter(pk__in=[one.pk for one in executions])
    rows.update(status=Status.RUNNING, started_at=NOON)
    rows.update(status=Status.PASSED, outcome=Status.PASSED, finished_at=NOON)


def runs(schedule: Schedule) -> list[Execution]:
    return list(Execution.objects.filter(slot__schedule=schedule).order_by("id"))


@pytest.mark.django_db
def test_a_slot_starts_the_flow_once(make: Callable[..., Schedule]) -> None:
    schedule = make(labels={"team": "shop"}, variables={"LIMIT": 3})
    assert run_due_schedules(now=at(-0.1)) == 0
    assert run_due_schedules(now=at(0.05)) == 1
    assert run_due_schedules(now=at(0.06)) == 0
    (execution,) = runs(schedule)
    assert (execution.trigger, execution.actor, execution.labels) == (Trigger.SCHEDULE, schedule.name, {"team": "shop"})
    assert execution.overrides == {"LIMIT": 3}
    assert execution.slot is not None
    assert (execution.slot.slot_at, execution.slot.status) == (NOON, SlotStatus.STARTED)
    schedule.refresh_from_db()
    assert schedule.next_slot_at == at(1)


@pytest.mark.django_db
def test_making_a_schedule_or_resuming_it_never_runs_it_at_once(make: Callable[..., Schedule]) -> None:
    schedule = make()
    pause_schedule(schedule=schedule, by=None, actor="alice", note="the shop moves", now=at(0.1))
    assert run_due_schedules(now=at(90)) == 0
    resumed = resume_schedule(schedule=schedule, by=None, actor="alice", now=at(90.5))
    assert (resumed.next_slot_at, told(schedule)) == (at(91), [])
    run_due_schedules(now=at(91))
    assert told(schedule) == [(91, "started")]


@pytest.mark.django_db
def test_the_clock_set_back_runs_no_slot_again(make: Callable[..., Schedule]) -> None:
    schedule = make(overlap="allow")
    for minutes in (0, 1, 2, 0.5, 1, 1.5, 2, 3):
        run_due_schedules(now=at(minutes))
    assert told(schedule) == [(0, "started"), (1, "started"), (2, "started"), (3, "started")]
    # Not even when the schedule is edited meanwhile, so that its slots are worked out anew.
    edit_schedule(schedule=schedule, changes={"cron": "*/1 * * * *"}, revision=None, by=None, now=at(1.5))
    run_due_schedules(now=at(4))
    assert [minute for minute, _ in told(schedule)] == [0, 1, 2, 3, 4]
    assert len(runs(schedule)) == 5


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("misfire", "expected"),
    [
        ("skip", [(0, "skipped"), (60, "started")]),
        ("once", [(0, "skipped"), (60, "started")]),
        ("catch_up", [(0, "skipped"), (59, "started"), (60, "started")]),
    ],
)
def test_an_hour_away(make: Callable[..., Schedule], misfire: str, expected: list[tuple[float, str]]) -> None:
    schedule = make(misfire=misfire, catch_up=2, overlap="allow")
    run_due_schedules(now=at(60.1))
    assert told(schedule) == expected
    missed = schedule.slots.get(status=SlotStatus.SKIPPED)
    assert missed.count == (59 if misfire == "catch_up" else 60)
    assert missed.reason.startswith("Missed: nobody was there to start them in time")


@pytest.mark.django_db
def test_what_is_made_up_for_runs_one_after_another(make: Callable[..., Schedule]) -> None:
    schedule = make(misfire="catch_up", catch_up=3)
    run_due_schedules(now=at(60.1))
    assert told(schedule) == [(0, "skipped"), (58, "started"), (59, "waiting"), (60, "waiting")]
    finish(*runs(schedule))
    run_due_schedules(now=at(60.2))
    assert told(schedule)[1:] == [(58, "started"), (59, "started"), (60, "waiting")]
    run_due_schedules(now=at(60.3))
    assert told(schedule)[-1] == (60, "waiting")


@pytest.mark.django_db
def test_overlap_skip(make: Callable[..., Schedule]) -> None:
    schedule = make(overlap="skip")
    run_due_schedules(now=at(0))
    run_due_schedules(now=at(1))
    (first,) = runs(schedule)
    skipped = schedule.slots.get(slot_at=at(1))
    assert (skipped.status, skipped.reason) == (SlotStatus.SKIPPED, f"Execution #{first.pk} was not over.")
    finish(first)
    run_due_schedules(now=at(2))
    assert told(schedule) == [(0, "started"), (1, "skipped"), (2, "started")]


@pytest.mark.django_db
def test_overlap_queue_keeps_one(make: Callable[..., Schedule]) -> None:
    schedule = make(overlap="queue")
    for minute in range(3):
        run_due_schedules(now=at(minute))
    assert told(schedule) == [(0, "started"), (1, "waiting"), (2, "skipped")]
    finish(*runs(schedule))
    run_due_schedules(now=at(2.5))
    assert told(schedule) == [(0, "started"), (1, "started"), (2, "skipped")]


@pytest.mark.django_db
def test_overlap_allow(make: Callable[..., Schedule]) -> None:
    schedule = make(overlap="allow")
    for minute in range(3):
        run_due_schedules(now=at(minute))
    assert len(runs(schedule)) == 3


@pytest.mark.django_db
def test_overlap_cancel_waits_until_the_earlier_run_has_wound_down(make: Callable[..., Schedule]) -> None:
    schedule = make(overlap="cancel")
    run_due_schedules(now=at(0))
    (first,) = runs(schedule)
    Execution.objects.filter(pk=first.pk).update(status=Status.RUNNING, started_at=NOON)
    run_due_schedules(now=at(1))
    first.refresh_from_db()
    assert (first.cancel_requested_by, told(schedule)) == (
        f"schedule {schedule.name}",
        [(0, "started"), (1, "waiting")],
    )
    run_due_schedules(now=at(2))  # its teardown takes long: the newest slot counts
    assert told(schedule) == [(0, "started"), (1, "skipped"), (2, "waiting")]
    Execution.objects.filter(pk=first.pk).update(status=Status.CANCELLED, finished_at=NOON)
    run_due_schedules(now=at(2.5))
    assert told(schedule)[-1] == (2, "started")


@pytest.mark.django_db
def test_what_cannot_be_started_is_recorded_with_the_reason(make: Callable[..., Schedule]) -> None:
    flow = Flow.objects.get()
    environment = save_environment(workspace=flow.workspace, name="staging", variables={"A": 1}, by=None)
    gone, archived = make(name="gone", environment="staging"), make(name="archived")
    environment.delete()
    run_due_schedules(now=at(0))
    Flow.objects.update(archived_at=NOON)
    run_due_schedules(now=at(1))
    assert gone.slots.earliest("slot_at").reason == (
        "The environment 'staging' has been deleted. Give the schedule another one."
    )
    finish(*runs(archived))
    run_due_schedules(now=at(2))
    last = archived.slots.latest("slot_at")
    assert (last.status, last.reason.partition(".")[0]) == (SlotStatus.FAILED, f"The flow {flow.slug} is archived")


@pytest.mark.django_db
def test_a_schedule_that_breaks_keeps_no_other_waiting(
    make: Callable[..., Schedule],
) -> None:
    broken, fine = make(), make(interval_seconds=60)
    Schedule.objects.filter(pk=broken.pk).update(zone="Nowhere/Land")
    assert run_due_schedules(now=at(1)) == 2
    assert [slot.status for slot in broken.slots.all()] == [SlotStatus.FAILED]
    assert "no time zone 'Nowhere/Land'" in broken.slots.get().reason
    assert len(runs(fine)) == 1


@pytest.mark.django_db(transaction=True)
def test_three_beats_at_once_start_each_slot_once(make: Callable[..., Schedule]) -> None:
    schedules = [make(overlap="allow") for _ in range(40)]
    begin = threading.Barrier(3)

    def beat() -> None:
        try:
            begin.wait(timeout=60)
            for minute in range(3):
                run_due_schedules(now=at(minute), seconds=60)
        finally:
            connection.close()

    beats = [threading.Thread(target=beat) for _ in range(3)]
    for one in beats:
        one.start()
    for one in beats:
        one.join(120)
    run_due_schedules(now=at(2), seconds=60)  # a beat that came early to the last minute found some rows taken
    for schedule in schedules:
        assert told(schedule) == [(0, "started"), (1, "started"), (2, "started")]
    assert Execution.objects.count() == ScheduleSlot.objects.count() == 120


@pytest.mark.django_db(transaction=True)
def test_five_hundred_due_in_one_second_start_once_each(make: Callable[..., Schedule]) -> None:
    make()
    one = Schedule.objects.get()
    Schedule.objects.bulk_create(
        [
            Schedule(
                **{
                    field.attname: getattr(one, field.attname)
                    for field in Schedule._meta.concrete_fields
                    if field.attname not in {"id", "name"}
                },
                name=f"copy {number}",
            )
            for number in range(499)
        ]
    )

    def beat() -> None:
        try:
            while run_due_schedules(now=at(0.5), seconds=120):
                pass
        finally:
            connection.close()

    beats = [threading.Thread(target=beat) for _ in range(2)]
    for thread in beats:
        thread.start()
    for thread in beats:
        thread.join(120)
    assert Execution.objects.count() == 500
    assert Execution.objects.values("slot__schedule").distinct().count() == 500
