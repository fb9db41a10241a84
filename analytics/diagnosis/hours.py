"""Whether a step fails at a certain time of day: three hours of it against all others, by Fisher's exact test. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from math import comb
from typing import Final

HOURS: Final = 3
WINDOWS: Final = 24 // HOURS
FEWEST_FAILURES: Final = 6
LARGEST_P: Final = 0.01


@dataclass(frozen=True)
class Skew:
    """From `start` o'clock UTC for three hours; `p` is corrected for having looked at eight windows."""

    start: int
    failed: int
    runs: int
    failed_elsewhere: int
    runs_elsewhere: int
    p: float


def skew_of(by_hour: Mapping[int, tuple[int, int]], hour: int) -> Skew | None:
    """Hour of the day → (failures, runs). The window that `hour` is in, if failures crowd there and nowhere more."""
    windows = [_sum(by_hour, range(start, start + HOURS)) for start in range(0, 24, HOURS)]
    failed, runs = _sum(by_hour, range(24))
    at = hour // HOURS
    inside = windows[at]
    if failed < FEWEST_FAILURES or inside != max(windows, key=lambda one: (one[0] / one[1] if one[1] else 0.0, one[0])):
        return None
    if inside[0] * runs <= failed * inside[1]:  # no more than its share
        return None
    p = min(1.0, WINDOWS * fisher(inside[0], inside[1], failed, runs))
    if p >= LARGEST_P:
        return None
    return Skew(at * HOURS, inside[0], inside[1], failed - inside[0], runs - inside[1], p)


def fisher(failed_in: int, runs_in: int, failed: int, runs: int) -> float:
    """Two-sided: the chance of a split of `failed` over the window and the rest that is no likelier than this one."""
    lowest, highest = max(0, failed - (runs - runs_in)), min(failed, runs_in)
    ways = {one: comb(runs_in, one) * comb(runs - runs_in, failed - one) for one in range(lowest, highest + 1)}
    return sum(n for n in ways.values() if n <= ways[failed_in]) / comb(runs, failed)


def _sum(by_hour: Mapping[int, tuple[int, int]], hours: range) -> tuple[int, int]:
    found = [by_hour.get(hour, (0, 0)) for hour in hours]
    return sum(failed for failed, _ in found), sum(runs for _, runs in found)
