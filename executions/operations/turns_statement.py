"""The parts of the settling statement for steps inside a step: turns that begin, and turns that end.

Lock order: child, container, execution (DESIGN §5.3). What a turn's end leads to is decided here and not in Python,
because only under the container's lock is it known who comes last: see docs/decisions/021.
"""

from collections.abc import Sequence
from typing import Any

from executions.operations.statement import Statement
from executions.settling import Arrive, Fan
from flows.language.plan import PlannedStep, in_turn

COLUMNS = """execution_id, flow_id, flow_version_id, environment_id, path, key, step_id, section, parent_id,
    container_id, "index", position, action, status, due_at, sent_at, sends, started_at, attempts, fence, lost_attempts,
    skip_reason, failure_kind, failure_code, message, recovered, soft, asserted, may_have_taken_effect, protocol,
    service, operation, route"""


def fan_changes(fan: Fan) -> tuple[list[str], dict[str, Any]]:
    """What opening changes of the container's own row."""
    changes = [
        "due_at = NULL, resume_state = %(resume_state)s::bytea, message = %(message)s::text",
        "turns = %(turns)s::int, turns_started = %(first_turn)s::int + %(starting)s::int",
        "pending_children = %(starting)s::int, stops_at_failure = %(stops_at_failure)s::boolean",
    ]
    params: dict[str, Any] = {"turns": fan.total, "first_turn": fan.first, "starting": fan.starting}
    params["stops_at_failure"] = fan.stops_at_failure
    if fan.seconds is not None:
        changes.append("stop_at = statement_timestamp() + make_interval(secs => %(stop_after)s::float8)")
        params["stop_after"] = fan.seconds
    return changes, params


def add_turns(statement: Statement, fan: Fan, worker_id: int | None) -> None:
    """The first steps of the turns that begin at once: due, and the very first of them claimed if `fan` says so."""
    turns = range(fan.first, fan.first + fan.starting)
    firsts = [fan.first_of(turn) for turn in turns]
    statement.add(
        f"""opened AS (SELECT t.*, %(claim)s::boolean AND t.place = 1 AS claims, execution.id AS execution_id,
                execution.flow_id, execution.flow_version_id, execution.environment_id
             FROM execution, unnest(%(t_paths)s::text[], %(t_keys)s::text[], %(t_ids)s::text[], %(t_positions)s::text[],
                %(t_actions)s::text[], %(t_numbers)s::text[])
                WITH ORDINALITY AS t (path, key, step_id, position, action, number, place)),
             turns AS (INSERT INTO executions_steprun ({COLUMNS})
             SELECT execution_id, flow_id, flow_version_id, environment_id, path, key, step_id, %(t_section)s::text,
                %(step_run)s::bigint, %(step_run)s::bigint, NULLIF(number, '')::int, position::int, action,
                CASE WHEN claims THEN 'running' ELSE 'pending' END,
                CASE WHEN NOT claims THEN statement_timestamp() END,
                statement_timestamp(), 1,
                CASE WHEN claims THEN statement_timestamp() END, claims::int, claims::int, 0,
                '', '', '', '', FALSE, FALSE, FALSE, FALSE, '', '', '', ''
             FROM opened ORDER BY place RETURNING id, status)""",  # noqa: S608 - of constants; values are parameters
        t_paths=[
            in_turn(fan.container_path, turn if fan.is_numbered else None, first.key)
            for turn, first in zip(turns, firsts, strict=True)
        ],
        t_numbers=[str(turn) if fan.is_numbered else "" for turn in turns],
        **_columns(firsts),
        t_section=firsts[0].section,
        claim=fan.claim,
    )
    if fan.claim:
        add_first_attempt(statement, "(SELECT id FROM turns WHERE status = 'running') AS first_step", worker_id)


def add_container_lock(statement: Statement, arrive: Arrive) -> None:
    """To come before the execution's own part."""
    statement.add(
        """turn AS (SELECT %(turn_failed)s::boolean OR EXISTS (
               SELECT FROM executions_steprun s WHERE s.parent_id = %(container)s::bigint
                 AND s."index" IS NOT DISTINCT FROM %(turn)s::int AND s.status = 'failed'
                 AND s.key <> ALL (%(forgiven)s::text[])) AS failed),
           container AS (
             SELECT p.id, p.stopping, p.turns_started AS next_turn, turn.failed,
                p.stops_at_failure AND turn.failed AS stops,
                p.turns_started < p.turns AND p.stopping = '' AND %(may_start)s::boolean
                    AND NOT (p.stops_at_failure AND turn.failed) AS starts,
                p.pending_children = 1 AS is_last
             FROM executions_steprun p, turn
             WHERE p.id = %(container)s::bigint AND EXISTS (SELECT FROM fenced) FOR NO KEY UPDATE OF p)""",
        container=arrive.container_id,
        turn=arrive.turn,
        turn_failed=arrive.failed,
        forgiven=list(arrive.forgiven),
        may_start=arrive.may_start,
        arrival_claims=arrive.claim,
    )


# To be added to the execution's event number: what is claimed is told too.
ARRIVAL_EVENTS = "(SELECT (%(arrival_claims)s::boolean AND (starts OR is_last))::int FROM container)"

ARRIVAL_COLUMNS = """, arrived.starts, arrived.is_last, arrived.next_turn, arrived.id AS container_id,
    arrived.path AS container_path, arrived.fence AS container_fence, arrived.attempts AS container_attempts,
    arrived.lost_attempts AS container_lost, arrived.resume_state AS container_state,
    arrived.parent_id AS container_parent, arrived.container_id AS outer_id, arrived.turn AS container_turn,
    arrived.stopping AS container_stopping,
    (SELECT o.stopping FROM executions_steprun o WHERE o.id = arrived.container_id) AS outer_stopping,
    container_attempt.id AS container_attempt, container_attempt.draws AS container_draws
    FROM (SELECT 1) AS one LEFT JOIN arrived ON TRUE LEFT JOIN container_attempt ON TRUE"""


def add_arrival(statement: Statement, arrive: Arrive, worker_id: int | None) -> None:
    """The end of a turn: the next one begins, or the container has one less to wait for, and goes on after the last."""
    statement.add(
        """arrived AS (UPDATE executions_steprun p
             SET pending_children = p.pending_children - CASE WHEN c.starts THEN 0 ELSE 1 END,
                 turns_started = p.turns_started + c.starts::int,
                 turns_failed = p.turns_failed + c.failed::int,
                 stopping = CASE WHEN c.stops AND p.stopping = '' THEN p.path || %(turn_label)s::text || ' failed'
                                 ELSE p.stopping END,
                 stop_at = CASE WHEN c.starts OR NOT c.is_last THEN p.stop_at END,
                 due_at = CASE WHEN NOT c.starts AND c.is_last AND NOT %(arrival_claims)s::boolean
                               THEN statement_timestamp() END,
                 sent_at = statement_timestamp(), sends = 1,
                 fence = p.fence + (NOT c.starts AND c.is_last AND %(arrival_claims)s::boolean)::int
             FROM container c, execution WHERE p.id = c.id
             RETURNING p.id, p.path, p.fence, p.attempts, p.lost_attempts, p.resume_state, p.parent_id, p.container_id,
                 p."index" AS turn, p.stopping, c.starts, NOT c.starts AND c.is_last AS is_last, c.next_turn),
           container_attempt AS (UPDATE executions_attempt a
             SET status = 'running', fence = arrived.fence, worker_id = %(worker)s::bigint
             FROM arrived WHERE arrived.is_last AND %(arrival_claims)s::boolean
               AND a.step_run_id = arrived.id AND a.number = arrived.attempts RETURNING a.id, a.draws)""",
        worker=worker_id,
        turn_label="" if arrive.turn is None else f"[{arrive.turn}]",
    )
    statement.add(
        f"""next_step AS (INSERT INTO executions_steprun ({COLUMNS})
             SELECT execution.id, execution.flow_id, execution.flow_version_id, execution.environment_id,
                arrived.path || '[' || arrived.next_turn || ']' || f.tail, f.key, f.step_id, %(t_section)s::text,
                arrived.id, arrived.id, arrived.next_turn, f.position::int, f.action,
                CASE WHEN %(arrival_claims)s::boolean THEN 'running' ELSE 'pending' END,
                CASE WHEN NOT %(arrival_claims)s::boolean THEN statement_timestamp() END,
                statement_timestamp(), 1,
                CASE WHEN %(arrival_claims)s::boolean THEN statement_timestamp() END,
                %(arrival_claims)s::boolean::int, %(arrival_claims)s::boolean::int, 0,
                '', '', '', '', FALSE, FALSE, FALSE, FALSE, '', '', '', ''
             FROM execution, arrived,
                unnest(%(t_keys)s::text[], %(t_ids)s::text[], %(t_positions)s::text[], %(t_actions)s::text[],
                    %(t_tails)s::text[]) WITH ORDINALITY AS f (key, step_id, position, action, tail, place)
             WHERE arrived.starts AND f.place = LEAST(arrived.next_turn + 1, cardinality(%(t_keys)s::text[]))
             RETURNING id)""",  # noqa: S608 - of constants; values are parameters
        **_columns(arrive.firsts),
        t_tails=[_tail(first) for first in arrive.firsts],
        t_section=arrive.firsts[0].section,
    )
    if arrive.claim:
        add_first_attempt(statement, "next_step", worker_id)


def add_first_attempt(statement: Statement, of: str, worker_id: int | None) -> None:
    statement.add(
        f"""next_attempt AS (INSERT INTO executions_attempt (step_run_id, number, fence, worker_id, status, due_at,
               started_at, failure_kind, failure_code, failure_message)
             SELECT id, 1, 1, %(worker)s::bigint, 'running', statement_timestamp(), statement_timestamp(), '', '', ''
             FROM {of} RETURNING id)""",  # noqa: S608 - a part of this statement
        worker=worker_id,
    )


def _columns(steps: Sequence[PlannedStep]) -> dict[str, list[str]]:
    return {
        "t_keys": [step.key for step in steps],
        "t_ids": [step.step.id for step in steps],
        "t_positions": [str(step.position) for step in steps],
        "t_actions": [step.step.action for step in steps],
    }


def _tail(first: PlannedStep) -> str:
    """What comes after the turn in its address."""
    return first.key[len(first.container or "") :]
