"""How the addresses that flows call are taken together to routes, and what another rule would make of them."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from analytics.coverage.matching import HTTP
from analytics.coverage.overrides import Rule, name_routes
from analytics.errors import RouteInvalid, RouteUnknown
from analytics.models import Endpoint, RouteOverride
from analytics.rollups.naming import declared_rules, rules_of
from flows.language.problems import nearest
from workspaces.models import Workspace

SHOWN: Final = 100  # addresses of a route


@dataclass(frozen=True)
class NamedRoute:
    """`routes`: the first addresses that come under it, as the steps wrote them; `count`: how many there are."""

    operation: str
    template: str
    routes: list[str]
    count: int


@dataclass(frozen=True)
class Renamed:
    """What the routes of a method would be called that a rule touches: those before, those after."""

    operation: str
    before: list[str]
    after: list[str]


def routes_of(workspace: Workspace, service: str) -> list[NamedRoute]:
    """Raises RouteInvalid for a service that no flow has called."""
    require_service(workspace, service)
    found: defaultdict[tuple[str, str], list[str]] = defaultdict(list)
    for operation, route, template in _addresses(workspace, service):
        found[(operation, template)].append(route)
    return [
        NamedRoute(operation, template, sorted(routes)[:SHOWN], len(routes))
        for (operation, template), routes in sorted(found.items(), key=lambda one: (one[0][1], one[0][0]))
    ]


def renamed_by(workspace: Workspace, service: str, rules: Sequence[Rule]) -> list[Renamed]:
    """What would change if these rules were kept beside those that are. Nothing does."""
    require_service(workspace, service)
    patterns = {one.pattern for one in rules}
    all_rules = [*rules, *(one for one in rules_of(workspace.pk, service) if one.pattern not in patterns)]
    by_operation: defaultdict[str, dict[str, str]] = defaultdict(dict)
    for operation, route, template in _addresses(workspace, service):
        by_operation[operation][route] = template
    made = [
        _renamed(operation, now, all_rules, declared_rules(workspace.pk, service, operation))
        for operation, now in sorted(by_operation.items())
    ]
    return [one for one in made if one.before]


def _renamed(operation: str, now: dict[str, str], rules: Iterable[Rule], declared: Iterable[Rule]) -> Renamed:
    then = name_routes(now.keys(), rules, declared)
    touched = [route for route in now if now[route] != then[route]]
    return Renamed(
        operation,
        before=sorted({now[route] for route in touched})[:SHOWN],
        after=sorted({then[route] for route in touched})[:SHOWN],
    )


def require_service(workspace: Workspace, service: str) -> None:
    """Raises RouteInvalid."""
    called = Endpoint.objects.filter(workspace=workspace, protocol=HTTP)
    if not called.filter(service=service).exists():
        near = nearest(service, called.order_by("service").values_list("service", flat=True).distinct())
        hint = f" The nearest is {near!r}." if near else ""
        raise RouteInvalid(f"No flow has called an HTTP service {service!r}.{hint}")


def overrides_of(workspace: Workspace) -> list[RouteOverride]:
    return list(RouteOverride.objects.filter(workspace=workspace).order_by("service", "pattern"))


def find_override(workspace: Workspace, number: int) -> RouteOverride:
    """Raises RouteUnknown."""
    found = RouteOverride.objects.filter(workspace=workspace, pk=number).select_related("workspace").first()
    if found is None:
        raise RouteUnknown(f"There is no rule {number} for routes in this workspace.")
    return found


def _addresses(workspace: Workspace, service: str) -> list[tuple[str, str, str]]:
    rows = Endpoint.objects.filter(workspace=workspace, protocol=HTTP, service=service)
    return list(rows.values_list("operation", "route", "template"))
