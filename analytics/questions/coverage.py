"""Which declared operations the flows call, look at, and see pass; and what is called that nobody declared."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Final

from analytics.coverage.declared import Declared, Operation
from analytics.coverage.defined import Call, defined_in
from analytics.coverage.matching import match
from analytics.coverage.stored import from_row
from analytics.models import ServiceDocument
from analytics.questions.rows import rows
from analytics.questions.scope import Scope
from flows.models import FlowVersion
from workspaces.models import Workspace


@dataclass(frozen=True)
class Called:
    """An endpoint as it was called in the window."""

    protocol: str
    service: str
    operation: str
    route: str
    n: int
    answered: int
    passed: int
    asserted: int
    statuses: list[int]
    flows: list[str]
    last_day: date
    q: str  # the runs that made the calls


@dataclass(frozen=True)
class OperationCoverage:
    """`state`: covered (answered, asserted, passed), exercised (answered), defined (in a flow, has not run), none."""

    operation: str
    route: str
    summary: str
    state: str
    is_deprecated: bool
    excluded: str | None  # the reason
    n: int
    statuses_seen: list[int]
    statuses_missing: list[str]
    statuses_undocumented: list[int]
    flows: list[str]
    last_day: date | None  # ever, not only in the window
    is_stale: bool  # it was called once, and not in the window
    q: str


@dataclass(frozen=True)
class ServiceCoverage:
    """Counts leave out what is deprecated or excluded. `share` is covered of declared."""

    name: str
    protocol: str
    title: str
    services: list[str]
    declared: int
    covered: int
    exercised: int
    defined: int
    share: float | None
    responses_declared: int
    responses_seen: int
    operations: list[OperationCoverage]
    undeclared: list[Called]
    notes: list[str]


@dataclass(frozen=True)
class Coverage:
    declared: int
    covered: int
    share: float | None
    services: list[ServiceCoverage]
    inventory: list[Called]  # of what no document describes


def coverage_of(scope: Scope, *, service: str = "", deprecated: bool = False) -> Coverage:
    """In the days of the scope, or those that its hours touch. `service` is the name of one document; `deprecated`
    operations count if asked for.
    """
    scope = scope.whole_days
    rows_of = ServiceDocument.objects.filter(workspace=scope.workspace).defer("text")
    documents = list(rows_of.filter(name=service) if service else rows_of)
    called = _called(scope)
    # What only documents are held against: neither is read without one.
    defined, last = (_defined(scope), _last_days(scope.workspace)) if documents else (set(), {})
    services = [_service(scope, one, called, defined, last, deprecated=deprecated) for one in documents]
    described = {(one.protocol, host) for one in documents for host in one.services}
    declared, covered = sum(one.declared for one in services), sum(one.covered for one in services)
    return Coverage(
        declared=declared,
        covered=covered,
        share=covered / declared if declared else None,
        services=services,
        inventory=[] if service else [one for one in called if (one.protocol, one.service) not in described],
    )


def _service(
    scope: Scope,
    document: ServiceDocument,
    called: Sequence[Called],
    defined: set[Call],
    last: dict[tuple[str, str, str, str], date],
    *,
    deprecated: bool,
) -> ServiceCoverage:
    declared = from_row(document)
    own = [one for one in called if one.protocol == document.protocol and one.service in document.services]
    by_operation: defaultdict[str, list[Called]] = defaultdict(list)
    undeclared = []
    for one in own:
        found = match(declared, one.protocol, one.operation, one.route)
        if found is None:
            undeclared.append(one)
        else:
            by_operation[found.name].append(one)
    in_flows = {found.name for call in defined if (found := _written(declared, document, call))}
    days = _days_by_operation(declared, document, last)
    excluded = {one["operation"]: one["reason"] for one in document.excluded}
    operations = [
        _operation(scope, one, by_operation[one.name], one.name in in_flows, days.get(one.name), excluded.get(one.name))
        for one in declared.operations
    ]
    counted = [one for one in operations if one.excluded is None and (deprecated or not one.is_deprecated)]
    names = {(one.operation, one.route) for one in counted}
    responses = [one for one in declared.operations if (one.operation, one.route) in names]
    all_responses = sum(len(one.responses) for one in responses)
    covered = sum(one.state == "covered" for one in counted)
    return ServiceCoverage(
        name=document.name,
        protocol=document.protocol,
        title=document.title,
        services=document.services,
        declared=len(counted),
        covered=covered,
        exercised=sum(one.state in {"covered", "exercised"} for one in counted),
        defined=sum(one.state == "defined" for one in counted),
        share=covered / len(counted) if counted else None,
        responses_declared=all_responses,
        responses_seen=all_responses - sum(len(one.statuses_missing) for one in counted),
        operations=operations,
        undeclared=undeclared,
        notes=document.notes,
    )


def _written(declared: Declared, document: ServiceDocument, call: Call) -> Operation | None:
    """A step names hosts by variables: its route counts for every document it fits."""
    protocol, operation, route = call
    return match(declared, protocol, operation, route) if protocol == document.protocol else None


def _operation(
    scope: Scope,
    operation: Operation,
    called: Sequence[Called],
    is_defined: bool,
    last_day: date | None,
    excluded: str | None,
) -> OperationCoverage:
    seen = sorted({status for one in called for status in one.statuses})
    declared = {status: operation.declares(status) for status in seen}
    is_exercised = any(one.answered for one in called)
    is_covered = is_exercised and any(one.asserted for one in called) and any(one.passed for one in called)
    state = "covered" if is_covered else "exercised" if is_exercised else "defined" if is_defined else "none"
    return OperationCoverage(
        operation=operation.operation,
        route=operation.route,
        summary=operation.summary,
        state=state,
        is_deprecated=operation.is_deprecated,
        excluded=excluded,
        n=sum(one.n for one in called),
        statuses_seen=seen,
        statuses_missing=[one for one in operation.responses if one not in declared.values()],
        statuses_undocumented=[status for status, named in declared.items() if named is None and operation.responses],
        flows=sorted({flow for one in called for flow in one.flows}),
        last_day=last_day,
        is_stale=last_day is not None and not called,
        q=_search(scope, [(one.service, one.operation, one.route) for one in called]) if called else "",
    )


def _called(scope: Scope) -> list[Called]:
    parts = ["e.workspace_id = %(workspace)s", "d.day BETWEEN %(first)s AND %(last)s"]
    parts += ["d.flow_id = ANY(%(flows)s)"] if scope.flow_ids is not None else []
    parts += ["d.environment = %(environment)s"] if scope.environment is not None else []
    return [
        Called(**row, q=_search(scope, [(row["service"], row["operation"], row["route"])]))
        for row in rows(_CALLED.format(where=" AND ".join(parts)), scope.params)
    ]


# First what many days have in common becomes one row, by hashing: a sort of half a million takes ten times as long.
_CALLED: Final = """
    WITH calls AS MATERIALIZED (
        SELECT e.protocol, e.service, e.operation, e.template AS route, d.*
          FROM (SELECT d.endpoint_id, d.flow_id, d.statuses, sum(d.n) AS n, sum(d.answered) AS answered,
                       sum(d.passed) AS passed, sum(d.asserted) AS asserted, max(d.day) AS last_day
                  FROM analytics_endpointday d JOIN analytics_endpoint e ON e.id = d.endpoint_id
                 WHERE {where} GROUP BY d.endpoint_id, d.flow_id, d.statuses) d
          JOIN analytics_endpoint e ON e.id = d.endpoint_id),
    said AS (SELECT protocol, service, operation, route, array_agg(DISTINCT status ORDER BY status) AS statuses
               FROM calls, unnest(statuses) AS status GROUP BY 1, 2, 3, 4)
    SELECT c.*, COALESCE(said.statuses, '{{}}') AS statuses
      FROM (SELECT protocol, service, operation, route, sum(n)::int AS n, sum(answered)::int AS answered,
                   sum(passed)::int AS passed, sum(asserted)::int AS asserted,
                   array_agg(DISTINCT f.slug ORDER BY f.slug) AS flows, max(last_day) AS last_day
              FROM calls JOIN flows_flow f ON f.id = calls.flow_id GROUP BY 1, 2, 3, 4) c
      LEFT JOIN said USING (protocol, service, operation, route)
     ORDER BY protocol, service, route, operation"""


def _search(scope: Scope, calls: Iterable[tuple[str, str, str]]) -> str:
    """For the box of the executions list. What started the runs is not in these sums."""
    names = ",".join('"' + " ".join(part for part in call if part) + '"' for call in calls)
    return replace(scope, trigger="").search(also=f"called:{names}")


def _defined(scope: Scope) -> set[Call]:
    """In the latest version of each flow of the scope."""
    versions = FlowVersion.objects.filter(flow__workspace=scope.workspace, flow__archived_at=None)
    versions = versions.filter(flow__latest_version_id__isnull=False)
    if scope.flow_ids is not None:
        versions = versions.filter(flow_id__in=scope.flow_ids)
    latest = versions.filter(pk__in=versions.values("flow__latest_version_id"))
    return defined_in(latest.values_list("spec_json", flat=True).iterator(chunk_size=50))


def _last_days(workspace: Workspace) -> dict[tuple[str, str, str, str], date]:
    found: Iterable[dict[str, Any]] = rows(
        """SELECT e.protocol, e.service, e.operation, e.template AS route, max(d.day) AS day
             FROM analytics_endpoint e JOIN analytics_endpointday d ON d.endpoint_id = e.id
            WHERE e.workspace_id = %(workspace)s GROUP BY 1, 2, 3, 4""",
        {"workspace": workspace.pk},
    )
    return {(one["protocol"], one["service"], one["operation"], one["route"]): one["day"] for one in found}


def _days_by_operation(
    declared: Declared, document: ServiceDocument, last: dict[tuple[str, str, str, str], date]
) -> dict[str, date]:
    days: dict[str, date] = {}
    for (protocol, service, operation, route), day in last.items():
        if protocol == document.protocol and service in document.services:
            found = match(declared, protocol, operation, route)
            if found is not None:
                days[found.name] = max(day, days.get(found.name, day))
    return days
