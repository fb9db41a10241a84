"""What becomes of slots that are due, after downtimes of every length and under every policy."""

from datetime import UTC, datetime, timedelta
from itertools import islice, takewhile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flows.misfires import GRACE, MOST_COUNTED, Decided, Stretch, decide
from flows.models import Misfire
from flows.timetable import Timetable, cron_timetable, interval_timetable

NOON = datetime(2026, 5, 4, 12, 0, tzinfo=UTC)
EVERY_MINUTE = cron_timetable("* * * * *", "UTC")


def at(minutes: float) -> datetime:
    return NOON + timedelta(minutes=minutes)


def after(downtime: timedelta, misfire: Misfire, times: Timetable = EVERY_MINUTE, catch_up: int = 3) -> Decided:
    """Nobody looked from noon on, for so long; the slot of noon was the next."""
    return decide(times=times, first=NOON, now=NOON + downtime, misfire=misfire, catch_up=catch_up)


@pytest.mark.parametrize("misfire", list(Misfire))
def test_a_slot_seen_in_time_runs_whatever_the_policy(misfire: Misfire) -> None:
    assert after(timedelta(seconds=5), misfire) == Decided((NOON,), None, at(1))


@pytest.mark.parametrize("misfire", list(Misfire))
def test_nothing_runs_before_its_time(misfire: Misfire) -> None:
    assert after(timedelta(seconds=-1), misfire) == Decided((), None, NOON)


def test_an_hour_of_downtime() -> None:
    hour = timedelta(minutes=60, seconds=5)
    # The slot of just now is in time, and runs under every policy.
    assert after(hour, Misfire.SKIP) == Decided((at(60),), Stretch(NOON, at(59), 60), at(61))
    assert after(hour, Misfire.ONCE) == Decided((at(60),), Stretch(NOON, at(59), 60), at(61))
    assert after(hour, Misfire.CATCH_UP) == Decided((at(58), at(59), at(60)), Stretch(NOON, at(57), 58), at(61))


def test_an_hour_of_downtime_of_a_slot_that_comes_once_a_day() -> None:
    daily, hour, tomorrow = cron_timetable("0 12 * * *", "UTC"), timedelta(hours=1), at(24 * 60)
    assert after(hour, Misfire.SKIP, daily) == Decided((), Stretch(NOON, NOON, 1), tomorrow)
    assert after(hour, Misfire.ONCE, daily) == Decided((NOON,), None, tomorrow)
    assert after(hour, Misfire.CATCH_UP, daily) == Decided((NOON,), None, tomorrow)


def test_a_month_of_downtime_is_bounded() -> None:
    month = timedelta(days=30, seconds=5)
    last, following = at(30 * 24 * 60), at(30 * 24 * 60 + 1)
    for misfire in (Misfire.SKIP, Misfire.ONCE):
        assert after(month, misfire) == Decided((last,), Stretch(NOON, last - timedelta(minutes=1), None), following)
    caught = after(month, Misfire.CATCH_UP, catch_up=100)
    assert (len(caught.run), caught.run[-1], caught.next_slot) == (100, last, following)
    assert caught.skipped == Stretch(NOON, caught.run[0] - timedelta(minutes=1), None)


def test_a_month_of_downtime_of_a_daily_slot_is_counted() -> None:
    daily = cron_timetable("0 12 * * *", "UTC")
    decided = after(timedelta(days=30, hours=1), Misfire.CATCH_UP, daily)
    assert [slot.day for slot in decided.run] == [1, 2, 3]
    assert decided.skipped == Stretch(NOON, datetime(2026, 5, 31, 12, tzinfo=UTC), 28)
    assert after(timedelta(days=30, hours=1), Misfire.SKIP, daily).skipped == Stretch(
        NOON, datetime(2026, 6, 3, 12, tzinfo=UTC), 31
    )


def test_jitter_makes_a_slot_late_but_not_missed() -> None:
    half_an_hour = timedelta(minutes=30)
    hourly = cron_timetable("0 * * * *", "UTC")

    def decided(now: datetime) -> Decided:
        return decide(
            times=hourly, first=NOON, now=now, misfire=Misfire.SKIP, catch_up=1, run_at=lambda slot: slot + half_an_hour
        )

    assert decided(at(29)) == Decided((), None, NOON)
    assert decided(at(30.5)) == Decided((NOON,), None, at(60))
    assert decided(at(32)) == Decided((), Stretch(NOON, NOON, 1), at(60))


@settings(max_examples=100, deadline=None)
@given(
    times=st.sampled_from(
        [
            EVERY_MINUTE,
            cron_timetable("*/7 * * * *", "Europe/Berlin"),
            cron_timetable("30 2 * * *", "Europe/Berlin"),
            cron_timetable("0 9 L * *", "Australia/Lord_Howe"),
            interval_timetable(10, NOON),
            interval_timetable(5400, NOON + timedelta(seconds=17)),
        ]
    ),
    since=st.integers(0, 330 * 86_400),
    down=st.one_of(st.integers(0, 200), st.integers(0, 9000), st.integers(0, 3 * 86_400)),
    misfire=st.sampled_from(list(Misfire)),
    catch_up=st.integers(1, 100),
)
def test_it_agrees_with_going_through_every_slot(
    times: Timetable, since: int, down: int, misfire: Misfire, catch_up: int
) -> None:
    first = times.after(NOON + timedelta(seconds=since))
    assert first is not None
    now = first + timedelta(seconds=down)
    decided = decide(times=times, first=first, now=now, misfire=misfire, catch_up=catch_up)

    due = [first, *takewhile(lambda slot: slot <= now, islice(times.following(first), 30_000))]
    in_time = now - due[-1] <= GRACE
    wanted = {Misfire.SKIP: 1 if in_time else 0, Misfire.ONCE: 1, Misfire.CATCH_UP: catch_up}[misfire]
    run = due[max(0, len(due) - wanted) :]
    missed = due[: len(due) - len(run)]
    assert list(decided.run) == run
    count = len(missed) if len(due) <= MOST_COUNTED else None
    assert decided.skipped == (Stretch(missed[0], missed[-1], count) if missed else None)
    assert decided.next_slot == times.after(due[-1])
