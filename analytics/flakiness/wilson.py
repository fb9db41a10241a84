"""How sure a share is: the Wilson interval."""

from math import sqrt
from typing import Final

Z: Final = 1.96  # 95 %


def wilson(hits: int, trials: int) -> tuple[float, float]:
    """Lower and upper bound of the true share, with 95 % confidence. Without trials nothing is known: 0 to 1."""
    if trials <= 0:
        return 0.0, 1.0
    share, square = hits / trials, Z * Z
    middle = share + square / (2 * trials)
    spread = Z * sqrt(share * (1 - share) / trials + square / (4 * trials * trials))
    scale = 1 + square / trials
    return max(0.0, (middle - spread) / scale), min(1.0, (middle + spread) / scale)
