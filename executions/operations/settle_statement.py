"""The statement that settles an attempt: data-modifying CTEs, put together for what became of it and what comes next.

Every value is a parameter bound by the server, so that a few dozen plans serve all executions.
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from time import monotonic
from typing import Any

from executions.database import fetch_one
from executions.live import Kept, seal
from executions.operations.claim import Claim
from executions.operations.further_steps import FURTHER, further_rows
from executions.operations.statement import Statement
from executions.operations.turns_statement import (
    ARRIVAL_COLUMNS,
    ARRIVAL_EVENTS,
    add_arrival,
    add_container_lock,
    add_turns,
    fan_changes,
)
from executions.payloads import Recorded
from executions.settling import Again, Arrive, Await, End, Ended, Fan, Further, Go, Next, State, Wait
from executions.status import AttemptStatus, StepStatus
from executions.storable import as_json, storable


def settle(
    claim: Claim,
    ended: Ended,
    following: Next,
    state: State,
    worker_id: int | None,
    further: Sequence[Further] = (),
    *,
    meanwhile: Callable[[], object] | None = None,
) -> dict[str, Any]:
    statement = Statement(params={"step_run": claim.step_run_id, "attempt": claim.attempt_id, "fence": claim.fence})
    _add_guards(statement, claim, ended, following, state, further)
    now = monotonic()
    over = _over(statement, further, now)
    _add_step_run(statement, ended, following, over)
    _add_attempt(statement, ended, over)
    if ended.payload is not None:
        _add_payload(statement, ended.payload, replaces=claim.resume_state is not None)
    if further:
        statement.add(FURTHER, worker=worker_id, **further_rows(further, now))
    if kept := [value for one in (ended, *(step.ended for step in further)) for value in one.kept]:
        _add_live_values(statement, kept)
    if isinstance(following, Go):
        _add_next_step(statement, following, worker_id, after_further=bool(further))
    if isinstance(following, Fan):
        add_turns(statement, following, worker_id)
    if isinstance(following, Arrive):
        add_arrival(statement, following, worker_id)
    if isinstance(following, End):
        statement.add(
            """move AS (INSERT INTO executions_move (execution_id, at, old, new, reason)
               SELECT id, statement_timestamp(), 'running', %(end)s::text, %(reason)s::text FROM execution)""",
            reason=following.reason,
        )
    sql = (
        "WITH "
        + ",\n".join(statement.parts)
        + "\nSELECT EXISTS (SELECT FROM fenced) AS fenced, (SELECT event_number FROM execution) AS event_number, "
        f"{_next_ids(following)}, statement_timestamp() AS now"
        + (ARRIVAL_COLUMNS if isinstance(following, Arrive) else "")
    )
    row = fetch_one(sql, {name: storable(value) for name, value in statement.params.items()}, meanwhile=meanwhile)
    assert row is not None  # a SELECT of scalars has one row
    return row


def _over(statement: Statement, further: Sequence[Further], now: float) -> str:
    """When the claimed step was over, in SQL: now, or before it was run on from there."""
    if not further:
        return "statement_timestamp()"
    statement.params["ago"] = now - further[0].began
    return "statement_timestamp() - make_interval(secs => %(ago)s::float8)"


def _next_ids(following: Next) -> str:
    """The columns that name what was inserted for `following`."""
    claims = isinstance(following, Go | Fan | Arrive) and following.claim
    found = "NULL AS next_step_run"
    if isinstance(following, Go | Arrive):
        found = "(SELECT id FROM next_step) AS next_step_run"
    elif isinstance(following, Fan):
        found = """(SELECT id FROM turns WHERE status = 'running') AS next_step_run,
            (SELECT string_agg(id::text, ',' ORDER BY id) FROM turns WHERE status = 'pending') AS due_step_runs"""
    return f"{found}, {'(SELECT id FROM next_attempt)' if claims else 'NULL'} AS next_attempt"


def _add_guards(
    statement: Statement, claim: Claim, ended: Ended, following: Next, state: State, further: Sequence[Further]
) -> None:
    """Lock the step run, then the execution, and change the execution only if it is what the decision was made for."""
    statement.add(
        """fenced AS (SELECT id FROM executions_steprun
             WHERE id = %(step_run)s::bigint AND fence = %(fence)s::int AND status = 'running' AND due_at IS NULL
             FOR NO KEY UPDATE)"""
    )
    changes = ["event_number = e.event_number + %(events)s::int"]
    events = 2 if isinstance(following, End) or (isinstance(following, Go | Fan) and following.claim) else 1
    guard = "EXISTS (SELECT FROM fenced)"
    if isinstance(following, Arrive):
        add_container_lock(statement, following)
        changes = [f"{changes[0]} + {ARRIVAL_EVENTS}"]
        guard = "EXISTS (SELECT FROM container c WHERE c.stopping = %(stopping_was)s::text)"
        statement.params["stopping_was"] = state.stopping
    elif claim.container_id is not None:
        guard += """ AND EXISTS (SELECT FROM executions_steprun c
            WHERE c.id = %(container)s::bigint AND c.stopping = %(stopping_was)s::text)"""
        statement.params |= {"container": claim.container_id, "stopping_was": state.stopping}
    params: dict[str, Any] = {
        "execution": claim.execution_id,
        "events": events + 2 * len(further),
        "phase_was": state.phase.value,
        "cancel_was": state.cancel_requested,
        "deadline_was": state.deadline_passed,
    }
    for counter, by in _counters(claim, ended, further):
        changes.append(f"{counter} = e.{counter} + %({counter})s::int")
        params[counter] = by
    if ended.is_hard_failure:
        assert ended.failure is not None
        for column, value in (
            ("failed_step_path", claim.path),
            ("failure_kind", ended.failure.kind),
            ("failure_code", ended.failure.code),
            ("failure_message", ended.failure.message),
        ):
            changes.append(f"{column} = CASE WHEN e.failed_step_path = '' THEN %({column})s::text ELSE e.{column} END")
            params[column] = value
    if isinstance(following, Go) and following.phase is not state.phase:
        changes.append("phase = %(phase)s::text")
        params["phase"] = following.phase.value
    if isinstance(following, Go) and following.teardown_seconds is not None:
        changes.append("outcome = %(outcome)s::text")
        changes.append("teardown_deadline = statement_timestamp() + make_interval(secs => %(teardown)s::float8)")
        params |= {
            "outcome": following.outcome.value if following.outcome else "",
            "teardown": following.teardown_seconds,
        }
    if isinstance(following, End):
        changes.append("status = %(end)s::text, outcome = %(outcome)s::text, finished_at = statement_timestamp()")
        params |= {"end": following.status.value, "outcome": following.outcome.value}
    statement.add(
        f"""execution AS (UPDATE executions_execution e SET {", ".join(changes)}
             WHERE e.id = %(execution)s::bigint AND e.status = 'running' AND e.phase = %(phase_was)s::text
               AND (e.cancel_requested_at IS NOT NULL) = %(cancel_was)s::boolean
               AND COALESCE(CASE e.phase WHEN 'teardown' THEN e.teardown_deadline ELSE e.deadline END
                            <= statement_timestamp(), FALSE) = %(deadline_was)s::boolean
               AND {guard}
             RETURNING e.id, e.event_number, e.flow_id, e.flow_version_id, e.environment_id)""",
        **params,
    )


COUNTERS: Mapping[StepStatus, str] = {
    StepStatus.PASSED: "passed_count",
    StepStatus.FAILED: "failed_count",
    StepStatus.SKIPPED: "skipped_count",
    StepStatus.CANCELLED: "cancelled_count",
    StepStatus.RETRYING: "retry_count",
}


def _counters(claim: Claim, ended: Ended, further: Sequence[Further]) -> list[tuple[str, int]]:
    """The execution's counters that grow, and by how much; in one order, so that there are few statements."""
    found = Counter(COUNTERS[one.step] for one in (ended, *(step.ended for step in further)) if one.step in COUNTERS)
    if ended.step is StepStatus.FAILED and ended.soft:
        found["soft_failed_count"] += 1
    if ended.step is StepStatus.PASSED and claim.number > 1:
        found["recovered_count"] += 1
    return sorted(found.items())


def _add_step_run(statement: Statement, ended: Ended, following: Next, over: str) -> None:
    changes = ["status = %(step_status)s::text"]
    params: dict[str, Any] = {"step_status": ended.step.value}
    if ended.step.is_final:
        changes.append(
            f"""finished_at = {over}, skip_reason = %(skip_reason)s::text, failure_kind = %(kind)s::text,
               failure_code = %(code)s::text, message = %(message)s::text, soft = %(soft)s::boolean,
               resume_state = NULL,
               recovered = (%(step_status)s::text = 'passed' AND s.attempts > 1), asserted = %(asserted)s::boolean,
               may_have_taken_effect = %(effect)s::boolean, protocol = %(protocol)s::text, service = %(service)s::text,
               operation = %(operation)s::text, route = %(route)s::text"""
        )
        protocol, service, operation, route = ended.endpoint
        params |= {
            "skip_reason": ended.skip_reason,
            "kind": ended.failure.kind if ended.failure else "",
            "code": ended.failure.code if ended.failure else "",
            "message": ended.failure.message if ended.failure else ended.message,
            "soft": ended.soft,
            "asserted": ended.asserted,
            "effect": ended.may_have_taken_effect,
            "protocol": protocol,
            "service": service,
            "operation": operation,
            "route": route,
        }
    elif isinstance(following, Await):
        changes.append("due_at = NULL, pending_children = 1, resume_state = %(resume_state)s::bytea")
        changes.append("message = %(message)s::text")
        changes.append("stop_at = statement_timestamp() + make_interval(secs => %(stop_after)s::float8)")
        params |= {"resume_state": seal(ended.resume_state), "message": ended.message, "stop_after": following.seconds}
    elif isinstance(following, Fan):
        more, given = fan_changes(following)
        changes += more
        params |= {"resume_state": seal(ended.resume_state), "message": ended.message, **given}
    else:
        assert isinstance(following, (Again, Wait))
        changes.append("due_at = statement_timestamp() + make_interval(secs => %(wait)s::float8)")
        changes.append("sent_at = CASE WHEN %(wait)s::float8 = 0 THEN statement_timestamp() END")
        changes.append("sends = CASE WHEN %(wait)s::float8 = 0 THEN 1 ELSE 0 END")
        if not (isinstance(following, Wait) and following.keeps_state):
            changes.append("resume_state = %(resume_state)s::bytea")
            params["resume_state"] = None if ended.resume_state is None else seal(ended.resume_state)
        changes.append("lost_attempts = s.lost_attempts + %(lost)s::int")
        changes.append("message = %(message)s::text")
        params |= {
            "wait": following.seconds,
            "lost": int(ended.lost or ended.attempt is AttemptStatus.LOST),
            "message": ended.failure.message if ended.failure else ended.message,
        }
    statement.add(
        f"""step AS (UPDATE executions_steprun s SET {", ".join(changes)}
             FROM execution WHERE s.id = %(step_run)s::bigint)""",
        **params,
    )


def _add_attempt(statement: Statement, ended: Ended, over: str) -> None:
    statement.add(
        f"""attempt AS (UPDATE executions_attempt a SET status = %(attempt_status)s::text,
             finished_at = CASE WHEN %(attempt_status)s::text <> 'waiting' THEN {over} END,
             failure_kind = %(a_kind)s::text, failure_code = %(a_code)s::text, failure_message = %(a_message)s::text,
             timing = %(timing)s::text, condition = %(condition)s::text, assertions = %(assertions)s::text,
             captured = %(captured)s::text, reads = %(reads)s::text, draws = %(draws)s::text
             FROM execution WHERE a.id = %(attempt)s::bigint)""",
        attempt_status=ended.attempt.value,
        a_kind=ended.failure.kind if ended.failure else "",
        a_code=ended.failure.code if ended.failure else "",
        a_message=ended.failure.message if ended.failure else "",
        timing=as_json(ended.timing),
        condition=as_json(ended.condition),
        assertions=as_json(ended.assertions),
        captured=as_json(ended.captured),
        reads=as_json(ended.reads),
        draws=as_json(ended.draws),
    )


PAYLOAD_COLUMNS = """attempt_id, created_at, request, response, request_size, response_size, is_cut, is_partial,
    content_type, response_hash"""
PAYLOAD_VALUES = """%(attempt)s::bigint, statement_timestamp(), %(request)s::text, %(response)s::text,
    %(request_size)s::bigint, %(response_size)s::bigint, %(is_cut)s::boolean, %(is_partial)s::boolean,
    %(content_type)s::text,
    %(response_hash)s::text"""


DELETE_PAYLOAD = "DELETE FROM executions_payload p {using} WHERE p.attempt_id = %(attempt)s::bigint"


def _add_payload(statement: Statement, payload: Recorded, *, replaces: bool) -> None:
    """`replaces` what the same attempt had written before it was parked."""
    if replaces:
        statement.add(f"replaced AS ({DELETE_PAYLOAD.format(using='USING execution')})")
    statement.add(
        f"payload AS (INSERT INTO executions_payload ({PAYLOAD_COLUMNS}) SELECT {PAYLOAD_VALUES} FROM execution)",
        **vars(payload),
    )


def insert_payload(claim: Claim, payload: Recorded) -> None:
    if claim.resume_state is not None:
        fetch_one(f"{DELETE_PAYLOAD.format(using='')} RETURNING attempt_id", {"attempt": claim.attempt_id})
    fetch_one(
        f"INSERT INTO executions_payload ({PAYLOAD_COLUMNS}) VALUES ({PAYLOAD_VALUES}) RETURNING attempt_id",
        {"attempt": claim.attempt_id, **vars(payload), "content_type": storable(payload.content_type)},
    )


def _add_live_values(statement: Statement, kept: Sequence[Kept]) -> None:
    statement.add(
        """live AS (INSERT INTO executions_livevalue (execution_id, turn, path, name, ciphertext)
             SELECT execution.id, v.turn, v.path, v.name, v.ciphertext FROM execution,
                    unnest(%(value_turns)s::text[], %(paths)s::text[], %(names)s::text[], %(ciphertexts)s::bytea[])
                        AS v (turn, path, name, ciphertext)
             ON CONFLICT (execution_id, turn, path, name) DO UPDATE SET ciphertext = excluded.ciphertext)""",
        value_turns=[value.turn for value in kept],
        paths=[value.path for value in kept],
        names=[value.name for value in kept],
        ciphertexts=[value.seal() for value in kept],
    )


def _add_next_step(statement: Statement, go: Go, worker_id: int | None, *, after_further: bool) -> None:
    # Those were run before it and so have lower ids: counting them has them written first.
    where = "WHERE (SELECT count(*) FROM more_steps) > 0" if after_further else ""
    planned = go.step
    statement.add(
        f"""next_step AS (INSERT INTO executions_steprun (execution_id, flow_id, flow_version_id, environment_id,
                path, key, step_id, section, parent_id, container_id, "index",
                position, action, status, due_at, sent_at, sends, started_at,
                attempts, fence,
                lost_attempts, pending_children, skip_reason, failure_kind, failure_code, message, recovered, soft,
                asserted, may_have_taken_effect, protocol, service, operation, route)
             SELECT id, flow_id, flow_version_id, environment_id, %(n_path)s::text, %(n_key)s::text,
                %(n_id)s::text, %(n_section)s::text,
                %(n_parent)s::bigint, %(n_container)s::bigint, %(n_turn)s::int, %(n_position)s::int, %(n_action)s::text,
                CASE WHEN %(claim)s::boolean THEN 'running' ELSE 'pending' END,
                CASE WHEN NOT %(claim)s::boolean THEN statement_timestamp() END,
                statement_timestamp(), 1,
                CASE WHEN %(claim)s::boolean THEN statement_timestamp() END,
                CASE WHEN %(claim)s::boolean THEN 1 ELSE 0 END, CASE WHEN %(claim)s::boolean THEN 1 ELSE 0 END,
                0, 0, '', '', '', '', FALSE, FALSE, FALSE, FALSE, '', '', '', ''
             FROM execution {where} RETURNING id)""",
        n_path=go.path,
        n_key=planned.key,
        n_id=planned.step.id,
        n_section=planned.section,
        n_parent=go.parent_id,
        n_container=go.container_id,
        n_turn=go.turn,
        n_position=planned.position,
        n_action=planned.step.action,
        claim=go.claim,
    )
    if go.claim:
        statement.add(
            """next_attempt AS (INSERT INTO executions_attempt (step_run_id, number, fence, worker_id, status, due_at,
                   started_at, failure_kind, failure_code, failure_message)
                 SELECT id, 1, 1, %(worker)s::bigint, 'running', statement_timestamp(), statement_timestamp(),
                        '', '', ''
                 FROM next_step RETURNING id)""",
            worker=worker_id,
        )
