"""Groups of failures: which there are, where each happens, and since when."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Final

from django.db.models import Q

from analytics.errors import GroupUnknown
from analytics.models import FailureGroup, FailureOccurrence
from analytics.questions.rows import rows
from analytics.questions.scope import Scope
from workspaces.models import Workspace

TREND_DAYS: Final = 30
DETAIL_DAYS: Final = 60
EXAMPLES: Final = 50


@dataclass(frozen=True)
class GroupRow:
    fingerprint: str
    flow: str
    flow_name: str
    step_key: str
    action: str
    service: str
    kind: str
    sub: str
    text: str
    sample: str
    sample_execution: int
    count: int
    recovered: int
    first_seen: datetime
    last_seen: datetime
    environments: list[str]
    versions: list[int]
    is_recurring: bool
    state: str
    has_regressed: bool
    category: str
    note: str
    changed_at: datetime | None
    changed_by: str
    trend: list[int]  # failures a day, of the last 30 days, today last
    flows: int  # in which the same failure happens


@dataclass(frozen=True)
class Occurrence:
    execution: int
    at: datetime
    environment: str
    version: int
    is_recovered: bool


@dataclass(frozen=True)
class GroupDay:
    """Executions that were queued on the day and failed so."""

    day: date
    n: int
    q: str


@dataclass(frozen=True)
class GroupDetail:
    group: GroupRow
    days: list[GroupDay]  # the last 60, without those that have none
    occurrences: list[Occurrence]  # newest first, at most 50
    elsewhere: list[GroupRow]  # the same failure in other flows and steps


def failure_groups(
    scope: Scope, *, states: Sequence[str] = (), recurring: bool = False, limit: int = 50, cursor: str = ""
) -> tuple[list[GroupRow], str | None]:
    """Those seen in the days of the scope, the last seen first, and the cursor of what follows."""
    found = FailureGroup.objects.filter(
        workspace=scope.workspace,
        last_seen__gte=scope.starts_at,
        first_seen__lt=scope.ends_at,
    )
    if scope.flow_ids is not None:
        found = found.filter(flow_id__in=scope.flow_ids)
    if scope.environment is not None:
        found = found.filter(environments__contains=[scope.environment])
    if states:
        found = found.filter(state__in=states)
    if recurring:
        found = found.filter(is_recurring=True)
    if cursor:
        at, _, number = cursor.partition("_")
        seen = datetime.fromtimestamp(int(at) / 1e6, UTC)
        found = found.filter(Q(last_seen__lt=seen) | Q(last_seen=seen, pk__lt=int(number)))
    groups = list(found.select_related("flow").order_by("-last_seen", "-pk")[: limit + 1])
    following = None
    if len(groups) > limit:
        groups = groups[:limit]
        following = f"{round(groups[-1].last_seen.timestamp() * 1e6)}_{groups[-1].pk}"
    return rows_of(scope.workspace, groups), following


def find_group(workspace: Workspace, fingerprint: str) -> FailureGroup:
    """Raises GroupUnknown."""
    found = FailureGroup.objects.filter(workspace=workspace, fingerprint=fingerprint).select_related("flow").first()
    if found is None:
        raise GroupUnknown(f"There is no group of failures {fingerprint!r} in this workspace.")
    return found


def group_detail(workspace: Workspace, fingerprint: str) -> GroupDetail:
    """Raises GroupUnknown."""
    group = find_group(workspace, fingerprint)
    others = FailureGroup.objects.filter(workspace=workspace, across=group.across).exclude(pk=group.pk)
    seen = FailureOccurrence.objects.filter(group=group).order_by("-at", "-pk")[:EXAMPLES]
    return GroupDetail(
        group=rows_of(workspace, [group])[0],
        days=_days(group),
        occurrences=[
            Occurrence(one.execution_id, one.at, one.environment, one.version, one.is_recovered) for one in seen
        ],
        elsewhere=rows_of(workspace, list(others.select_related("flow").order_by("-last_seen")[:20])),
    )


def _days(group: FailureGroup) -> list[GroupDay]:
    """By the day they were queued, as a search has it; of executions that are gone, the day they failed is left."""
    found = rows(
        """SELECT (COALESCE(e.queued_at, o.at) AT TIME ZONE 'UTC')::date AS day,
                  count(DISTINCT o.execution_id)::int AS n
             FROM analytics_failureoccurrence o LEFT JOIN executions_execution e ON e.id = o.execution_id
            WHERE o.group_id = %(group)s AND o.at >= %(first)s::date::timestamp AT TIME ZONE 'UTC'
            GROUP BY 1 ORDER BY 1""",
        {"group": group.pk, "first": datetime.now(UTC).date() - timedelta(days=DETAIL_DAYS - 1)},
    )
    return [
        GroupDay(row["day"], row["n"], f"failure:{group.fingerprint} since:{row['day']} until:{_next(row['day'])}")
        for row in found
    ]


def _next(day: date) -> date:
    return day + timedelta(days=1)


def rows_of(workspace: Workspace, groups: Sequence[FailureGroup]) -> list[GroupRow]:
    """Of groups with their flow loaded."""
    trends = _trends([group.pk for group in groups])
    flows = _flows_with(workspace, {group.across for group in groups})
    return [
        GroupRow(
            fingerprint=group.fingerprint,
            flow=group.flow.slug,
            flow_name=group.flow.name,
            step_key=group.step_key,
            action=group.action,
            service=group.service,
            kind=group.kind,
            sub=group.sub,
            text=group.text,
            sample=group.sample,
            sample_execution=group.sample_execution,
            count=group.count,
            recovered=group.recovered,
            first_seen=group.first_seen,
            last_seen=group.last_seen,
            environments=group.environments,
            versions=group.versions,
            is_recurring=group.is_recurring,
            state=group.state,
            has_regressed=group.has_regressed,
            category=group.category,
            note=group.note,
            changed_at=group.changed_at,
            changed_by=group.changed_by,
            trend=trends.get(group.pk, [0] * TREND_DAYS),
            flows=flows.get(group.across, 1),
        )
        for group in groups
    ]


def _trends(group_ids: Sequence[int]) -> dict[int, list[int]]:
    today = datetime.now(UTC).date()
    first = today - timedelta(days=TREND_DAYS - 1)
    found = rows(
        """SELECT group_id, (at AT TIME ZONE 'UTC')::date AS day, count(*) AS n FROM analytics_failureoccurrence
            WHERE group_id = ANY(%(groups)s) AND at >= %(first)s::date::timestamp AT TIME ZONE 'UTC' GROUP BY 1, 2""",
        {"groups": list(group_ids), "first": first},
    )
    trends: dict[int, list[int]] = {}
    for row in found:
        day: date = row["day"]
        if first <= day <= today:
            trends.setdefault(row["group_id"], [0] * TREND_DAYS)[(day - first).days] = row["n"]
    return trends


def _flows_with(workspace: Workspace, across: set[str]) -> dict[str, int]:
    found = rows(
        """SELECT across, count(DISTINCT flow_id)::int AS n FROM analytics_failuregroup
            WHERE workspace_id = %(workspace)s AND across = ANY(%(across)s) GROUP BY 1""",
        {"workspace": workspace.pk, "across": sorted(across)},
    )
    return {row["across"]: row["n"] for row in found}
