"""What the sums of a flow have come to by the end of each day: the sum of any span is one of these less another.

For a question over all flows the days of three months are two hundred thousand rows, and these four hundred. Histograms
add up exactly, and so they can be subtracted.
"""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any, Final

from django.db import connection

ALL: Final = "*"  # every environment together; none may be called so
COUNTS: Final = ("n", "passed", "failed", "timed_out", "cancelled", "platform", "recovered", "retries")


def add_up(workspace_id: int, flow_ids: Sequence[int], first: date, last: date | None = None) -> None:
    """Make the totals of these days anew, from those of the day before: all that follow, unless `last` is named."""
    params: dict[str, Any] = {
        "workspace": workspace_id,
        "flows": list(flow_ids),
        "first": first,
        "last": last or date.max,
        "all": ALL,
    }
    with connection.cursor() as db:
        db.execute(_FORGET, params)
        db.execute(_ADD_UP, params)


def add_up_after(day: date) -> None:
    """The totals that follow a day, of every workspace."""
    with connection.cursor() as db:
        db.execute(_LATER, {"day": day})
        found = db.fetchall()
    for workspace_id, flow_ids in found:
        add_up(workspace_id, flow_ids, day + timedelta(days=1))


_LATER: Final = """
    SELECT workspace_id, array_agg(DISTINCT flow_id) FROM analytics_flowday WHERE day > %(day)s GROUP BY 1"""
_FORGET: Final = """
    DELETE FROM analytics_flowtotal WHERE flow_id = ANY(%(flows)s) AND day BETWEEN %(first)s AND %(last)s"""


def _each(pattern: str) -> str:
    return ", ".join(pattern.format(one) for one in COUNTS)


# `before` is what had been reached; it counts as a day of its own. `grid` has, for each day, every bucket met so far.
_ADD_UP: Final = f"""
    WITH fresh AS (
        SELECT d.flow_id, p.environment, d.day, {_each("d.{0}")}, d.buckets, d.counts
          FROM analytics_flowday d CROSS JOIN LATERAL (VALUES (d.environment), (%(all)s)) AS p (environment)
         WHERE d.workspace_id = %(workspace)s AND d.flow_id = ANY(%(flows)s) AND d.day BETWEEN %(first)s AND %(last)s),
    before AS (
        SELECT t.flow_id, t.environment, t.day, {_each("t.{0}")}, t.buckets, t.counts
          FROM (SELECT DISTINCT flow_id, environment FROM fresh) k
         CROSS JOIN LATERAL (SELECT * FROM analytics_flowtotal x
                              WHERE x.flow_id = k.flow_id AND x.environment = k.environment AND x.day < %(first)s
                              ORDER BY x.day DESC LIMIT 1) t),
    every AS (SELECT * FROM fresh UNION ALL SELECT * FROM before),
    days AS (SELECT flow_id, environment, day, {_each("sum({0}) AS {0}")}
               FROM every GROUP BY flow_id, environment, day),
    bucketed AS (SELECT flow_id, environment, day, u.bucket, sum(u.times) AS times
                   FROM every, unnest(buckets, counts) AS u (bucket, times) GROUP BY 1, 2, 3, 4),
    grid AS (SELECT d.flow_id, d.environment, d.day, k.bucket,
                    sum(COALESCE(b.times, 0)) OVER (PARTITION BY d.flow_id, d.environment, k.bucket ORDER BY d.day)
                    AS times
               FROM days d JOIN (SELECT DISTINCT flow_id, environment, bucket FROM bucketed) k
                    USING (flow_id, environment)
               LEFT JOIN bucketed b USING (flow_id, environment, day, bucket)),
    histogram AS (SELECT flow_id, environment, day, array_agg(bucket ORDER BY bucket) AS buckets,
                         array_agg(times ORDER BY bucket) AS counts
                    FROM grid WHERE times > 0 GROUP BY flow_id, environment, day),
    reached AS (SELECT flow_id, environment, day,
                       {_each("sum({0}) OVER (PARTITION BY flow_id, environment ORDER BY day) AS {0}")} FROM days)
    INSERT INTO analytics_flowtotal (workspace_id, flow_id, environment, day, {_each("{0}")}, buckets, counts)
    SELECT %(workspace)s, flow_id, environment, day, {_each("{0}")}, COALESCE(h.buckets, '{{}}')::smallint[],
           COALESCE(h.counts, '{{}}')::bigint[]
      FROM reached LEFT JOIN histogram h USING (flow_id, environment, day) WHERE day >= %(first)s"""
