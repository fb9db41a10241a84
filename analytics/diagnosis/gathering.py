"""Reads the facts about one failed execution from the record and the roll-ups: a fixed number of short questions."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from analytics.diagnosis.evidence import Facts
from analytics.flakiness.incidents import AROUND
from analytics.models import StepHealth
from analytics.questions.rows import rows
from executions.models import Attempt, Execution, StepRun
from flows.language import jsontext

BASELINE: Final = 50  # runs looked back at
ELSEWHERE: Final = timedelta(days=7)
RESPONSE: Final = 2_000  # characters of a response that are shown


@dataclass(frozen=True)
class Gathered:
    step: StepRun
    facts: Facts
    last_pass: Mapping[str, Any] | None  # id, finished_at
    excerpt: str  # of the response; from a system under test
    elsewhere: Mapping[str, Any] | None  # environment and time of a run of the step that passed


def gather(execution: Execution) -> Gathered | None:
    """None where no step failed: it was cancelled, or ran out of time."""
    if not execution.failed_step_path:
        return None
    step = StepRun.objects.filter(execution=execution, path=execution.failed_step_path).first()
    if step is None:
        return None
    attempt = Attempt.objects.filter(step_run=step).order_by("-number").first()
    excerpt = _excerpt(attempt)
    facts = Facts(
        kind=step.failure_kind,
        code=step.failure_code,
        message=step.message,
        protocol=step.protocol,
        service=step.service,
        operation=step.operation,
        route=step.route,
        status=_status(step, excerpt),
        attempts=step.attempts,
        ms=_ms(attempt) if attempt else None,
        assertion=_broken(attempt),
    )
    last_pass = _past(execution, step, facts)
    elsewhere = _elsewhere(execution, step, facts)
    _health(execution, step, facts)
    _fleet(execution, step, facts)
    if last_pass is not None:
        facts.environment_changed = last_pass["environment_revision"] != execution.environment_revision
        facts.flow_changed = last_pass["flow_version_id"] != execution.flow_version_id
    return Gathered(step, facts, last_pass, excerpt, elsewhere)


def _excerpt(attempt: Attempt | None) -> str:
    """The beginning of the response as it is kept: masked."""
    if attempt is None:
        return ""
    found = rows(
        "SELECT left(response, %(most)s) AS response FROM executions_payload WHERE attempt_id = %(attempt)s",
        {"attempt": attempt.pk, "most": RESPONSE},
    )
    return (found[0]["response"] or "") if found else ""


def _status(step: StepRun, excerpt: str) -> int | None:
    """The response as kept begins with it."""
    if step.protocol != "http" or not excerpt.startswith('{"status"'):
        return None
    digits = excerpt.partition(":")[2].strip()[:3]
    return int(digits) if digits.isdigit() else None


def _broken(attempt: Attempt | None) -> Mapping[str, Any] | None:
    found = (attempt.assertions or []) if attempt else []
    return next((one for one in found if not one.get("passed")), None)


def _ms(attempt: Attempt) -> float | None:
    if attempt.finished_at is None:
        return None
    return (attempt.finished_at - attempt.started_at).total_seconds() * 1000


def _past(execution: Execution, step: StepRun, facts: Facts) -> Mapping[str, Any] | None:
    """The runs of this step before this one, in this environment: baseline, streak, and the last that passed."""
    found = rows(_PAST, _place(execution, step))
    passed = [one for one in found if one["status"] == "passed"]
    facts.looked_at, facts.passed_before = len(found), len(passed)
    facts.streak = 1 + next((at for at, one in enumerate(found) if one["status"] == "passed"), len(found))
    facts.retry_passes = sum(one["recovered"] for one in passed)
    facts.never_passed_here = not passed
    durations = sorted(one["ms"] for one in passed if one["ms"] is not None)
    if durations:
        facts.median_ms = durations[len(durations) // 2]
        facts.p95_ms = durations[min(len(durations) - 1, int(0.95 * len(durations)))]
    if facts.assertion is not None:
        facts.usual_actuals, facts.seen_in_polls = _actuals(facts.assertion, [one["id"] for one in passed])
    return passed[0] if passed else None


def _actuals(assertion: Mapping[str, Any], step_run_ids: list[int]) -> tuple[list[Any], bool]:
    """What the same assertion saw in runs that passed; and whether this value came there before the right one."""
    found = Attempt.objects.filter(step_run__in=step_run_ids[:20], assertions__isnull=False)
    seen: list[Any] = []
    was_passing_through = False
    for attempt in found.only("assertions", "status"):
        for one in attempt.assertions or []:
            if one.get("expression") == assertion.get("expression"):
                if one.get("passed"):
                    seen.append(one.get("actual"))
                elif one.get("actual") == assertion.get("actual"):
                    was_passing_through = True
    return seen, was_passing_through


def _elsewhere(execution: Execution, step: StepRun, facts: Facts) -> Mapping[str, Any] | None:
    found = rows(_ELSEWHERE, {**_place(execution, step), "since": execution.queued_at - ELSEWHERE})
    facts.passes_elsewhere = bool(found)
    facts.fails_here_passes_elsewhere = bool(found) and facts.streak >= 2
    return found[0] if found else None


def _health(execution: Execution, step: StepRun, facts: Facts) -> None:
    health = StepHealth.objects.filter(
        flow_id=execution.flow_id, environment=execution.environment_name, key=step.key
    ).first()
    facts.flake_rate = health.rate if health and health.n >= 10 else None


def _fleet(execution: Execution, step: StepRun, facts: Facts) -> None:
    """Who else failed in the same minutes, in this environment."""
    if not step.service or step.finished_at is None:
        return
    found = rows(
        _FLEET,
        {
            "workspace": execution.workspace_id,
            "environment": execution.environment_name,
            "since": step.finished_at - AROUND,
            "until": step.finished_at + AROUND,
            "service": step.service,
        },
    )[0]
    facts.flows_failing, facts.services_failing = found["flows"], found["services"]
    facts.runs_failing_share = found["failed"] / found["runs"] if found["runs"] else 0.0


def _place(execution: Execution, step: StepRun) -> dict[str, Any]:
    return {
        "workspace": execution.workspace_id,
        "flow": execution.flow_id,
        "environment": execution.environment_id,
        "key": step.key,
        "before": step.started_at,
        "step_run": step.pk,
        "most": BASELINE,
    }


def truncated(text: str) -> Any:
    """A response as data: the object if it is whole, else its beginning."""
    try:
        return jsontext.loads(text)
    except ValueError:
        return text


_COLUMNS: Final = """s.id, s.execution_id, s.status, s.recovered, s.finished_at, s.flow_version_id,
    e.environment_revision, extract(epoch FROM s.finished_at - s.started_at)::float8 * 1000 AS ms"""
_PAST: Final = f"""
    SELECT {_COLUMNS} FROM executions_steprun s JOIN executions_execution e ON e.id = s.execution_id
     WHERE s.flow_id = %(flow)s AND s.environment_id = %(environment)s AND s.key = %(key)s
       AND s.started_at < %(before)s AND s.status IN ('passed', 'failed') AND s.id <> %(step_run)s
     ORDER BY s.started_at DESC LIMIT %(most)s"""
# One descent of step_run_history for each other environment.
_ELSEWHERE: Final = """
    SELECT v.name AS environment, r.finished_at FROM flows_environment v, LATERAL (
           SELECT s.status, s.finished_at FROM executions_steprun s
            WHERE s.flow_id = %(flow)s AND s.environment_id = v.id AND s.key = %(key)s
              AND s.started_at >= %(since)s AND s.status IN ('passed', 'failed')
            ORDER BY s.started_at DESC LIMIT 1) r
     WHERE v.workspace_id = %(workspace)s AND v.id IS DISTINCT FROM %(environment)s AND r.status = 'passed'
     ORDER BY r.finished_at DESC LIMIT 1"""
_FLEET: Final = """
    SELECT count(DISTINCT e.flow_id) FILTER (WHERE s.status = 'failed' AND s.service = %(service)s)::int AS flows,
           count(DISTINCT s.service) FILTER (WHERE s.status = 'failed')::int AS services,
           count(DISTINCT e.id) FILTER (WHERE s.status = 'failed' AND s.service = %(service)s)::int AS failed,
           count(DISTINCT e.id) FILTER (WHERE s.service = %(service)s)::int AS runs
      FROM executions_execution e JOIN executions_steprun s ON s.execution_id = e.id
     WHERE e.workspace_id = %(workspace)s AND e.finished_at >= %(since)s
       AND e.finished_at <= %(until)s::timestamptz + interval '1 hour'
       AND e.environment_name = %(environment)s AND s.service <> '' AND s.status IN ('passed', 'failed')
       AND s.finished_at >= %(since)s AND s.finished_at <= %(until)s"""
