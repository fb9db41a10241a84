"""Puts the failures of executions into their groups."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.db import connection

from analytics.failures.fingerprint import VERSION, Failed, Fingerprint, fingerprint_of
from analytics.models import FailureGroup, FailureOccurrence
from analytics.rollups.enum_words import with_few_words
from analytics.rollups.inheritance import inherit
from flows.language import jsontext


@dataclass(frozen=True)
class _Found:
    """A failure, and the group it belongs to."""

    row: dict[str, Any]
    fingerprint: Fingerprint

    @property
    def place(self) -> tuple[int, str]:
        return self.row["workspace_id"], self.fingerprint.own


def group_failures(execution_ids: Sequence[int]) -> int:
    """Group the first failure of each of these executions, and what retries overcame. How many groups were touched.

    May be done again: an occurrence is kept once, and every number of a group is counted from its occurrences.
    """
    found = _found(execution_ids)
    if not found:
        return 0
    groups = _groups_of(found)
    FailureOccurrence.objects.bulk_create(
        [_occurrence(groups[one.place], one.row) for one in found], ignore_conflicts=True
    )
    _count(sorted({group.pk for group in groups.values()}))
    return len(groups)


def _found(execution_ids: Sequence[int]) -> list[_Found]:
    """Oldest first: which words tell failures apart depends on which came first."""
    rows = sorted(_failures(execution_ids), key=lambda row: (row["at"], row["step_run_id"]))
    failures = with_few_words([_failed(row) for row in rows])
    return [_Found(row, fingerprint_of(failed)) for row, failed in zip(rows, failures, strict=True)]


def _names_now(execution_ids: Sequence[int]) -> dict[int, set[str]]:
    """The fingerprints that the failures of these executions have by this definition."""
    names: defaultdict[int, set[str]] = defaultdict(set)
    for one in _found(execution_ids):
        names[one.row["execution_id"]].add(one.fingerprint.own)
    return names


def _failures(execution_ids: Sequence[int]) -> list[dict[str, Any]]:
    with connection.cursor() as db:
        db.execute(_FAILURES, {"executions": list(execution_ids)})
        columns = [column.name for column in db.description or ()]
        return [dict(zip(columns, row, strict=True)) for row in db.fetchall()]


def _failed(row: dict[str, Any]) -> Failed:
    return Failed(
        flow_id=row["flow_id"],
        step_key=row["key"],
        kind=row["kind"],
        code=row["code"],
        message=row["message"],
        service=row["service"],
        assertions=jsontext.loads(row["assertions"]) if row["assertions"] else (),
    )


def _groups_of(found: Iterable[_Found]) -> dict[tuple[int, str], FailureGroup]:
    by_place: defaultdict[tuple[int, str], list[_Found]] = defaultdict(list)
    for one in found:
        by_place[one.place].append(one)
    known = set(_groups_at(by_place))
    new = [_new_group(min(same, key=_when)) for place, same in by_place.items() if place not in known]
    inherit(new, names_of=_names_now)
    FailureGroup.objects.bulk_create(new, ignore_conflicts=True)
    groups = _groups_at(by_place)
    changed = []
    for place, same in by_place.items():
        last = max(same, key=_when)
        if groups[place].last_seen <= last.row["at"]:
            groups[place].sample, groups[place].sample_execution = last.row["message"], last.row["execution_id"]
            changed.append(groups[place])
    FailureGroup.objects.bulk_update(changed, ["sample", "sample_execution"], batch_size=500)
    return groups


def _groups_at(places: Collection[tuple[int, str]]) -> dict[tuple[int, str], FailureGroup]:
    wanted = FailureGroup.objects.filter(
        workspace__in={workspace for workspace, _ in places}, fingerprint__in={own for _, own in places}
    )
    return {(one.workspace_id, one.fingerprint): one for one in wanted}


def _when(found: _Found) -> datetime:
    at: datetime = found.row["at"]
    return at


def _new_group(found: _Found) -> FailureGroup:
    row = found.row
    return FailureGroup(
        workspace_id=row["workspace_id"],
        flow_id=row["flow_id"],
        fingerprint=found.fingerprint.own,
        across=found.fingerprint.across,
        version=VERSION,
        step_key=row["key"],
        action=row["action"],
        service=row["service"],
        kind=row["kind"],
        sub=found.fingerprint.sub,
        text=found.fingerprint.text,
        sample=row["message"],
        sample_execution=row["execution_id"],
        first_seen=row["at"],
        last_seen=row["at"],
        count=0,
        recovered=0,
        environments=[],
        versions=[],
    )


def _occurrence(group: FailureGroup, row: dict[str, Any]) -> FailureOccurrence:
    return FailureOccurrence(
        group=group,
        execution_id=row["execution_id"],
        step_run_id=row["step_run_id"],
        at=row["at"],
        environment=row["environment"],
        version=row["version"],
        is_recovered=row["is_recovered"],
    )


def _count(group_ids: Sequence[int]) -> None:
    with connection.cursor() as db:
        db.execute(_COUNT, {"groups": list(group_ids)})


# The step that failed first, at its last attempt; and of each step that passed in the end, its last failed attempt.
_FAILURES: Final = """
    SELECT e.id AS execution_id, e.workspace_id, e.flow_id, e.environment_name AS environment, v.number AS version,
           s.id AS step_run_id, s.key, s.action, s.service, s.finished_at AS at, s.failure_kind AS kind,
           s.failure_code AS code, s.message, a.assertions, FALSE AS is_recovered
      FROM executions_execution e
      JOIN executions_steprun s ON s.execution_id = e.id AND s.path = e.failed_step_path
      JOIN flows_flowversion v ON v.id = e.flow_version_id
      LEFT JOIN LATERAL (SELECT assertions FROM executions_attempt
                          WHERE step_run_id = s.id ORDER BY number DESC LIMIT 1) a ON TRUE
     WHERE e.id = ANY(%(executions)s) AND e.failed_step_path <> '' AND s.status = 'failed'
    UNION ALL
    SELECT e.id, e.workspace_id, e.flow_id, e.environment_name, v.number, s.id, s.key, s.action, s.service,
           a.finished_at, a.failure_kind, a.failure_code, a.failure_message, a.assertions, TRUE
      FROM executions_execution e
      JOIN executions_steprun s ON s.execution_id = e.id AND s.recovered
      JOIN flows_flowversion v ON v.id = e.flow_version_id
      JOIN LATERAL (SELECT * FROM executions_attempt
                     WHERE step_run_id = s.id AND status = 'failed' AND finished_at IS NOT NULL
                     ORDER BY number DESC LIMIT 1) a ON TRUE
     WHERE e.id = ANY(%(executions)s) AND e.recovered_count > 0"""

# Recurring: three executions on two days, or three within a day. What was resolved comes back with what came later.
_COUNT: Final = """
    UPDATE analytics_failuregroup g
       SET count = c.n, recovered = c.recovered, first_seen = c.first_seen, last_seen = c.last_seen,
           environments = c.environments, versions = c.versions,
           is_recurring = (c.n >= 3 AND c.days >= 2) OR c.is_dense,
           has_regressed = g.has_regressed OR (g.state = 'resolved' AND c.last_seen > g.changed_at),
           state = CASE WHEN g.state = 'resolved' AND c.last_seen > g.changed_at THEN 'open' ELSE g.state END
      FROM (SELECT group_id, count(DISTINCT execution_id)::int AS n,
                   (count(DISTINCT execution_id) FILTER (WHERE is_recovered))::int AS recovered,
                   min(at) AS first_seen, max(at) AS last_seen,
                   array_agg(DISTINCT environment ORDER BY environment) AS environments,
                   array_agg(DISTINCT version ORDER BY version) AS versions,
                   count(DISTINCT (at AT TIME ZONE 'UTC')::date) AS days,
                   bool_or(COALESCE(at - third <= interval '24 hours', FALSE)) AS is_dense
              FROM (SELECT o.*, lag(at, 2) OVER (PARTITION BY group_id ORDER BY at) AS third
                      FROM analytics_failureoccurrence o WHERE group_id = ANY(%(groups)s)) o
             GROUP BY group_id) c
     WHERE g.id = c.group_id"""
