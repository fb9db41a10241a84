"""The record itself in the shape of the sums by day, an hour to a point, for two days at most.

Sums kept by the hour would be as many rows as there are executions of a flow that runs twice an hour.
"""

from typing import Final

from analytics.durations.histogram import BUCKET_SQL
from analytics.rollups.days import FINAL

MOST: Final = 48

_IN_TIME: Final = """e.workspace_id = %(workspace)s AND e.queued_at >= %(start)s AND e.queued_at < %(end)s"""
_HOUR: Final = "date_trunc('hour', e.queued_at AT TIME ZONE 'UTC') AS day"
_MS: Final = "extract(epoch FROM {0}.finished_at - {0}.started_at)::float8 * 1000"


def _histogram(one: str) -> str:
    """A histogram of one duration, or of none."""
    ms = _MS.format(one)
    known = f"{one}.status = 'passed' AND {one}.finished_at - {one}.started_at IS NOT NULL"
    return f"""CASE WHEN {known} THEN ARRAY[{BUCKET_SQL.format(ms=ms)}] ELSE '{{}}'::int[] END AS buckets,
               CASE WHEN {known} THEN ARRAY[1] ELSE '{{}}'::int[] END AS counts,
               CASE WHEN {known} THEN round({ms})::bigint ELSE 0 END AS max_ms"""


# As rollups/days.py counts them.
EXECUTIONS: Final = f"""(
    SELECT e.workspace_id, e.flow_id, {_HOUR}, e.environment_name AS environment, e.trigger, 1 AS n,
           (e.status = 'passed')::int AS passed,
           (e.status = 'failed' AND e.failure_kind <> 'worker_lost')::int AS failed,
           (e.status = 'timed_out')::int AS timed_out, (e.status = 'cancelled')::int AS cancelled,
           (e.status = 'failed' AND e.failure_kind = 'worker_lost')::int AS platform,
           (e.status = 'passed' AND e.recovered_count > 0)::int AS recovered, e.retry_count AS retries,
           {_histogram("e")}
      FROM executions_execution e WHERE {_IN_TIME} AND e.status IN {FINAL})"""
STEPS: Final = f"""(
    SELECT e.workspace_id, e.flow_id, {_HOUR}, e.environment_name AS environment, s.key, {_histogram("s")}
      FROM executions_execution e JOIN executions_steprun s ON s.execution_id = e.id
     WHERE {_IN_TIME} AND e.status IN {FINAL} AND s.status = 'passed')"""
