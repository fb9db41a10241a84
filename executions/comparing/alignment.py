"""Which step of one run stands beside which of another: those with the same path, turns of loops and all. Pure."""

from collections.abc import Iterable, Sequence


def aligned(left: Sequence[str], right: Sequence[str]) -> list[str]:
    """Every path once: the right ones in their order, and what only the left has after what came before it there."""
    there = set(right)
    following: dict[str, list[str]] = {}
    before = ""
    for path in left:
        if path in there:
            before = path
        else:
            following.setdefault(before, []).append(path)
    return list(_woven(right, following))


def _woven(right: Sequence[str], following: dict[str, list[str]]) -> Iterable[str]:
    yield from following.get("", ())
    for path in right:
        yield path
        yield from following.get(path, ())
