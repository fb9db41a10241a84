"""The results of one step as a short text, oldest first, and what can be counted in it.

`P` passed at the first attempt, `R` passed after a retry, `F` failed after all attempts; `|` between two results of
different flow versions or environment revisions: nothing is compared across it.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby, pairwise
from typing import Final

PASSED: Final = "P"
RECOVERED: Final = "R"
FAILED: Final = "F"
CHANGE: Final = "|"
LONGEST_EPISODE: Final = 3  # failures in a row; more are an outage


@dataclass(frozen=True)
class Counted:
    """What a sequence holds. `episodes` are short failures with something that passed on both sides."""

    passes: int
    recoveries: int
    failures: int
    episodes: int
    outages: int
    flips: int
    neighbours: int  # pairs of results that stand side by side in one segment
    failing: int  # failures at the very end
    passing: int  # passes at the first attempt at the very end

    @property
    def n(self) -> int:
        return self.passes + self.recoveries + self.failures


def count(sequence: str) -> Counted:
    segments = sequence.split(CHANGE)
    runs = [run for segment in segments for run in _failures_between(segment)]
    results = sequence.replace(CHANGE, "")
    return Counted(
        passes=results.count(PASSED),
        recoveries=results.count(RECOVERED),
        failures=results.count(FAILED),
        episodes=sum(length <= LONGEST_EPISODE for length in runs),
        outages=sum(length > LONGEST_EPISODE for length in runs),
        flips=sum((a == FAILED) != (b == FAILED) for segment in segments for a, b in pairwise(segment)),
        neighbours=sum(max(0, len(segment) - 1) for segment in segments),
        failing=len(results) - len(results.rstrip(FAILED)),
        passing=len(results) - len(results.rstrip(PASSED)),
    )


def _failures_between(segment: str) -> Iterator[int]:
    """How long each run of failures is that has something else before and after it in its segment."""
    runs = [(has_failed, len(list(same))) for has_failed, same in groupby(segment, key=lambda one: one == FAILED)]
    for at, (has_failed, length) in enumerate(runs):
        if has_failed and 0 < at < len(runs) - 1:
            yield length
