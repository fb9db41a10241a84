"""Routes out of addresses: which segments of a path vary, where no specification and no template says so."""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Final

HOLE: Final = "{}"
MOST_SIBLINGS: Final = 10  # literals below one parent; more are values, not names

_STAYS: Final = re.compile(r"v\d{1,3}(?:\.\d{1,3})?", re.IGNORECASE)
_DATE: Final = re.compile(r"\d{4}-\d\d-\d\d")
_VALUE: Final = re.compile(
    r"\d+"
    r"|[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
    r"|[0-9a-f]{16,}"
    r"|[0-7][0-9a-hjkmnp-tv-z]{25}"
    r"|\d{4}-\d\d-\d\d(?:t.*)?"
    r"|[^@/]{1,64}@[^@/]{1,255}"
    r"|eyj[\w-]{4,}\.[\w-]+(?:\.[\w-]*)?"
    r"|[a-z]{1,12}[_-](?=[^/]*\d)[a-z0-9_-]{2,}",
    re.IGNORECASE,
)
_LONG: Final = re.compile(r"[A-Za-z0-9]{12,}")


def template_of(path: str) -> str:
    """`/orders/1207` → `/orders/{}`. Places that are holes already stay; so do `v2` and a date that leads."""
    parts = [part for part in path.split("/") if part]
    return "/" + "/".join(_segment(part, at) for at, part in enumerate(parts))


def _segment(part: str, at: int) -> str:
    if "{" in part or _STAYS.fullmatch(part) or (at == 0 and _DATE.fullmatch(part)):
        return part
    return HOLE if looks_like_a_value(part) else part


def looks_like_a_value(part: str) -> bool:
    if _VALUE.fullmatch(part):
        return True
    return _LONG.fullmatch(part) is not None and sum(char.isdigit() for char in part) >= 3


def merge_siblings(routes: Iterable[str], *, most: int = MOST_SIBLINGS) -> dict[str, str]:
    """Route → route, where more than `most` literals stand in one place and what follows them has the same shape."""
    mapped = {route: route for route in routes}
    depth = max((route.count("/") for route in mapped), default=0)
    for at in range(1, depth + 1):
        for values in _crowded(mapped, at, most):
            mapped = {own: _with_hole(now, at, values) for own, now in mapped.items()}
    return mapped


def _crowded(mapped: Mapping[str, str], at: int, most: int) -> list[set[tuple[str, str, str]]]:
    """Groups of (what is before, the literal, what is after) that are one route with a value in it."""
    groups: defaultdict[tuple[str, str], set[tuple[str, str, str]]] = defaultdict(set)
    for route in set(mapped.values()):
        parts = route.split("/")
        if len(parts) > at and "{" not in parts[at]:
            before, after = "/".join(parts[:at]), "/".join(parts[at + 1 :])
            groups[(before, after)].add((before, parts[at], after))
    return [values for values in groups.values() if len(values) > most]


def _with_hole(route: str, at: int, values: set[tuple[str, str, str]]) -> str:
    parts = route.split("/")
    if len(parts) <= at or ("/".join(parts[:at]), parts[at], "/".join(parts[at + 1 :])) not in values:
        return route
    return "/".join([*parts[:at], HOLE, *parts[at + 1 :]])
