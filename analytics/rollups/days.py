"""The daily sums of some flows of a workspace, made anew: what was there for that day goes, what the record says comes.

Never adds to a counter, so that it may be done twice, late, or in any order, and always comes to the same.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from django.db import connection

from analytics.durations.histogram import BUCKET_SQL

FINAL: Final = "('passed', 'failed', 'timed_out', 'cancelled')"


@dataclass(frozen=True)
class Bucket:
    """A day of some flows in one workspace."""

    workspace_id: int
    day: date
    flow_ids: tuple[int, ...]

    @property
    def params(self) -> dict[str, Any]:
        return {"workspace": self.workspace_id, "day": self.day, "flows": list(self.flow_ids)}


def rebuild_days(bucket: Bucket) -> Bucket:
    """Make the sums of this bucket anew. Answers the part of it that was made.

    A flow of whose executions fewer are there than were counted is left as it is: retention has deleted some of them,
    and what they came to must survive that.
    """
    bucket = _without_pruned(bucket)
    if not bucket.flow_ids:
        return bucket
    with connection.cursor() as db:
        for statement in _STATEMENTS:
            db.execute(statement, bucket.params)
    return bucket


def _without_pruned(bucket: Bucket) -> Bucket:
    with connection.cursor() as db:
        db.execute(_PRUNED, bucket.params)
        pruned = {row[0] for row in db.fetchall()}
    return Bucket(bucket.workspace_id, bucket.day, tuple(one for one in bucket.flow_ids if one not in pruned))


def flows_with_executions(workspace_id: int, day: date) -> Sequence[int]:
    """Flows that have a final execution on that day, or had one when it was counted."""
    with connection.cursor() as db:
        db.execute(
            f"""SELECT DISTINCT flow_id FROM executions_execution e
                 WHERE {_OF_DAY} AND status IN {FINAL}
                UNION SELECT flow_id FROM analytics_flowday WHERE workspace_id = %(workspace)s AND day = %(day)s""",
            {"workspace": workspace_id, "day": day},
        )
        return sorted(row[0] for row in db.fetchall())


_OF_DAY: Final = """e.workspace_id = %(workspace)s
    AND e.queued_at >= %(day)s::date::timestamp AT TIME ZONE 'UTC'
    AND e.queued_at < (%(day)s::date + 1)::timestamp AT TIME ZONE 'UTC'"""
EXECUTIONS: Final = f"""SELECT e.* FROM executions_execution e
    WHERE {_OF_DAY} AND e.flow_id = ANY(%(flows)s) AND e.status IN {FINAL}"""
# Step run by step run through the index: of a day among ninety the planner would rather read the whole table.
STEP_RUNS: Final = f"""({EXECUTIONS}) e
    CROSS JOIN LATERAL (SELECT * FROM executions_steprun r WHERE r.execution_id = e.id OFFSET 0) s"""

_PRUNED: Final = f"""
    WITH counted AS (SELECT flow_id, sum(n) AS n FROM analytics_flowday
                      WHERE workspace_id = %(workspace)s AND day = %(day)s AND flow_id = ANY(%(flows)s) GROUP BY 1),
         present AS (SELECT flow_id, count(*) AS n FROM ({EXECUTIONS}) e GROUP BY 1)
    SELECT c.flow_id FROM counted c LEFT JOIN present p USING (flow_id) WHERE c.n > COALESCE(p.n, 0)"""


def _histogram(source: str, keys: str, passed: str) -> str:
    """CTE `histogram`: keys, buckets, counts, sum_ms, max_ms of the rows that passed."""
    return f"""histogram AS (
        SELECT {keys}, array_agg(bucket ORDER BY bucket) AS buckets, array_agg(times ORDER BY bucket) AS counts,
               sum(sum_ms) AS sum_ms, max(max_ms) AS max_ms
          FROM (SELECT {keys}, {BUCKET_SQL.format(ms="ms")} AS bucket, count(*)::int AS times, sum(ms) AS sum_ms,
                       max(ms) AS max_ms
                  FROM {source} WHERE {passed} AND ms IS NOT NULL GROUP BY {keys}, bucket) b
         GROUP BY {keys})"""


_SUMS: Final = """COALESCE(round(h.sum_ms), 0)::bigint, COALESCE(round(h.max_ms), 0)::bigint,
    COALESCE(h.buckets, '{}')::smallint[], COALESCE(h.counts, '{}')::int[]"""
_COUNTS: Final = """n, passed, failed, timed_out, cancelled, platform, recovered, retries"""
_MS: Final = "extract(epoch FROM {0}.finished_at - {0}.started_at)::float8 * 1000 AS ms"

_FLOW_DAYS: Final = f"""
    WITH e AS (SELECT e.flow_id, e.environment_name AS environment, e.trigger, e.status, e.failure_kind, e.retry_count,
                      e.recovered_count, {_MS.format("e")} FROM ({EXECUTIONS}) e),
    total AS (SELECT flow_id, environment, trigger, count(*)::int AS n,
                     count(*) FILTER (WHERE status = 'passed')::int AS passed,
                     count(*) FILTER (WHERE status = 'failed' AND failure_kind <> 'worker_lost')::int AS failed,
                     count(*) FILTER (WHERE status = 'timed_out')::int AS timed_out,
                     count(*) FILTER (WHERE status = 'cancelled')::int AS cancelled,
                     count(*) FILTER (WHERE status = 'failed' AND failure_kind = 'worker_lost')::int AS platform,
                     count(*) FILTER (WHERE status = 'passed' AND recovered_count > 0)::int AS recovered,
                     sum(retry_count)::int AS retries
                FROM e GROUP BY flow_id, environment, trigger),
    {_histogram("e", "flow_id, environment, trigger", "status = 'passed'")}
    INSERT INTO analytics_flowday (workspace_id, day, flow_id, environment, trigger, {_COUNTS},
                                   sum_ms, max_ms, buckets, counts)
    SELECT %(workspace)s, %(day)s, flow_id, environment, trigger, {_COUNTS}, {_SUMS}
      FROM total LEFT JOIN histogram h USING (flow_id, environment, trigger)"""

_WORKSPACE_DAYS: Final = f"""
    WITH f AS (SELECT * FROM analytics_flowday WHERE workspace_id = %(workspace)s AND day = %(day)s),
    total AS (SELECT environment, trigger, {", ".join(f"sum({one})::int AS {one}" for one in _COUNTS.split(", "))},
                     sum(sum_ms)::bigint AS sum_ms, max(max_ms) AS max_ms FROM f GROUP BY environment, trigger),
    histogram AS (
        SELECT environment, trigger, array_agg(bucket ORDER BY bucket) AS buckets,
               array_agg(times ORDER BY bucket) AS counts
          FROM (SELECT environment, trigger, bucket, sum(times)::int AS times
                  FROM f, unnest(f.buckets, f.counts) AS u (bucket, times) GROUP BY environment, trigger, bucket) b
         GROUP BY environment, trigger)
    INSERT INTO analytics_workspaceday (workspace_id, day, environment, trigger, {_COUNTS},
                                        sum_ms, max_ms, buckets, counts)
    SELECT %(workspace)s, %(day)s, environment, trigger, {_COUNTS}, total.sum_ms, total.max_ms,
           COALESCE(h.buckets, '{{}}')::smallint[], COALESCE(h.counts, '{{}}')::int[]
      FROM total LEFT JOIN histogram h USING (environment, trigger)"""

_STEP_KEYS: Final = "flow_id, environment, version, key"
_STEP_DAYS: Final = f"""
    WITH s AS (SELECT e.flow_id, e.environment_name AS environment, v.number AS version, s.key, s.status, s.attempts,
                      s.lost_attempts, {_MS.format("s")}
                 FROM {STEP_RUNS} JOIN flows_flowversion v ON v.id = e.flow_version_id
                WHERE s.status IN ('passed', 'failed', 'skipped')),
    total AS (SELECT {_STEP_KEYS}, count(*) FILTER (WHERE status <> 'skipped')::int AS n,
                     count(*) FILTER (WHERE status = 'failed')::int AS failed,
                     count(*) FILTER (WHERE status = 'passed' AND attempts - lost_attempts > 1)::int AS recovered,
                     count(*) FILTER (WHERE status = 'skipped')::int AS skipped
                FROM s GROUP BY {_STEP_KEYS}),
    {_histogram("s", _STEP_KEYS, "status = 'passed'")}
    INSERT INTO analytics_stepday (workspace_id, day, {_STEP_KEYS}, n, failed, recovered, skipped,
                                   sum_ms, max_ms, buckets, counts)
    SELECT %(workspace)s, %(day)s, {_STEP_KEYS}, n, failed, recovered, skipped, {_SUMS}
      FROM total LEFT JOIN histogram h USING ({_STEP_KEYS})"""

_STATEMENTS: Final = (
    "DELETE FROM analytics_flowday WHERE flow_id = ANY(%(flows)s) AND day = %(day)s",
    "DELETE FROM analytics_stepday WHERE flow_id = ANY(%(flows)s) AND day = %(day)s",
    "DELETE FROM analytics_workspaceday WHERE workspace_id = %(workspace)s AND day = %(day)s",
    _FLOW_DAYS,
    _STEP_DAYS,
    _WORKSPACE_DAYS,
)
