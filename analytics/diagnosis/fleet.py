"""Who else failed in the same minutes, in the same environment."""

from typing import Any, Final

from analytics.diagnosis.changes import secrets_read
from analytics.diagnosis.evidence import Facts
from analytics.flakiness.incidents import AROUND, FLOWS
from analytics.questions.rows import rows
from executions.models import Attempt, Execution, StepRun
from flows.language import jsontext

MOST: Final = 2_000  # executions of those minutes that are looked at, the newest
MOST_FLOWS: Final = 20  # whose credentials are compared
REFUSING: Final = frozenset({401, 403})


def add_fleet(facts: Facts, execution: Execution, step: StepRun, attempt: Attempt | None) -> None:
    if not step.service or step.finished_at is None:
        return
    around = {
        "workspace": execution.workspace_id,
        "environment": execution.environment_name,
        "since": step.finished_at - AROUND,
        "until": step.finished_at + AROUND,
        "service": step.service,
        "most": MOST,
    }
    found = rows(_FLEET, around)[0]
    facts.flows_failing, facts.services_failing = found["flows"], found["services"]
    facts.flows_failing_share = found["flows"] / found["used"] if found["used"] else 0.0
    if facts.status in REFUSING and facts.flows_failing >= FLOWS and attempt is not None:
        facts.refused_others = _refused_others(facts, execution, attempt, around)


def _refused_others(facts: Facts, execution: Execution, attempt: Attempt, around: dict[str, Any]) -> int:
    """Flows that were refused with the same status, and that read other secrets than this step."""
    own = secrets_read(attempt.reads, execution.variables)
    said = f'{{"status":{facts.status}'  # as the record of an answer begins
    found = rows(_REFUSED, {**around, "flow": execution.flow_id, "said": said, "flows": MOST_FLOWS})
    theirs = (secrets_read(jsontext.loads(one["reads"]), execution.variables) for one in found if one["reads"])
    return sum(bool(one) and one.isdisjoint(own) for one in theirs)


# Executions are found by when they were queued and looked at from the newest, so that a thousand failures at once
# cost no more than a few.
_NEAR: Final = """(SELECT id, flow_id FROM executions_execution
             WHERE workspace_id = %(workspace)s AND queued_at <= %(until)s::timestamptz
               AND queued_at >= %(since)s::timestamptz - interval '1 hour' AND environment_name = %(environment)s
             ORDER BY queued_at DESC LIMIT %(most)s)"""
# Of each flow its last run of these minutes counts, so that the passes just before an outage do not hide it.
_FLEET: Final = f"""
    WITH near AS (
        SELECT e.flow_id, s.service, s.status, s.finished_at
          FROM {_NEAR} e JOIN executions_steprun s ON s.execution_id = e.id
         WHERE s.service <> '' AND s.status IN ('passed', 'failed')
           AND s.finished_at >= %(since)s AND s.finished_at <= %(until)s),
    latest AS (
        SELECT DISTINCT ON (flow_id) status FROM near
         WHERE service = %(service)s ORDER BY flow_id, finished_at DESC)
    SELECT (SELECT count(DISTINCT service)::int FROM near WHERE status = 'failed') AS services,
           count(*)::int AS used, (count(*) FILTER (WHERE status = 'failed'))::int AS flows
      FROM latest"""
_REFUSED: Final = f"""
    SELECT DISTINCT ON (e.flow_id) a.reads
      FROM {_NEAR} e JOIN executions_steprun s ON s.execution_id = e.id
      JOIN LATERAL (SELECT id, reads FROM executions_attempt
                     WHERE step_run_id = s.id ORDER BY number DESC LIMIT 1) a ON TRUE
      JOIN executions_payload p ON p.attempt_id = a.id
     WHERE e.flow_id <> %(flow)s AND s.service = %(service)s AND s.status = 'failed'
       AND s.finished_at >= %(since)s AND s.finished_at <= %(until)s AND starts_with(p.response, %(said)s)
     ORDER BY e.flow_id, s.id DESC LIMIT %(flows)s"""
