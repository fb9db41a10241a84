"""How long flows and steps take: percentiles by day or hour out of the histograms, and where they changed for good."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, Final

from analytics.durations.changes import Change, changes_of, is_slower
from analytics.durations.histogram import merged, percentile
from analytics.errors import QuestionInvalid
from analytics.questions.rows import rows
from analytics.questions.scope import Scope, day_and_hour, names_of, quoted
from analytics.questions.totals import has_totals, histograms_by_flow

LOOKED_AT: Final = 300  # passed runs in which changes are looked for


@dataclass(frozen=True)
class DurationPoint:
    day: date
    hour: int | None  # UTC; null for a whole day
    n: int
    p50: float | None
    p95: float | None
    q: str


@dataclass(frozen=True)
class ChangePoint:
    """From this execution on it takes longer, or less."""

    execution: int
    at: datetime
    before_ms: float
    after_ms: float
    ratio: float


@dataclass(frozen=True)
class StepDuration:
    key: str
    n: int
    p50: float | None
    p95: float | None
    max_ms: int
    q: str  # executions in which it passed


@dataclass(frozen=True)
class EnvironmentChanges:
    environment: str
    changes: list[ChangePoint]
    is_slower: bool  # the last 20 against the 100 before


@dataclass(frozen=True)
class FlowDurations:
    flow: str
    points: list[DurationPoint]
    environments: list[EnvironmentChanges]
    steps: list[StepDuration]
    q: str


@dataclass(frozen=True)
class StepDurations:
    flow: str
    key: str
    points: list[DurationPoint]
    environments: list[EnvironmentChanges]


@dataclass(frozen=True)
class FlowSpeed:
    """A flow in the list of all: its percentiles now, and in as many days before."""

    flow: str
    name: str
    n: int
    p50: float | None
    p95: float | None
    p50_before: float | None
    p95_before: float | None
    q: str


def flow_durations(scope: Scope) -> FlowDurations:
    """Of executions that passed: failures end early or late and say nothing of speed. Raises QuestionInvalid."""
    if scope.flow is None:
        raise QuestionInvalid("Name the flow whose durations you want.")
    return FlowDurations(
        flow=scope.flow.slug,
        points=_points(scope, scope.table, ""),
        environments=[_environment(name, _passed_runs(scope, name)) for name in _environments(scope)],
        steps=_steps(scope),
        q=scope.search(also="status:passed"),
    )


def step_durations(scope: Scope, key: str) -> StepDurations:
    """Of one step. Raises QuestionInvalid."""
    if scope.flow is None:
        raise QuestionInvalid("Name the flow of the step whose durations you want.")
    return StepDurations(
        flow=scope.flow.slug,
        key=key,
        points=_points(scope, scope.table_by_step, key),
        environments=[_environment(name, _passed_steps(scope, name, key)) for name in _environments(scope)],
    )


def all_durations(scope: Scope) -> list[FlowSpeed]:
    """Every flow, those that became slower most first."""
    histograms = {flow_id: one for flow_id, one in histograms_by_flow(scope).items() if one.now}
    names = names_of(list(histograms))
    found = [
        FlowSpeed(
            flow=names[flow_id][0],
            name=names[flow_id][1],
            n=sum(one.now.values()),
            p50=percentile(one.now, 0.5),
            p95=percentile(one.now, 0.95),
            p50_before=percentile(one.before, 0.5),
            p95_before=percentile(one.before, 0.95),
            q=f"flow:{quoted(names[flow_id][0])} {scope.search(also='status:passed')}",
        )
        for flow_id, one in histograms.items()
        if flow_id in names
    ]
    return sorted(found, key=lambda one: (-(one.p50 or 0) / (one.p50_before or one.p50 or 1), one.flow))


def histogram_of(scope: Scope) -> dict[int, int]:
    """Of all executions that passed."""
    if scope.flow_ids is not None and has_totals(scope):
        return merged(one.now for one in histograms_by_flow(scope).values())
    found = rows(
        f"""SELECT bucket, sum(times)::int AS times FROM {scope.table} d, unnest(buckets, counts) AS u (bucket, times)
             WHERE {scope.where} GROUP BY bucket""",
        scope.params,
    )
    return {row["bucket"]: row["times"] for row in found}


def histograms_by_time(scope: Scope) -> dict[date, dict[int, int]]:
    """The same, day by day or hour by hour."""
    return _by_time(scope, scope.table, "")


def _by_time(scope: Scope, table: str, key: str) -> dict[date, dict[int, int]]:
    where = scope.where if not key else scope.where.replace(" AND trigger = %(trigger)s", "") + " AND key = %(key)s"
    found = rows(
        f"""SELECT day, bucket, sum(times)::int AS times FROM {table} d, unnest(buckets, counts) AS u (bucket, times)
             WHERE {where} GROUP BY day, bucket ORDER BY day""",
        {**scope.params, "key": key},
    )
    by_time: defaultdict[date, dict[int, int]] = defaultdict(dict)
    for row in found:
        by_time[row["day"]][row["bucket"]] = row["times"]
    return by_time


def _points(scope: Scope, table: str, key: str) -> list[DurationPoint]:
    return [
        DurationPoint(
            *day_and_hour(at), sum(one.values()), percentile(one, 0.5), percentile(one, 0.95), _search(scope, at, key)
        )
        for at, one in _by_time(scope, table, key).items()
    ]


def _search(scope: Scope, at: date, key: str) -> str:
    if not key:
        return scope.search(at=at, also="status:passed")
    return _without_trigger(scope).search(at=at, also=f"passed:{quoted(key)}")


def _without_trigger(scope: Scope) -> Scope:
    """The sums of steps do not know what started their executions."""
    return replace(scope, trigger="")


def _steps(scope: Scope) -> list[StepDuration]:
    """In the window, the longest first."""
    where = scope.where.replace(" AND trigger = %(trigger)s", "")
    found = rows(
        f"""SELECT key, bucket, sum(times)::int AS times, max(max_ms) AS max_ms
              FROM {scope.table_by_step} d, unnest(buckets, counts) AS u (bucket, times)
             WHERE {where} GROUP BY key, bucket""",
        scope.params,
    )
    histograms: defaultdict[str, dict[int, int]] = defaultdict(dict)
    longest: defaultdict[str, int] = defaultdict(int)
    for row in found:
        histograms[row["key"]][row["bucket"]] = row["times"]
        longest[row["key"]] = max(longest[row["key"]], row["max_ms"])
    steps = [
        StepDuration(
            key,
            sum(one.values()),
            percentile(one, 0.5),
            percentile(one, 0.95),
            longest[key],
            _without_trigger(scope).search(also=f"passed:{quoted(key)}"),
        )
        for key, one in histograms.items()
    ]
    return sorted(steps, key=lambda one: (-(one.p50 or 0), one.key))


def _environments(scope: Scope) -> list[str]:
    if scope.environment is not None:
        return [scope.environment]
    found = rows(f"SELECT DISTINCT environment FROM {scope.table} d WHERE {scope.where} ORDER BY 1", scope.params)
    return [row["environment"] for row in found]


def _environment(name: str, runs: list[Mapping[str, Any]]) -> EnvironmentChanges:
    durations = [float(run["ms"]) for run in runs]
    return EnvironmentChanges(
        environment=name,
        changes=[_change(runs, one) for one in changes_of(durations)],
        is_slower=is_slower(durations),
    )


def _change(runs: list[Mapping[str, Any]], change: Change) -> ChangePoint:
    first = runs[change.at]
    return ChangePoint(first["id"], first["started_at"], change.before_ms, change.after_ms, change.ratio)


def _passed_runs(scope: Scope, environment: str) -> list[Mapping[str, Any]]:
    """The last executions that passed, oldest first: one descent of execution_passed."""
    return _oldest_first(
        rows(
            """SELECT id, started_at, extract(epoch FROM finished_at - started_at)::float8 * 1000 AS ms
                 FROM executions_execution
                WHERE flow_id = %(flow)s AND environment_name = %(environment)s AND status = 'passed'
                ORDER BY id DESC LIMIT %(most)s""",
            {"flow": scope.flow_ids and scope.flow_ids[0], "environment": environment, "most": LOOKED_AT},
        )
    )


def _passed_steps(scope: Scope, environment: str, key: str) -> list[Mapping[str, Any]]:
    """The last runs of a step that passed: one descent of step_run_history."""
    return _oldest_first(
        rows(
            """SELECT s.execution_id AS id, s.started_at,
                      extract(epoch FROM s.finished_at - s.started_at)::float8 * 1000 AS ms
                 FROM executions_steprun s
                WHERE s.flow_id = %(flow)s AND s.key = %(key)s AND s.status = 'passed'
                  AND s.environment_id = (SELECT id FROM flows_environment
                                           WHERE workspace_id = %(workspace)s AND name = %(environment)s)
                ORDER BY s.started_at DESC LIMIT %(most)s""",
            {
                "flow": scope.flow_ids and scope.flow_ids[0],
                "key": key,
                "workspace": scope.workspace.pk,
                "environment": environment,
                "most": LOOKED_AT,
            },
        )
    )


def _oldest_first(found: Iterable[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    return list(found)[::-1]
