"""Holds the roll-ups against the record: every day, flow and environment must add up to the same."""

from dataclasses import dataclass
from datetime import date
from typing import Final

from django.db import connection


@dataclass(frozen=True)
class Difference:
    table: str
    day: date
    flow_id: int
    environment: str
    recorded: tuple[int, ...]
    kept: tuple[int, ...]

    def __str__(self) -> str:
        return (
            f"{self.day} flow {self.flow_id} {self.environment or '(no environment)'}: the record says {self.recorded},"
            f" {self.table} {self.kept}"
        )


def differences(first: date, last: date) -> list[Difference]:
    """Where roll-up and record differ: executions (n, passed, failed, timed out) and step runs (n, failed, skipped).

    Totals are held against the sums of the days they are made of, to the end of each of these days.

    Flows of which executions have been deleted since show up here too, and rightly have more than the record.
    """
    found = []
    for table, statement in (("flow_day", _FLOWS), ("flow_total", _TOTALS), ("step_day", _STEPS)):
        with connection.cursor() as db:
            db.execute(statement, {"first": first, "last": last})
            for day, flow_id, environment, recorded, kept in db.fetchall():
                found.append(Difference(table, day, flow_id, environment, tuple(recorded), tuple(kept)))
    return found


_WITHIN: Final = """e.queued_at >= %(first)s::date::timestamp AT TIME ZONE 'UTC'
    AND e.queued_at < (%(last)s::date + 1)::timestamp AT TIME ZONE 'UTC' AND e.finished_at IS NOT NULL"""
_DAY: Final = "(e.queued_at AT TIME ZONE 'UTC')::date"
_COMPARED: Final = """
    SELECT day, flow_id, environment, COALESCE(r.numbers, '{{}}'), COALESCE(k.numbers, '{{}}')
      FROM ({recorded}) r FULL JOIN ({kept}) k USING (day, flow_id, environment)
     WHERE r.numbers IS DISTINCT FROM k.numbers ORDER BY 1, 2, 3"""

_FLOWS: Final = _COMPARED.format(
    recorded=f"""SELECT {_DAY} AS day, e.flow_id, e.environment_name AS environment, ARRAY[
            count(*), count(*) FILTER (WHERE status = 'passed'),
            count(*) FILTER (WHERE status = 'failed' AND failure_kind <> 'worker_lost'),
            count(*) FILTER (WHERE status = 'timed_out')]::bigint[] AS numbers
        FROM executions_execution e WHERE {_WITHIN} GROUP BY 1, 2, 3""",
    kept="""SELECT day, flow_id, environment,
               ARRAY[sum(n), sum(passed), sum(failed), sum(timed_out)]::bigint[] AS numbers
        FROM analytics_flowday WHERE day BETWEEN %(first)s AND %(last)s GROUP BY 1, 2, 3""",
)
_TOTALS: Final = _COMPARED.format(
    recorded="""SELECT * FROM (
        SELECT day, flow_id, environment, ARRAY[sum(sum(n)) OVER w, sum(sum(passed)) OVER w, sum(sum(failed)) OVER w,
               sum(sum(times)) OVER w]::bigint[] AS numbers
          FROM (SELECT f.day, f.flow_id, p.environment, f.n, f.passed, f.failed,
                       (SELECT sum(one) FROM unnest(f.counts) AS one) AS times
                  FROM analytics_flowday f CROSS JOIN LATERAL (VALUES (f.environment), ('*')) AS p (environment)) d
         GROUP BY day, flow_id, environment WINDOW w AS (PARTITION BY flow_id, environment ORDER BY day)) r
        WHERE day BETWEEN %(first)s AND %(last)s""",
    kept="""SELECT day, flow_id, environment,
               ARRAY[n, passed, failed, (SELECT sum(one) FROM unnest(counts) AS one)]::bigint[] AS numbers
        FROM analytics_flowtotal WHERE day BETWEEN %(first)s AND %(last)s""",
)
_STEPS: Final = _COMPARED.format(
    recorded=f"""SELECT {_DAY} AS day, e.flow_id, e.environment_name AS environment, ARRAY[
            count(*) FILTER (WHERE s.status <> 'skipped'), count(*) FILTER (WHERE s.status = 'failed'),
            count(*) FILTER (WHERE s.status = 'skipped')]::bigint[] AS numbers
        FROM executions_execution e JOIN executions_steprun s ON s.execution_id = e.id
        WHERE {_WITHIN} AND s.status IN ('passed', 'failed', 'skipped') GROUP BY 1, 2, 3""",
    kept="""SELECT day, flow_id, environment, ARRAY[sum(n), sum(failed), sum(skipped)]::bigint[] AS numbers
        FROM analytics_stepday WHERE day BETWEEN %(first)s AND %(last)s GROUP BY 1, 2, 3""",
)
