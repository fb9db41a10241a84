"""Where two JSON values differ, by path, in the order of the right one. Pure; its work is bounded, and it says so."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Final, Literal

from flows.language import jsontext

LOOKS: Final = 100_000  # places looked at in one comparison
MOST: Final = 2_000  # differences kept
_PLAIN: Final = re.compile(r"[A-Za-z_]\w*", re.ASCII)


class _Missing:
    """There is nothing on this side."""


MISSING: Final = _Missing()


@dataclass(frozen=True)
class Difference:
    """`path` is as an expression would write it, `body.items[2].sku`; of an added item it counts on the right side."""

    path: str
    kind: Literal["changed", "added", "removed"]
    left: Any = None
    right: Any = None


@dataclass
class Compared:
    found: list[Difference] = field(default_factory=list)
    stopped_at: str | None = None  # from this path on nothing was compared: it would have been too much


def compare(left: Any, right: Any, *, looks: int = LOOKS) -> Compared:
    """Every place where the values differ. Of two lists of different length, what stands between their common
    beginning and their common end was added or removed, if that explains them; else items are compared by index.
    """
    compared = Compared()
    todo: list[tuple[str, Any, Any]] = [("", left, right)]
    while todo:
        path, one, other = todo.pop()
        if looks <= 0 or len(compared.found) >= MOST:
            compared.stopped_at = path
            break
        looks -= 1
        inside = _inside(path, one, other)
        if inside is None:
            compared.found += _leaf(path, one, other)
        elif inside:
            inside.reverse()
            todo += inside
    return compared


def is_same(one: Any, other: Any) -> bool:
    """Whether two leaves are equal as JSON: 1 is 1.0, and true is no number."""
    if isinstance(one, bool) or isinstance(other, bool) or one is None or other is None:
        return one is other
    if isinstance(one, int | float | Decimal) and isinstance(other, int | float | Decimal):
        return _exact(one) == _exact(other)
    return type(one) is type(other) and bool(one == other)


def _exact(number: int | float | Decimal) -> Decimal | int:
    return Decimal(repr(number)) if isinstance(number, float) else number


def _inside(path: str, one: Any, other: Any) -> list[tuple[str, Any, Any]] | None:
    """What is inside both, in pairs; None if they are not two objects or two lists."""
    if isinstance(one, dict) and isinstance(other, dict):
        keys = [*other, *(key for key in one if key not in other)]
        return [(joined(path, key), one.get(key, MISSING), other.get(key, MISSING)) for key in keys]
    if isinstance(one, list) and isinstance(other, list):
        return list(_items(path, one, other))
    return None


def _items(path: str, one: list[Any], other: list[Any]) -> Iterator[tuple[str, Any, Any]]:
    start = stop = 0
    shorter = min(len(one), len(other))
    if len(one) != len(other):
        ones, others = [jsontext.dumps(item) for item in one], [jsontext.dumps(item) for item in other]
        while start < shorter and ones[start] == others[start]:
            start += 1
        while stop < shorter - start and ones[-1 - stop] == others[-1 - stop]:
            stop += 1
        if start + stop == shorter:
            for at in range(start, len(one) - stop):
                yield f"{path}[{at}]", one[at], MISSING
            for at in range(start, len(other) - stop):
                yield f"{path}[{at}]", MISSING, other[at]
            return
    for at in range(max(len(one), len(other))):
        yield f"{path}[{at}]", one[at] if at < len(one) else MISSING, other[at] if at < len(other) else MISSING


def _leaf(path: str, one: Any, other: Any) -> list[Difference]:
    if one is MISSING:
        return [Difference(path, "added", right=other)]
    if other is MISSING:
        return [Difference(path, "removed", left=one)]
    return [] if is_same(one, other) else [Difference(path, "changed", one, other)]


def joined(path: str, key: str) -> str:
    if not _PLAIN.fullmatch(key):
        return f"{path}[{jsontext.dumps(key)}]"
    return f"{path}.{key}" if path else key
