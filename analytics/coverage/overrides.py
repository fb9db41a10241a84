"""Routes as people want them: their word first, then what a service declares, then what addresses look like."""

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from analytics.coverage.declared import Operation
from analytics.coverage.routes import HOLE, merge_siblings, template_of
from analytics.errors import RouteInvalid

LONGEST: Final = 500
_NAMED: Final = re.compile(r"\{[^{}/]*\}")


@dataclass(frozen=True)
class Rule:
    """`pattern` fits as a declared route does: `/products/{}` any product, and nothing below one."""

    pattern: str
    keeps_apart: bool  # what fits stays as the steps wrote it; else all of it is one route

    @cached_property
    def _declared(self) -> Operation:
        return Operation("", self.pattern)

    @property
    def rank(self) -> tuple[int, ...]:
        """The more exact of two rules is followed: a name before a place, from the left."""
        return self._declared.rank

    def fits(self, route: str) -> bool:
        return self._declared.fits(_parts(route))

    def name(self, route: str) -> str:
        return "/" + "/".join(_parts(route)) if self.keeps_apart else self.pattern


def pattern_of(text: str, *, keeps_apart: bool) -> str:
    """As it is kept: `/products/{id}` is `/products/{}`. Raises RouteInvalid."""
    pattern = "/" + "/".join(_parts(_NAMED.sub(HOLE, text.strip())))
    if not text.strip() or len(pattern) > LONGEST or re.search(r"[\s?#]", pattern):
        raise RouteInvalid(f"{text!r} is no route. Write its path, with {{}} where it varies: /products/{{}}.")
    if not keeps_apart and HOLE not in pattern:
        raise RouteInvalid(f"{pattern} is one route already. Write {{}} for the part that varies: /products/{{}}.")
    return pattern


def declared_rule(route: str) -> Rule:
    """A route that a document declares: what fits it is called by it, however many names stand beside it."""
    return Rule("/" + "/".join(_parts(_NAMED.sub(HOLE, route))), keeps_apart=False)


def name_routes(routes: Collection[str], rules: Iterable[Rule], declared: Iterable[Rule] = ()) -> dict[str, str]:
    """Route → what it is called. Those that a rule names take no part in guessing what the others are."""
    ordered = [*sorted(rules, key=lambda one: one.rank), *sorted(declared, key=lambda one: one.rank)]
    named = {route: rule.name(route) for route in routes if (rule := _first(ordered, route))}
    guessed = {route: template_of(route) for route in routes if route not in named}
    merged = merge_siblings(guessed.values())
    return named | {route: merged[own] for route, own in guessed.items()}


def _first(ordered: Iterable[Rule], route: str) -> Rule | None:
    return next((rule for rule in ordered if rule.fits(route)), None)


def _parts(route: str) -> tuple[str, ...]:
    return tuple(part for part in route.split("/") if part)
