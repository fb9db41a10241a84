"""Which endpoints the step runs of a day called, and what came back."""

from typing import Final

from django.db import connection

from analytics.rollups.days import STEP_RUNS, Bucket
from analytics.rollups.naming import lock_names, name_endpoints

# What a gRPC status is as a number; others never answered.
GRPC: Final = (
    "OK", "CANCELLED", "UNKNOWN", "INVALID_ARGUMENT", "DEADLINE_EXCEEDED", "NOT_FOUND", "ALREADY_EXISTS",
    "PERMISSION_DENIED", "RESOURCE_EXHAUSTED", "FAILED_PRECONDITION", "ABORTED", "OUT_OF_RANGE", "UNIMPLEMENTED",
    "INTERNAL", "UNAVAILABLE", "DATA_LOSS", "UNAUTHENTICATED",
)  # fmt: skip


def rebuild_endpoints(bucket: Bucket) -> None:
    """Make the endpoint days of a bucket anew, and the endpoints that are met for the first time."""
    if not bucket.flow_ids:
        return
    with connection.cursor() as db:
        db.execute(_NEW, bucket.params)
        new = {(row[0], row[1], row[2]) for row in db.fetchall()}
        for protocol, service, operation in sorted(new):
            lock_names(bucket.workspace_id, service)
            name_endpoints(bucket.workspace_id, protocol, service, operation)
        db.execute("DELETE FROM analytics_endpointday WHERE flow_id = ANY(%(flows)s) AND day = %(day)s", bucket.params)
        db.execute(_DAYS, {**bucket.params, "grpc": list(GRPC)})


_CALLS: Final = f"""
    SELECT s.id, s.flow_id, s.status, s.asserted, s.failure_kind, s.failure_code, s.message, s.started_at, s.protocol,
           s.service, s.operation, left(s.route, 500) AS route, e.environment_name
      FROM {STEP_RUNS} WHERE s.protocol <> '' AND s.status IN ('passed', 'failed')"""

_NEW: Final = f"""
    INSERT INTO analytics_endpoint (workspace_id, protocol, service, operation, route, template, first_seen)
    SELECT %(workspace)s, protocol, service, operation, route, '', first_seen
      FROM (SELECT protocol, service, operation, route, min(started_at) AS first_seen FROM ({_CALLS}) calls
             GROUP BY protocol, service, operation, route) c
     WHERE NOT EXISTS (SELECT FROM analytics_endpoint k
                        WHERE k.workspace_id = %(workspace)s AND k.protocol = c.protocol AND k.service = c.service
                          AND k.operation = c.operation AND k.route = c.route)
    ON CONFLICT DO NOTHING RETURNING protocol, service, operation"""

# Of a route its first 500 characters: an index takes no longer ones. The status stands in the summary of a step that
# passed. Of one that failed after an answer, it is read from the first letters of the response.
_DAYS: Final = f"""
    WITH call AS (
        SELECT c.flow_id, c.environment_name, k.id AS endpoint_id, c.status, c.asserted,
               c.status = 'passed' OR c.failure_kind IN ('assertion', 'extraction', 'action') AS answered,
               CASE c.protocol
                 WHEN 'http' THEN COALESCE(substring(CASE WHEN c.status = 'passed' THEN c.message END
                                                     FROM '^([1-5][0-9][0-9])( |,|$)'),
                                           said.status)::int
                 WHEN 'grpc' THEN array_position(%(grpc)s::text[], COALESCE(
                        substring(CASE WHEN c.status = 'passed' THEN c.message END FROM '^[A-Z_]+'),
                        upper(substring(c.failure_code FROM '^grpc_([a-z_]+)$')), said.status)) - 1
               END AS answer
          FROM ({_CALLS}) c
          JOIN analytics_endpoint k ON k.workspace_id = %(workspace)s AND k.protocol = c.protocol
               AND k.service = c.service AND k.operation = c.operation AND k.route = c.route
          LEFT JOIN LATERAL (
               SELECT substring(left(p.response, 80) FROM '"status": ?"?([1-5][0-9][0-9]|[A-Z_]+)') AS status
                 FROM executions_attempt a JOIN executions_payload p ON p.attempt_id = a.id
                WHERE a.step_run_id = c.id AND c.status = 'failed' AND c.protocol IN ('http', 'grpc')
                  AND c.failure_kind IN ('assertion', 'extraction', 'action')
                ORDER BY a.number DESC LIMIT 1) said ON TRUE)
    INSERT INTO analytics_endpointday (flow_id, day, endpoint_id, environment, n, answered, passed, asserted, statuses)
    SELECT flow_id, %(day)s, endpoint_id, environment_name, count(*), count(*) FILTER (WHERE answered),
           count(*) FILTER (WHERE status = 'passed'), count(*) FILTER (WHERE asserted),
           COALESCE(array_agg(DISTINCT answer ORDER BY answer) FILTER (WHERE answer IS NOT NULL), '{{}}')
      FROM call GROUP BY flow_id, endpoint_id, environment_name"""
