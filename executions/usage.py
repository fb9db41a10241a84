"""How flows, their versions and environments were used lately. Each question is one query, however long history is."""

import json
from collections.abc import Sequence
from statistics import median
from typing import Any, Final

from executions.database import fetch_all
from executions.status import Status
from executions.usage_schemas import (
    EnvironmentUsageOut,
    FlowUseOut,
    PastRunOut,
    RecentOut,
    VersionUsageOut,
    VersionUsesOut,
)
from executions.waiting import without_worker
from flows.models import Environment, Flow
from workspaces.models import Workspace

LAST: Final = 30  # finished runs of a flow, that the pass rate is of
USES: Final = 200  # runs against an environment that are looked at
OF_VERSIONS: Final = 1000  # runs of a flow that are looked at

_RUN: Final = """json_build_object('id', e.id, 'status', e.status, 'environment', e.environment_name,
    'queued_at', e.queued_at, 'started_at', e.started_at, 'finished_at', e.finished_at)"""


def recent_of(workspace: Workspace, slugs: Sequence[str]) -> list[RecentOut]:
    """How these flows ran lately, in the order asked for; those that there are not are left out."""
    rows = fetch_all(
        f"""SELECT f.slug,
                  (SELECT {_RUN}::text FROM executions_execution e
                    WHERE e.flow_id = f.id ORDER BY e.id DESC LIMIT 1) AS last,
                  (SELECT json_agg({_RUN} ORDER BY e.id)::text
                     FROM (SELECT * FROM executions_execution
                            WHERE flow_id = f.id AND finished_at IS NOT NULL
                            ORDER BY id DESC LIMIT {LAST}) e) AS finished
             FROM flows_flow f
            WHERE f.workspace_id = %(workspace)s::bigint AND f.slug = ANY(%(slugs)s::text[])""",  # noqa: S608 - our own parts
        {"workspace": workspace.pk, "slugs": list(slugs)},
    )
    by_slug = {row["slug"]: _recent(row) for row in rows}
    return [by_slug[slug] for slug in dict.fromkeys(slugs) if slug in by_slug]


def _recent(row: dict[str, Any]) -> RecentOut:
    finished = [PastRunOut.model_validate(one) for one in json.loads(row["finished"] or "[]")]
    passed = [one.duration_ms for one in finished if one.status == Status.PASSED]
    durations = [duration for duration in passed if duration is not None]
    return RecentOut(
        flow=row["slug"],
        last=PastRunOut.model_validate_json(row["last"]) if row["last"] else None,
        finished=finished,
        passed=len(passed),
        usual_ms=round(median(durations)) if durations else None,
    )


def usage_of_environments(workspace: Workspace, names: Sequence[str]) -> list[EnvironmentUsageOut]:
    """Which flows ran against each of these lately, the latest first."""
    rows = fetch_all(
        f"""SELECT w.name, r.flow, r.flow_name, r.runs, r.looked_at, r.last
             FROM unnest(%(names)s::text[]) AS w (name)
             LEFT JOIN LATERAL (
                  SELECT DISTINCT ON (f.slug) f.slug AS flow, f.name AS flow_name, e.id,
                         count(*) OVER (PARTITION BY f.slug) AS runs, count(*) OVER () AS looked_at,
                         {_RUN}::text AS last
                    FROM (SELECT * FROM executions_execution
                           WHERE workspace_id = %(workspace)s::bigint AND environment_name = w.name
                           ORDER BY id DESC LIMIT {USES}) e
                    JOIN flows_flow f ON f.id = e.flow_id
                   ORDER BY f.slug, e.id DESC) r ON TRUE
            ORDER BY w.name, r.id DESC""",  # noqa: S608 - our own parts
        {"workspace": workspace.pk, "names": list(names)},
    )
    found = {
        name: EnvironmentUsageOut(environment=name, runs=0, is_capped=False, flows=[], waits=None) for name in names
    }
    for row in rows:
        if row["flow"] is None:
            continue
        usage = found[row["name"]]
        usage.runs, usage.is_capped = row["looked_at"], row["looked_at"] >= USES
        last = PastRunOut.model_validate_json(row["last"])
        usage.flows.append(FlowUseOut(flow=row["flow"], name=row["flow_name"], runs=row["runs"], last=last))
    return list(found.values())


def waits_of(workspace: Workspace, names: Sequence[str]) -> dict[str, str]:
    """By name of an environment, why what is started against it now would wait: no worker of its group runs."""
    rows = Environment.objects.filter(workspace=workspace, name__in=names)
    groups = dict(rows.values_list("name", "worker_group"))
    waits = without_worker(set(groups.values()))
    return {name: waits[group] for name, group in groups.items() if group in waits}


def usage_of_versions(flow: Flow) -> VersionUsesOut:
    """How often each version was among the last runs of a flow."""
    rows = fetch_all(
        f"""SELECT DISTINCT ON (v.number) v.number, count(*) OVER (PARTITION BY v.number) AS runs,
                  count(*) OVER () AS looked_at, {_RUN}::text AS last
             FROM (SELECT * FROM executions_execution WHERE flow_id = %(flow)s::bigint
                    ORDER BY id DESC LIMIT {OF_VERSIONS}) e
             JOIN flows_flowversion v ON v.id = e.flow_version_id
            ORDER BY v.number DESC, e.id DESC""",  # noqa: S608 - our own parts
        {"flow": flow.pk},
    )
    looked_at = rows[0]["looked_at"] if rows else 0
    versions = [
        VersionUsageOut(version=row["number"], runs=row["runs"], last=PastRunOut.model_validate_json(row["last"]))
        for row in rows
    ]
    return VersionUsesOut(runs=looked_at, is_capped=looked_at >= OF_VERSIONS, versions=versions)
