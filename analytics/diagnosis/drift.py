"""Where a value is unlike those of runs that passed: members that are gone, of another type, with a value never seen.

Pure. Arrays count as one member (`$.items[*].price`), of which the first few are looked at. What differs from run to
run by itself (ids, times) says nothing, and is left out.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from flows.language import jsontext

FEWEST: Final = 3  # runs that passed; of fewer nothing is said
VARIES: Final = 0.5  # distinct values per run beyond which a member varies by itself
MOST_PATHS: Final = 400  # of one value
MOST_ITEMS: Final = 10  # of one array
MOST_TOLD: Final = 5
LONGEST: Final = 200  # characters of a value; a longer one is only told by its beginning

Kinds = frozenset[str]


@dataclass(frozen=True)
class Difference:
    """`what`: missing, empty (a list), new, type or value. `usual` and `now` are texts, short."""

    path: str
    what: str
    usual: str
    now: str


def shape_differences(passed: Sequence[Any], now: Any) -> list[Difference]:
    """Members that every run that passed had and that are gone, or of another type; then those that are new."""
    if len(passed) < FEWEST:
        return []
    before, current = [_members(one) for one in passed], _members(now)
    gone: list[Difference] = []
    for path in _always_there(before):
        usual = {kind for one in before for kind in _kinds(one[path])}
        if path not in current:
            above = current.get(_parent(path))
            if above is None and path != "$":
                continue
            if path.endswith("[*]") or above == [None]:  # a list without items, or nothing where an object was
                gone.append(Difference(_parent(path), "empty", "", ""))
            else:
                gone.append(Difference(path, "missing", " or ".join(sorted(usual)), ""))
        elif not _kinds(current[path]) <= usual:
            kinds = " or ".join(sorted(_kinds(current[path])))
            gone.append(Difference(path, "type", " or ".join(sorted(usual)), kinds))
    if gone:
        known = {path for one in before for path in one}
        gone += [
            Difference(path, "new", "", " or ".join(sorted(_kinds(values))))
            for path, values in current.items()
            if path not in known and _parent(path) in known
        ]
    return list(dict.fromkeys(gone))[:MOST_TOLD]


def value_differences(passed: Sequence[Any], now: Any) -> list[Difference]:
    """Members with a value that no run that passed had, and members that only this one has or lacks."""
    if len(passed) < FEWEST:
        return []
    before, current = [_members(one) for one in passed], _members(now)
    found = []
    for path in _always_there(before):
        seen = [_text(value) for one in before for value in one[path]]
        if len(set(seen)) > max(1, VARIES * len(passed)):
            continue
        values = [_text(value) for value in current.get(path, ())]
        if new := [value for value in values if value not in seen]:
            found.append(Difference(path, "value", " or ".join(sorted(set(seen))[:3]), new[0]))
        elif not values and _parent(path) in current:
            found.append(Difference(path, "missing", sorted(set(seen))[0], ""))
    known = {path for one in before for path in one}
    found += [
        Difference(path, "new", "", _text(values[0]))
        for path, values in current.items()
        if path not in known and _parent(path) in known and _parent(path) != "$.headers"
    ]
    return found[:MOST_TOLD]


def _always_there(members: Sequence[Mapping[str, Sequence[Any]]]) -> Iterator[str]:
    """Paths that each of them has, those of the shallow first."""
    counts: defaultdict[str, int] = defaultdict(int)
    for one in members:
        for path in one:
            counts[path] += 1
    yield from sorted(
        (path for path, n in counts.items() if n == len(members)), key=lambda path: (path.count("."), path)
    )


def _members(value: Any) -> dict[str, list[Any]]:
    """Path → the values there. Of what holds others, an empty object or list: its kind."""
    found: dict[str, list[Any]] = {}
    waiting: list[tuple[str, Any]] = [("$", value)]
    while waiting and len(found) < MOST_PATHS:
        path, one = waiting.pop()
        if isinstance(one, Mapping):
            found.setdefault(path, []).append({})
            waiting += [(f"{path}.{name}", member) for name, member in one.items()]
        elif isinstance(one, list):
            found.setdefault(path, []).append([])
            waiting += [(f"{path}[*]", member) for member in one[:MOST_ITEMS]]
        else:
            found.setdefault(path, []).append(one)
    return found


def _parent(path: str) -> str:
    if path.endswith("[*]"):
        return path[:-3]
    return path.rpartition(".")[0]


def _kinds(values: Sequence[Any]) -> Kinds:
    """Null is no kind: what is missing today may be null tomorrow, and only asserting on it makes that matter."""
    return frozenset(_kind(value) for value in values) - {"null"}


def _kind(value: Any) -> str:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, str):
        return "text"
    if isinstance(value, Mapping):
        return "object"
    return "list" if isinstance(value, list) else "number"


def _text(value: Any) -> str:
    text = jsontext.dumps(value)
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"
