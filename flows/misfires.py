"""Which of the slots that are due run, and which are skipped: pure, so that every downtime can be tried."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice, takewhile
from typing import Final

from flows.models import Misfire
from flows.timetable import Timetable

GRACE: Final = timedelta(seconds=60)  # a slot that starts later than this was missed
MOST_COUNTED: Final = 1000  # skipped slots; beyond, their number is not known


@dataclass(frozen=True)
class Stretch:
    """Slots in a row that are skipped for one reason. `count` is None where there are more than MOST_COUNTED."""

    first: datetime
    last: datetime
    count: int | None


@dataclass(frozen=True)
class Decided:
    run: tuple[datetime, ...]  # oldest first
    skipped: Stretch | None  # all before those that run
    next_slot: datetime | None


def decide(
    *,
    times: Timetable,
    first: datetime,
    now: datetime,
    misfire: Misfire,
    catch_up: int,
    run_at: Callable[[datetime], datetime] = lambda slot: slot,
) -> Decided:
    """What becomes of the slots from `first` on that are due at `now`; `run_at` says when each is (its jitter).

    The last one that is due runs if it is not later than a minute. All others, and that one if it is later, were
    missed: `skip` lets them go, `once` runs the last in their place, `catch_up` runs the last `catch_up` of them.
    """

    def is_due(slot: datetime) -> bool:
        return run_at(slot) <= now

    due = list(takewhile(is_due, islice(_from(times, first), MOST_COUNTED + 1)))
    if not due:
        return Decided((), None, first)
    wanted = catch_up if misfire is Misfire.CATCH_UP else 1
    is_counted = len(due) <= MOST_COUNTED
    tail = due[-wanted:] if is_counted else [slot for slot in times.latest(now, wanted + 1) if is_due(slot)][-wanted:]
    last = tail[-1]
    if misfire is Misfire.SKIP and now - run_at(last) > GRACE:
        return Decided((), Stretch(first, last, len(due) if is_counted else None), times.after(last))
    skipped = None
    if tail[0] > first:
        before = due[-wanted - 1] if is_counted else times.latest(tail[0] - timedelta(seconds=1), 1)[0]
        skipped = Stretch(first, before, len(due) - wanted if is_counted else None)
    return Decided(tuple(tail), skipped, times.after(last))


def _from(times: Timetable, first: datetime) -> Iterator[datetime]:
    yield first
    yield from times.following(first)
