"""How flaky a step is: the chance that a run in an otherwise good state still fails or needs a retry."""

from dataclasses import dataclass
from enum import StrEnum
from math import ceil, log
from typing import Final

from analytics.flakiness.sequence import Counted, count
from analytics.flakiness.wilson import wilson

VERSION: Final = 1  # of the definition; stored with every number made by it
WINDOW_RESULTS: Final = 100
WINDOW_DAYS: Final = 14
FEWEST: Final = 10  # results below which nothing is said
FAILING_AFTER: Final = 3  # failures in a row, at the end
CERTAIN: Final = 0.01  # the lower bound from which two events are more than bad luck


class Health(StrEnum):
    INSUFFICIENT = "insufficient"  # too few results to say anything
    FAILING = "failing"  # it fails all the time now
    FLAKY = "flaky"
    SUSPECT = "suspect"  # it happened, but perhaps by chance
    STABLE = "stable"


@dataclass(frozen=True)
class Flakiness:
    counted: Counted
    rate: float
    lo: float
    hi: float
    health: Health
    has_recovered: bool  # it was flaky in this window, and has passed so often since that it no longer is

    @property
    def events(self) -> int:
        return self.counted.recoveries + self.counted.episodes

    @property
    def trials(self) -> int:
        return self.counted.passes + self.events

    @property
    def flip_rate(self) -> float:
        return self.counted.flips / self.counted.neighbours if self.counted.neighbours else 0.0


def flakiness_of(sequence: str) -> Flakiness:
    """Score the results of one step, as analytics/flakiness/sequence.py writes them."""
    counted = count(sequence)
    events = counted.recoveries + counted.episodes
    trials = counted.passes + events
    rate = events / trials if trials else 0.0
    lo, hi = wilson(events, trials)
    health, has_recovered = _health(counted, events, trials, lo)
    return Flakiness(counted=counted, rate=rate, lo=lo, hi=hi, health=health, has_recovered=has_recovered)


def _health(counted: Counted, events: int, trials: int, lo: float) -> tuple[Health, bool]:
    if counted.n < FEWEST:
        return Health.INSUFFICIENT, False
    if counted.failing >= FAILING_AFTER:
        return Health.FAILING, False
    if events >= 2 and lo >= CERTAIN:
        # The rate before the passes at the end: with them in it, it would sink as fast as they prove it wrong.
        before = events / (trials - counted.passing)
        has_recovered = counted.passing >= passes_to_recover(before)
        return (Health.STABLE if has_recovered else Health.FLAKY), has_recovered
    return (Health.SUSPECT if events else Health.STABLE), False


def passes_to_recover(rate: float) -> int:
    """Passes in a row at the first attempt after which the old rate is 95 % sure to hold no longer: 10 to 100."""
    if not 0 < rate < 1:
        return 10
    return min(100, max(10, ceil(log(0.05) / log(1 - rate))))
