"""What a service says it can do: its operations, however it said so."""

import re
from dataclasses import dataclass, field
from functools import cached_property
from typing import Final

_PLACE: Final = re.compile(r"\{[^{}/]*\}")


@dataclass(frozen=True)
class Operation:
    """One thing a service declares. Of HTTP: `GET /orders/{id}`; of gRPC: `shop.Orders/Get`."""

    operation: str  # the method
    route: str  # the path as declared; empty for gRPC
    responses: tuple[str, ...] = ()  # "200", "4XX", "default"
    is_deprecated: bool = False
    operation_id: str = ""
    summary: str = ""
    example: object = None  # a request body that would do, if the document has one
    query: tuple[str, ...] = ()  # required query parameters

    @property
    def name(self) -> str:
        return f"{self.operation} {self.route}".strip()

    @cached_property
    def segments(self) -> tuple[str, ...]:
        return tuple(self.route.strip("/").split("/")) if self.route.strip("/") else ()

    @cached_property
    def rank(self) -> tuple[int, ...]:
        """Literal segments before mixed ones before parameters, from the left."""
        return tuple(_rank(segment) for segment in self.segments)

    def fits(self, parts: tuple[str, ...]) -> bool:
        """Whether a path of these segments, `{}` where it varies, is one of this route."""
        return len(parts) == len(self.segments) and all(map(_fits, self.segments, parts))

    def declares(self, status: int) -> str | None:
        """The declared response that a status comes under: itself, its range, or the default."""
        wanted = (str(status), f"{status // 100}XX", "default")
        return next((one for one in wanted if one in self.responses), None)


@dataclass(frozen=True)
class Declared:
    """All operations of one document, and the path its servers put before them."""

    operations: tuple[Operation, ...]
    bases: tuple[str, ...] = ("",)
    title: str = ""
    notes: tuple[str, ...] = field(default=())  # what could not be read


def _rank(segment: str) -> int:
    if not _PLACE.search(segment):
        return 0
    return 2 if _PLACE.fullmatch(segment) else 1


def _fits(segment: str, part: str) -> bool:
    rank = _rank(segment)
    if rank == 0:
        return segment == part
    if rank == 2 or part == "{}":
        return part != ""
    literals = [re.escape(one) for one in _PLACE.split(segment)]
    return re.fullmatch("[^/]+".join(literals), part.replace("{}", "0")) is not None
