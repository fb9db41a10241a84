"""The part of the settling statement that writes steps which were run further: whole rows, several at once.

Each has its columns as arrays, so that any number of them is the same statement.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from executions.payloads import Recorded
from executions.settling import Ended, Further
from executions.storable import as_json, storable

NOTHING: Final = Recorded(None, None, 0, 0, is_cut=False, is_partial=False, content_type="", response_hash="")

# What each step brings, as PostgreSQL's type. `ago` is in seconds before the statement.
COLUMNS: Final[Mapping[str, str]] = {
    "path": "text",
    "key": "text",
    "step_id": "text",
    "section": "text",
    "position": "int",
    "action": "text",
    "step_status": "text",
    "attempt_status": "text",
    "skip_reason": "text",
    "message": "text",
    "asserted": "boolean",
    "began_ago": "float8",
    "over_ago": "float8",
    "timing": "text",
    "condition": "text",
    "assertions": "text",
    "captured": "text",
    "reads": "text",
    "draws": "text",
    "request": "text",
    "response": "text",
    "request_size": "bigint",
    "response_size": "bigint",
    "is_cut": "boolean",
    "is_partial": "boolean",
    "content_type": "text",
    "response_hash": "text",
}

# Ids are drawn here, in the order in which the steps were run: the order of ids is the order of steps.
FURTHER: Final = f"""further AS (
    SELECT nextval('executions_steprun_id_seq') AS step_run, nextval('executions_attempt_id_seq') AS attempt, v.*,
           statement_timestamp() - make_interval(secs => v.began_ago) AS began,
           statement_timestamp() - make_interval(secs => v.over_ago) AS over
    FROM unnest({", ".join(f"%(f_{name})s::{kind}[]" for name, kind in COLUMNS.items())})
        AS v ({", ".join(COLUMNS)})
), more_steps AS (
    INSERT INTO executions_steprun (id, execution_id, flow_id, flow_version_id, environment_id, path, key, step_id,
        section, position, action, status, sent_at, sends, started_at, finished_at, attempts, fence, lost_attempts,
        pending_children, skip_reason, failure_kind, failure_code, message, recovered, soft, asserted,
        may_have_taken_effect, protocol, service, operation, route)
    SELECT f.step_run, e.id, e.flow_id, e.flow_version_id, e.environment_id, f.path, f.key, f.step_id,
        f.section, f.position, f.action, f.step_status, f.began, 1, f.began, f.over, 1, 1, 0,
        0, f.skip_reason, '', '', f.message, FALSE, FALSE, f.asserted, FALSE, '', '', '', ''
    FROM execution e, further f RETURNING id
), more_attempts AS (
    INSERT INTO executions_attempt (id, step_run_id, number, fence, worker_id, status, due_at, started_at, finished_at,
        failure_kind, failure_code, failure_message, timing, condition, assertions, captured, reads, draws)
    SELECT f.attempt, f.step_run, 1, 1, %(worker)s::bigint, f.attempt_status, f.began, f.began, f.over,
        '', '', '', f.timing, f.condition, f.assertions, f.captured, f.reads, f.draws
    FROM execution, further f
), more_payloads AS (
    INSERT INTO executions_payload (attempt_id, created_at, request, response, request_size, response_size, is_cut,
        is_partial, content_type, response_hash)
    SELECT f.attempt, statement_timestamp(), f.request, f.response, f.request_size, f.response_size, f.is_cut,
        f.is_partial, f.content_type, f.response_hash
    FROM execution, further f WHERE f.request IS NOT NULL OR f.response IS NOT NULL
)"""  # noqa: S608 - the names are ours


def further_rows(further: Sequence[Further], now: float) -> dict[str, list[Any]]:
    """The parameters of FURTHER. `now`: monotonic seconds, as the statement is about to be sent."""
    rows = [_row(step, step.ended, step.ended.payload or NOTHING, now) for step in further]
    return {f"f_{name}": [storable(row[name]) for row in rows] for name in COLUMNS}


def _row(step: Further, ended: Ended, payload: Recorded, now: float) -> dict[str, Any]:
    planned = step.step
    return {
        **vars(payload),
        "path": planned.path,
        "key": planned.key,
        "step_id": planned.step.id,
        "section": planned.section,
        "position": planned.position,
        "action": planned.step.action,
        "step_status": ended.step.value,
        "attempt_status": ended.attempt.value,
        "skip_reason": ended.skip_reason,
        "message": ended.message,
        "asserted": ended.asserted,
        "began_ago": now - step.began,
        "over_ago": now - step.over,
        "timing": as_json(ended.timing),
        "condition": as_json(ended.condition),
        "assertions": as_json(ended.assertions),
        "captured": as_json(ended.captured),
        "reads": as_json(ended.reads),
        "draws": as_json(ended.draws),
    }
