"""Sums of a whole span, flow by flow: what was reached at its end, less what had been reached before it."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, Final

from analytics.questions.rows import rows
from analytics.questions.scope import Scope
from analytics.rollups.totals import ALL, COUNTS


@dataclass
class Histograms:
    """Of executions that passed: in the days of the scope, and in as many days before."""

    now: dict[int, int] = field(default_factory=dict)
    before: dict[int, int] = field(default_factory=dict)


def has_totals(scope: Scope) -> bool:
    """They are kept by the end of days, and do not tell apart what started an execution."""
    return not scope.trigger and not scope.hours


def counts_by_flow(scope: Scope) -> list[dict[str, Any]]:
    """A row for each flow with executions in the scope: its slug and the counts."""
    if not has_totals(scope):
        sums = ", ".join(f"sum({name})::int AS {name}" for name in COUNTS)
        return rows(
            f"""SELECT f.slug, s.* FROM flows_flow f JOIN (
                    SELECT flow_id, {sums} FROM {scope.table_by_flow} d WHERE {scope.where} GROUP BY flow_id) s
                    ON s.flow_id = f.id""",
            scope.params,
        )
    sums = ", ".join(f"(t.{name} - COALESCE(b.{name}, 0))::int AS {name}" for name in COUNTS)
    return rows(
        f"""SELECT f.slug, {sums} FROM flows_flow f
              CROSS JOIN LATERAL ({_reached("last")}) t
              LEFT JOIN LATERAL ({_reached("eve")}) b ON TRUE
             WHERE {_flows(scope)} AND t.n > COALESCE(b.n, 0)""",
        _params(scope),
    )


def histograms_by_flow(scope: Scope) -> dict[int, Histograms]:
    """By the id of each flow of which something passed."""
    if not has_totals(scope):
        return _added_up(scope)
    found: defaultdict[int, Histograms] = defaultdict(Histograms)
    for row in rows(
        f"""SELECT f.id, u.bucket, sum(u.now)::int AS now, sum(u.before)::int AS before FROM flows_flow f
              CROSS JOIN LATERAL ({_reached("last")}) t
              LEFT JOIN LATERAL ({_reached("eve")}) b ON TRUE
              LEFT JOIN LATERAL ({_reached("long_ago")}) a ON TRUE
              CROSS JOIN LATERAL (
                  SELECT bucket, times AS now, 0 AS before FROM unnest(t.buckets, t.counts) AS x (bucket, times)
                  UNION ALL SELECT bucket, -times, times FROM unnest(b.buckets, b.counts) AS x (bucket, times)
                  UNION ALL SELECT bucket, 0, -times FROM unnest(a.buckets, a.counts) AS x (bucket, times)) u
             WHERE {_flows(scope)} GROUP BY f.id, u.bucket""",
        _params(scope),
    ):
        if row["now"]:
            found[row["id"]].now[row["bucket"]] = row["now"]
        if row["before"]:
            found[row["id"]].before[row["bucket"]] = row["before"]
    return found


def _added_up(scope: Scope) -> dict[int, Histograms]:
    found: defaultdict[int, Histograms] = defaultdict(Histograms)
    for one, name in ((scope, "now"), (scope.before, "before")):
        for row in rows(
            f"""SELECT flow_id, bucket, sum(times)::int AS times
                  FROM {one.table_by_flow} d, unnest(buckets, counts) AS u (bucket, times)
                 WHERE {one.where} GROUP BY flow_id, bucket""",
            one.params,
        ):
            getattr(found[row["flow_id"]], name)[row["bucket"]] = row["times"]
    return found


def _reached(day: str) -> str:
    return _REACHED.format(day=day)


_REACHED: Final = """SELECT * FROM analytics_flowtotal x
    WHERE x.flow_id = f.id AND x.environment = %(place)s AND x.day <= %({day})s ORDER BY x.day DESC LIMIT 1"""


def _flows(scope: Scope) -> str:
    return "f.workspace_id = %(workspace)s" + (" AND f.id = ANY(%(flows)s)" if scope.flow_ids is not None else "")


def _params(scope: Scope) -> dict[str, Any]:
    a_day = timedelta(days=1)
    days: dict[str, date] = {"last": scope.last, "eve": scope.first - a_day, "long_ago": scope.before.first - a_day}
    return {**scope.params, **days, "place": ALL if scope.environment is None else scope.environment}
