"""Where the durations of a flow or step changed for good: "slower since run 1207".

Pettitt's test finds the one place where what comes after ranks differently from what came before; each half is then
looked at in the same way. Ranks, so that one slow run among a hundred changes nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import exp
from statistics import median
from typing import Final

SHORTEST: Final = 8  # runs on either side
CERTAIN: Final = 0.001  # chance that a series without a change would look like it
RATIO: Final = 1.2  # of the medians; less is nobody's concern
LEAST_MS: Final = 20.0

SLOWER_RECENT: Final = 20
SLOWER_BEFORE: Final = 100
SLOWER_RATIO: Final = 1.5
SLOWER_MS: Final = 200.0


@dataclass(frozen=True)
class Change:
    at: int  # index of the first run of the new regime
    before_ms: float
    after_ms: float
    chance: float

    @property
    def ratio(self) -> float:
        return self.after_ms / self.before_ms if self.before_ms else float("inf")


def changes_of(durations: Sequence[float]) -> list[Change]:
    """The changes that matter, oldest first, each against the regime before it."""
    found = _splits(durations, 0)
    edges = [0, *(at for at, _ in found), len(durations)]
    changes = []
    for number, (at, chance) in enumerate(found):
        before, after = durations[edges[number] : at], durations[at : edges[number + 2]]
        change = Change(at, median(before), median(after), chance)
        if _matters(change):
            changes.append(change)
    return changes


def is_slower(durations: Sequence[float]) -> bool:
    """Whether the last 20 take 1.5 times the 100 before them, and 200 ms longer, by their medians."""
    recent = durations[-SLOWER_RECENT:]
    before = durations[-SLOWER_RECENT - SLOWER_BEFORE : -SLOWER_RECENT]
    if len(recent) < SLOWER_RECENT or len(before) < SLOWER_RECENT:
        return False
    now, then = median(recent), median(before)
    return now > SLOWER_RATIO * then and now - then > SLOWER_MS


def _matters(change: Change) -> bool:
    low, high = sorted((change.before_ms, change.after_ms))
    return high - low >= LEAST_MS and high >= RATIO * low


def _splits(durations: Sequence[float], offset: int) -> list[tuple[int, float]]:
    """Places and chances, in order, of this stretch and of both its halves."""
    if len(durations) < 2 * SHORTEST:
        return []
    at, chance = _most_likely(durations)
    if chance >= CERTAIN or not SHORTEST <= at <= len(durations) - SHORTEST:
        return []
    left, right = _splits(durations[:at], offset), _splits(durations[at:], offset + at)
    return [*left, (offset + at, chance), *right]


def _most_likely(durations: Sequence[float]) -> tuple[int, float]:
    n, total, best, at = len(durations), 0.0, 0.0, 0
    for index, rank in enumerate(_ranks(durations), start=1):
        total += 2 * rank - (n + 1)
        if abs(total) > best:
            best, at = abs(total), index
    return at, min(1.0, 2 * exp(-6 * best * best / (n**3 + n**2)))


def _ranks(values: Sequence[float]) -> list[float]:
    """1 for the least; equal values share the mean of theirs."""
    order = sorted(range(len(values)), key=values.__getitem__)
    ranks, start = [0.0] * len(values), 0
    while start < len(order):
        end = start
        while end + 1 < len(order) and values[order[end + 1]] == values[order[start]]:
            end += 1
        for place in range(start, end + 1):
            ranks[order[place]] = (start + end) / 2 + 1
        start = end + 1
    return ranks
