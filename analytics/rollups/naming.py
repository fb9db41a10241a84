"""What the routes of a service are called: made anew when a new one is met, and when a person says otherwise."""

from typing import Final

from django.db import connection

from analytics.coverage.matching import HTTP
from analytics.coverage.overrides import LONGEST, Rule, declared_rule, name_routes
from analytics.models import Endpoint, RouteOverride, RouteWish, ServiceDocument

_LOCK: Final = "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))"


def lock_names(workspace_id: int, service: str) -> None:
    """To the end of the transaction: who reads the rules names by them before they change."""
    with connection.cursor() as db:
        db.execute(_LOCK, [f"routes {workspace_id} {service}"])


def rules_of(workspace_id: int, service: str) -> list[Rule]:
    found = RouteOverride.objects.filter(workspace_id=workspace_id, service=service)
    return [rule_of(pattern, wish) for pattern, wish in found.values_list("pattern", "wish")]


def rule_of(pattern: str, wish: str) -> Rule:
    return Rule(pattern, keeps_apart=wish == RouteWish.APART)


def name_service(workspace_id: int, service: str) -> int:
    """All routes of an HTTP service; how many are called otherwise than before. No result is read."""
    lock_names(workspace_id, service)
    endpoints = Endpoint.objects.filter(workspace_id=workspace_id, protocol=HTTP, service=service)
    operations = sorted(set(endpoints.values_list("operation", flat=True)))
    return sum(name_endpoints(workspace_id, HTTP, service, one) for one in operations)


def name_endpoints(workspace_id: int, protocol: str, service: str, operation: str) -> int:
    """The routes of one method of one service: a new one may show what others are. The caller holds their lock."""
    rows = list(
        Endpoint.objects.filter(workspace_id=workspace_id, protocol=protocol, service=service, operation=operation)
    )
    names = _names(protocol, {row.route for row in rows}, workspace_id, service, operation)
    changed = [row for row in rows if row.template != names[row.route]]
    for row in changed:
        row.template = names[row.route]
    Endpoint.objects.bulk_update(changed, ["template"], batch_size=500)
    return len(changed)


def declared_rules(workspace_id: int, service: str, operation: str) -> list[Rule]:
    """Of what its documents declare of this method, below the path of each of its servers."""
    documents = ServiceDocument.objects.filter(workspace_id=workspace_id, protocol=HTTP, services__contains=[service])
    found = [
        declared_rule(f"{base}{one['route']}")
        for operations, bases in documents.values_list("operations", "bases")
        for one in operations
        if one["operation"] == operation
        for base in bases
    ]
    return [one for one in found if len(one.pattern) <= LONGEST]


def _names(protocol: str, routes: set[str], workspace_id: int, service: str, operation: str) -> dict[str, str]:
    if protocol != HTTP:
        return {route: route for route in routes}
    declared = declared_rules(workspace_id, service, operation)
    return name_routes(routes, rules_of(workspace_id, service), declared)
