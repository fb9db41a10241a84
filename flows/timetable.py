"""When a schedule runs: a cron line in a time zone, or an interval. Pure: nothing here asks what time it is.

A cron line names times on a wall clock. Where the clocks go forward, a time that is skipped runs at the first instant
after the gap (several skipped ones are that one instant). Where they go back, a time that comes twice runs at its first
coming only.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from itertools import islice
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from cronsim import CronSim, CronSimError

LONGEST_LINE: Final = 200
SHORTEST_INTERVAL: Final = 10  # seconds
LONGEST_INTERVAL: Final = 366 * 24 * 3600
SHORTHANDS: Final = {
    "@hourly": "0 * * * *",
    "@daily": "0 0 * * *",
    "@midnight": "0 0 * * *",
    "@weekly": "0 0 * * 0",
    "@monthly": "0 0 1 * *",
    "@yearly": "0 0 1 1 *",
    "@annually": "0 0 1 1 *",
}
_FIELDS: Final = {
    "Bad minute": ("minute", 0, "0 to 59"),
    "Bad hour": ("hour", 1, "0 to 23"),
    "Bad day-of-month": ("day of the month", 2, "1 to 31, or L for the last"),
    "Bad month": ("month", 3, "1 to 12, or JAN to DEC"),
    "Bad day-of-week": ("day of the week", 4, "0 to 7, or SUN to SAT"),
}


class TimetableInvalid(ValueError):
    """The line, the interval or the zone means nothing; the message says which part."""


@dataclass(frozen=True)
class Timetable:
    """The instants of a schedule. Made by `cron_timetable` or `interval_timetable`."""

    zone: ZoneInfo
    cron: str = ""  # else
    interval: timedelta = timedelta(0)
    anchor: datetime = datetime(1970, 1, 1, tzinfo=UTC)  # intervals are counted from here

    def after(self, moment: datetime) -> datetime | None:
        """The first instant later than `moment`; None if there is none for half a century."""
        return next(self.following(moment), None)

    def following(self, moment: datetime) -> Iterator[datetime]:
        """Every instant later than `moment`, in order, each once."""
        return self._by_cron(moment) if self.cron else self._by_interval(moment)

    def latest(self, moment: datetime, most: int) -> list[datetime]:
        """The last instants not later than `moment`, oldest first, at most so many."""
        if not self.cron:
            last = self.anchor + (moment - self.anchor) // self.interval * self.interval
            return [last - back * self.interval for back in reversed(range(most))]
        found: list[datetime] = []
        for wall in CronSim(self.cron, _last_wall(moment, self.zone) + timedelta(minutes=1), reverse=True):
            instant = instant_of(wall, self.zone)
            if instant <= moment and instant not in found[-1:]:
                found.append(instant)
                if len(found) == most:
                    break
        return found[::-1]

    def next_runs(self, moment: datetime, count: int = 5) -> list[datetime]:
        return list(islice(self.following(moment), count))

    def in_words(self) -> str:
        if not self.cron:
            return f"Every {interval_words(int(self.interval.total_seconds()))}"
        return f"{CronSim(self.cron, datetime(2000, 1, 1)).explain()}, {self.zone.key} time"  # noqa: DTZ001 - any wall time

    def _by_interval(self, moment: datetime) -> Iterator[datetime]:
        number = (moment - self.anchor) // self.interval
        while True:
            number += 1
            yield self.anchor + number * self.interval

    def _by_cron(self, moment: datetime) -> Iterator[datetime]:
        last = moment.astimezone(UTC)
        for wall in CronSim(self.cron, moment.astimezone(self.zone).replace(tzinfo=None)):
            instant = instant_of(wall, self.zone)
            if instant > last:
                yield instant
                last = instant


@lru_cache(maxsize=1024)
def cron_timetable(line: str, zone: str) -> Timetable:
    """Raises TimetableInvalid."""
    line = SHORTHANDS.get(line.strip().lower(), " ".join(line.split()))
    fields = line.split(" ")
    if len(line) > LONGEST_LINE or len(fields) != 5:
        raise TimetableInvalid(
            f"A cron line has five fields (minute, hour, day of the month, month, day of the week); "
            f"this one has {len(fields) if line else 0}."
        )
    try:
        walls = CronSim(line, datetime(2000, 1, 1))  # noqa: DTZ001 - a wall clock's
        found = next(walls, None)
    except CronSimError as exc:
        raise TimetableInvalid(_what_is_wrong(str(exc), fields)) from exc
    if found is None:
        raise TimetableInvalid(f"The cron line {line!r} names a day that never comes.")
    return Timetable(zone_of(zone), cron=line)


def interval_timetable(seconds: int, anchor: datetime) -> Timetable:
    """Raises TimetableInvalid."""
    if not SHORTEST_INTERVAL <= seconds <= LONGEST_INTERVAL:
        raise TimetableInvalid(
            f"An interval is between {SHORTEST_INTERVAL} seconds and a year; this one is {seconds} s."
        )
    return Timetable(ZoneInfo("UTC"), interval=timedelta(seconds=seconds), anchor=anchor)


def zone_of(name: str) -> ZoneInfo:
    """Raises TimetableInvalid."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as exc:
        raise TimetableInvalid(f"There is no time zone {name!r}. Write it like Europe/Berlin, or UTC.") from exc


def instant_of(wall: datetime, zone: ZoneInfo) -> datetime:
    """When a wall clock in `zone` shows `wall`: the first time if it does so twice; if never, the end of the gap."""
    before, after = wall.replace(tzinfo=zone, fold=0), wall.replace(tzinfo=zone, fold=1)
    gap = _offset(after) - _offset(before)
    if gap <= timedelta(0):
        return before.astimezone(UTC)
    # Between these two instants the clocks went forward: find when, to the second.
    early, late = after.astimezone(UTC), before.astimezone(UTC)
    while late - early > timedelta(seconds=1):
        middle = early + timedelta(seconds=(late - early).total_seconds() // 2)
        if _offset(middle.astimezone(zone)) == _offset(after):
            late = middle
        else:
            early = middle
    return late


def shift_of(instant: datetime, zone: ZoneInfo) -> str:
    """Whether the clocks change around an instant of a timetable: `repeated`, `after_gap`, or nothing."""
    local = instant.astimezone(zone)
    if _offset(local.replace(fold=0)) > _offset(local.replace(fold=1)):
        return "repeated"
    a_moment_ago = (instant - timedelta(seconds=1)).astimezone(zone)
    return "after_gap" if _offset(a_moment_ago) < _offset(local) else ""


def interval_words(seconds: int) -> str:
    for size, word in ((86_400, "day"), (3600, "hour"), (60, "minute")):
        if seconds % size == 0:
            return word if seconds == size else f"{seconds // size} {word}s"
    return f"{seconds} seconds"


def _last_wall(moment: datetime, zone: ZoneInfo) -> datetime:
    """The latest wall time whose instant is not later than `moment`: within a repeated stretch all of it has been."""
    local = moment.astimezone(zone)
    first, second = _offset(local.replace(fold=0)), _offset(local.replace(fold=1))
    repeated = max(timedelta(0), first - second) if local.fold else timedelta(0)
    return local.replace(tzinfo=None) + repeated


def _offset(moment: datetime) -> timedelta:
    return moment.utcoffset() or timedelta(0)


def _what_is_wrong(said: str, fields: list[str]) -> str:
    if said not in _FIELDS:
        return f"The cron line cannot be read: {said.lower()}."
    name, place, allowed = _FIELDS[said]
    return (
        f"The {name} of the cron line cannot be {fields[place]!r}: it is {allowed}, and lists, ranges, /steps of them."
    )
