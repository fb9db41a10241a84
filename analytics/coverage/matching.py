"""Which declared operation a call was one of."""

from collections.abc import Iterable
from typing import Final

from analytics.coverage.declared import Declared, Operation

HTTP: Final = "http"


def match(declared: Declared, protocol: str, operation: str, route: str) -> Operation | None:
    """The operation that a call of this method and route belongs to; None if it is not declared."""
    if protocol != HTTP:
        return next((one for one in declared.operations if _grpc(one) == (operation, route)), None)
    for parts in _without_bases(route, declared.bases):
        fitting = [one for one in declared.operations if one.operation == operation and one.fits(parts)]
        if fitting:
            return min(fitting, key=lambda one: one.rank)
    return None


def _grpc(operation: Operation) -> tuple[str, str]:
    return operation.operation, operation.route


def _without_bases(route: str, bases: Iterable[str]) -> list[tuple[str, ...]]:
    """The route below each server's base path, the longest base first."""
    parts = _parts(route)
    heads = sorted({_parts(base) for base in bases}, key=len, reverse=True)
    return [parts[len(head) :] for head in heads if len(parts) >= len(head) and all(map(_is_same, head, parts))]


def _is_same(own: str, part: str) -> bool:
    """A server's variable stands for anything."""
    return own == part or own.startswith("{")


def _parts(path: str) -> tuple[str, ...]:
    return tuple(part for part in path.split("/") if part)
