"""The likeliest cause, and how sure that is. Pure.

`high` is a word for what one would act on at night without looking further. Points alone do not earn it: a failure that
may be of several causes (404, 401, 409, an empty list, a limit on the duration) needs a second, independent look that
says the same, and nothing of weight that says otherwise.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from math import exp
from typing import Final

from analytics.diagnosis.evidence import CATEGORIES
from analytics.diagnosis.points import Fired

HIGH_SHARE: Final = 0.80
HIGH_POINTS: Final = 3.0
MEDIUM_SHARE: Final = 0.55
MEDIUM_POINTS: Final = 2.0
SUPPORT: Final = 0.5  # points of a look that agrees
CONTRARY: Final = 1.5  # points of a look beside the failure that says another cause, and not this one


@dataclass(frozen=True)
class Verdict:
    """`confidence`: high, medium, or inconclusive; then `category` is only the likeliest of two."""

    category: str
    confidence: str
    p: dict[str, float]
    points: dict[str, float]
    runner_up: str


def verdict_of(rules: Sequence[Fired]) -> Verdict:
    points = {category: sum(one.points.get(category, 0.0) for one in rules) for category in CATEGORIES}
    whole = sum(exp(value) for value in points.values())
    p = {category: exp(value) / whole for category, value in points.items()}
    first, second, *_ = sorted(CATEGORIES, key=lambda one: (-points[one], CATEGORIES.index(one)))
    confidence = "inconclusive"
    if p[first] >= HIGH_SHARE and points[first] >= HIGH_POINTS and is_proved(rules, first):
        confidence = "high"
    elif p[first] >= MEDIUM_SHARE and points[first] >= MEDIUM_POINTS:
        confidence = "medium"
    return Verdict(first, confidence, p, points, second)


def is_proved(rules: Sequence[Fired], category: str) -> bool:
    """By a failure that is of this cause by itself, or by two looks that agree and none that contradicts."""
    if any(one.is_decisive and category in one.points for one in rules):
        return True
    looks: defaultdict[str, dict[str, float]] = defaultdict(lambda: dict.fromkeys(CATEGORIES, 0.0))
    for one in rules:
        for name, value in one.points.items():
            looks[one.family][name] += value
    agree = sum(look[category] >= SUPPORT for look in looks.values())
    return agree >= 2 and not any(
        look[category] < SUPPORT and max(look.values()) >= CONTRARY
        for family, look in looks.items()
        if family != "failure"
    )
