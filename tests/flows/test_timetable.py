"""When cron lines and intervals run, above all where the clocks change."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from itertools import islice, pairwise, takewhile
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flows.timetable import TimetableInvalid, cron_timetable, instant_of, interval_timetable, shift_of


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def first(line: str, zone: str, moment: str, count: int = 1) -> list[str]:
    """The next times, as the clocks of the zone show them."""
    times = cron_timetable(line, zone)
    return [at.astimezone(times.zone).strftime("%m-%d %H:%M %z") for at in islice(times.following(utc(moment)), count)]


@pytest.mark.parametrize(
    ("zone", "line", "before", "expected"),
    [
        # The clocks go forward: what they skip runs right after.
        ("Europe/Berlin", "30 2 * * *", "2026-03-28T12:00", ["03-29 03:00 +0200", "03-30 02:30 +0200"]),
        ("America/New_York", "0 2 * * *", "2026-03-07T12:00", ["03-08 03:00 -0400", "03-09 02:00 -0400"]),
        ("Australia/Sydney", "15 2 * * *", "2026-10-03T12:00", ["10-04 03:00 +1100", "10-05 02:15 +1100"]),
        ("Australia/Lord_Howe", "10 2 * * *", "2026-10-03T12:00", ["10-04 02:30 +1100", "10-05 02:10 +1100"]),
        ("America/Santiago", "0 0 * * *", "2026-09-05T12:00", ["09-06 01:00 -0300", "09-07 00:00 -0300"]),
        # Several that are skipped are one run.
        ("Europe/Berlin", "*/20 2 * * *", "2026-03-29T00:59", ["03-29 03:00 +0200", "03-30 02:00 +0200"]),
        # The clocks go back: what comes twice runs at the first.
        ("Europe/Berlin", "30 2 * * *", "2026-10-24T12:00", ["10-25 02:30 +0200", "10-26 02:30 +0100"]),
        ("America/New_York", "30 1 * * *", "2026-10-31T12:00", ["11-01 01:30 -0400", "11-02 01:30 -0500"]),
        ("Australia/Sydney", "30 2 * * *", "2026-04-04T12:00", ["04-05 02:30 +1100", "04-06 02:30 +1000"]),
        ("Australia/Lord_Howe", "45 1 * * *", "2026-04-04T12:00", ["04-05 01:45 +1100", "04-06 01:45 +1030"]),
        # Also when somebody asks in the middle of the second time.
        ("Europe/Berlin", "30 2 * * *", "2026-10-25T01:15", ["10-26 02:30 +0100", "10-27 02:30 +0100"]),
        # A whole day was skipped.
        ("Pacific/Apia", "0 9 * * *", "2011-12-29T12:00", ["12-29 09:00 -1000", "12-31 00:00 +1400"]),
    ],
)
def test_where_the_clocks_change(zone: str, line: str, before: str, expected: list[str]) -> None:
    assert first(line, zone, before, len(expected)) == expected


@pytest.mark.parametrize(
    ("line", "moment", "expected"),
    [
        ("0 0 29 2 *", "2026-01-01T00:00", ["02-29 00:00 +0000", "02-29 00:00 +0000"]),  # 2028 and 2032
        ("0 6 L * *", "2026-01-15T00:00", ["01-31 06:00 +0000", "02-28 06:00 +0000", "03-31 06:00 +0000"]),
        ("0 6 31 * *", "2026-01-31T06:00", ["03-31 06:00 +0000", "05-31 06:00 +0000"]),
        ("*/30 9-10 * * MON-FRI", "2026-05-01T09:30", ["05-01 10:00 +0000", "05-01 10:30 +0000", "05-04 09:00 +0000"]),
        ("0 12 * JAN,jul sun", "2026-01-01T00:00", ["01-04 12:00 +0000"]),
        ("0 0 13 * 5", "2026-02-01T00:00", ["02-06 00:00 +0000", "02-13 00:00 +0000"]),  # either, as cron has it
        ("@daily", "2026-12-31T23:59:59", ["01-01 00:00 +0000"]),
        ("0 0 * * 7", "2026-01-01T00:00", ["01-04 00:00 +0000"]),
    ],
)
def test_what_a_cron_line_names(line: str, moment: str, expected: list[str]) -> None:
    assert first(line, "UTC", moment, len(expected)) == expected


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("61 * * * *", "The minute of the cron line cannot be '61': it is 0 to 59"),
        ("* 24 * * *", "The hour of the cron line cannot be '24'"),
        ("* * 0 * *", "day of the month"),
        ("* * * 13 *", "month"),
        ("* * * * MOON", "day of the week"),
        ("* * * *", "five fields"),
        ("0 * * * * *", "this one has 6"),
        ("", "this one has 0"),
        ("*/0 * * * *", "minute"),
        ("0 0 31 2 *", "day of the month"),
        ("0 0 30 2 1L", "2026-02-23"),
    ],
)
def test_a_line_that_means_nothing_is_told_where(line: str, said: str) -> None:
    if said.startswith("2026"):  # either of the two days is enough
        assert cron_timetable(line, "UTC").after(utc("2026-02-01T00:00")) == utc(said)
        return
    with pytest.raises(TimetableInvalid, match=said):
        cron_timetable(line, "UTC")


@pytest.mark.parametrize("zone", ["Europe/Berlim", "", "../../etc/passwd", "Europe", "\0"])
def test_a_zone_that_there_is_not(zone: str) -> None:
    with pytest.raises(TimetableInvalid, match="time zone"):
        cron_timetable("* * * * *", zone)


def test_an_interval_keeps_its_rhythm_whatever_the_clocks_do() -> None:
    times = interval_timetable(900, utc("2026-03-29T00:07"))
    assert times.next_runs(utc("2026-03-29T00:50"), 2) == [utc("2026-03-29T00:52"), utc("2026-03-29T01:07")]
    assert times.after(utc("2026-03-29T00:52")) == utc("2026-03-29T01:07")
    assert times.latest(utc("2026-03-29T00:52"), 2) == [utc("2026-03-29T00:37"), utc("2026-03-29T00:52")]
    for wrong in (0, 9, 400 * 86_400):
        with pytest.raises(TimetableInvalid, match="interval"):
            interval_timetable(wrong, utc("2026-01-01T00:00"))


def test_in_words() -> None:
    assert cron_timetable("30 6 * * MON-FRI", "Europe/Berlin").in_words() == (
        "At 06:30 on Monday through Friday, Europe/Berlin time"
    )
    assert interval_timetable(900, utc("2026-01-01T00:00")).in_words() == "Every 15 minutes"
    assert interval_timetable(3600, utc("2026-01-01T00:00")).in_words() == "Every hour"


def test_what_the_clocks_do_to_a_run_is_told() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    shifts = [
        shift_of(at, berlin)
        for line, moment in (("30 2 * * *", "2026-03-28T12:00"), ("30 2 * * *", "2026-10-24T12:00"))
        for at in cron_timetable(line, berlin.key).next_runs(utc(moment), 2)
    ]
    assert shifts == ["after_gap", "", "repeated", ""]


# --- against a model so slow that it is obviously right

CHANGES = {  # a day around each change of the clocks, in UTC
    "Europe/Berlin": ("2026-03-28T12:00", "2026-10-24T12:00"),
    "America/New_York": ("2026-03-07T18:00", "2026-10-31T18:00"),
    "America/Santiago": ("2026-04-04T15:00", "2026-09-05T16:00"),
    "Australia/Lord_Howe": ("2026-04-04T03:00", "2026-10-03T03:00"),
    "Pacific/Auckland": ("2026-04-04T03:00", "2026-09-26T03:00"),
    "Africa/Casablanca": ("2026-02-14T12:00", "2026-03-21T12:00"),
    "Asia/Kathmandu": ("2026-02-14T12:00", "2026-03-21T12:00"),
}
HOURS = 40


@st.composite
def lines(draw: st.DrawFn) -> tuple[frozenset[int], frozenset[int], str]:
    minutes = draw(st.frozensets(st.integers(0, 59), min_size=1, max_size=4))
    hours = draw(st.one_of(st.just(frozenset(range(24))), st.frozensets(st.integers(0, 4), min_size=1, max_size=4)))
    return minutes, hours, f"{_list(minutes)} {_list(hours)} * * *"


def _list(numbers: Iterable[int]) -> str:
    return ",".join(map(str, sorted(numbers)))


def slowly(minutes: frozenset[int], hours: frozenset[int], zone: ZoneInfo, start: datetime) -> list[datetime]:
    """Looks at the clock every minute for two days, and at every wall time of these days."""
    clock = [start + timedelta(minutes=number) for number in range(60 * 72)]
    shown = [(at, at.astimezone(zone).replace(tzinfo=None)) for at in clock]
    firsts = {wall: at for at, wall in reversed(shown)}
    found = set()
    wall = min(firsts)
    while wall < start.replace(tzinfo=None) + timedelta(hours=90):
        if wall.minute in minutes and wall.hour in hours:
            later = [] if wall in firsts else [at for at, walls in shown if walls > wall]
            if wall in firsts or later:
                found.add(firsts[wall] if wall in firsts else later[0])
        wall += timedelta(minutes=1)
    # The first and last hours lack what lies before and behind them.
    return sorted(at for at in found if start + timedelta(hours=14) < at < start + timedelta(hours=14 + HOURS))


@settings(max_examples=40, deadline=None)
@given(line=lines(), zone=st.sampled_from(sorted(CHANGES)), autumn=st.booleans())
def test_it_agrees_with_looking_at_the_clock_every_minute(
    line: tuple[frozenset[int], frozenset[int], str], zone: str, autumn: bool
) -> None:
    minutes, hours, text = line
    start = utc(CHANGES[zone][autumn]) - timedelta(hours=14)
    begin, end = start + timedelta(hours=14), start + timedelta(hours=14 + HOURS)
    times = cron_timetable(text, zone)
    found = list(takewhile(lambda at: at < end, times.following(begin)))
    assert found == slowly(minutes, hours, ZoneInfo(zone), start)
    if found:
        assert times.latest(found[-1], 5) == found[-5:] or len(found) < 5


@settings(max_examples=200, deadline=None)
@given(
    zone=st.sampled_from(sorted(CHANGES)),
    minute=st.integers(0, 59),
    since=st.integers(0, 2 * 365 * 86_400),
)
def test_times_only_ever_go_forward_and_back_is_forward_reversed(zone: str, minute: int, since: int) -> None:
    times = cron_timetable(f"{minute} */2 * * *", zone)
    at = utc("2026-01-01T00:00") + timedelta(seconds=since)
    following = times.next_runs(at, 15)
    assert all(one < other for one, other in pairwise(following))
    assert following[0] > at
    assert times.latest(following[-1], 15) == following


def test_the_end_of_a_gap_is_found_to_the_second() -> None:
    assert instant_of(datetime.fromisoformat("2026-10-04T02:01"), ZoneInfo("Australia/Lord_Howe")) == utc(
        "2026-10-03T15:30"
    )
