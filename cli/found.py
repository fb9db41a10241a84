"""Finding what a person named, by its name or its number, among a handful."""

from collections.abc import Iterable, Mapping
from typing import Any

from cli.errors import NotThere


def named(things: Iterable[Mapping[str, Any]], name: str, *, kind: str) -> dict[str, Any]:
    """Names go before numbers. Raises NotThere, which says what there is."""
    known = [dict(one) for one in things]
    for key in ("name", "id"):
        for one in known:
            if str(one.get(key)) == name:
                return one
    names = ", ".join(str(one.get("name", one["id"])) for one in known[:10])
    raise NotThere(f"There is no {kind} {name!r}.", f"There is {names}." if names else "There is none yet.", status=404)
