"""Rounds: each contender once, then each once again, so that what else the machine does troubles all alike."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from statistics import median, quantiles


@dataclass(frozen=True)
class Spread:
    """What several rounds gave."""

    values: tuple[float, ...]

    @property
    def median(self) -> float:
        return median(self.values)

    @property
    def quartiles(self) -> tuple[float, float]:
        if len(self.values) < 2:
            return self.values[0], self.values[0]
        low, _, high = quantiles(self.values, n=4, method="inclusive")
        return low, high

    def over(self, other: "Spread") -> "Spread":
        """Ours divided by theirs, round by round."""
        return Spread(tuple(mine / theirs for mine, theirs in zip(self.values, other.values, strict=True)))


def in_rounds(count: int, contenders: Mapping[str, Callable[[], float]], *, warm_up: int = 1) -> dict[str, Spread]:
    """Measure each contender `count` times, interleaved; rounds to warm up are thrown away."""
    found: dict[str, list[float]] = {name: [] for name in contenders}
    names: Sequence[str] = list(contenders)
    for number in range(-warm_up, count):
        # Who goes first changes, so that nobody always follows the same one.
        for name in names if number % 2 else reversed(names):
            value = contenders[name]()
            if number >= 0:
                found[name].append(value)
    return {name: Spread(tuple(values)) for name, values in found.items()}
