"""Reads the facts about one failed execution from the record and the roll-ups: a fixed number of short questions."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, timedelta
from typing import Any, Final

from analytics.diagnosis.asserted import asserted_ms
from analytics.diagnosis.beside import runs_beside
from analytics.diagnosis.changes import add_changes
from analytics.diagnosis.evidence import Facts
from analytics.diagnosis.fleet import add_fleet
from analytics.diagnosis.freshness import made_by, makers_before
from analytics.diagnosis.hours import skew_of
from analytics.diagnosis.lacking import lacking, source_differences, sources
from analytics.diagnosis.limits import limit_ms
from analytics.diagnosis.samples import (
    Exchange,
    exchanges,
    input_differences,
    is_foreign,
    is_same_request,
    response_differences,
)
from analytics.models import StepHealth
from analytics.questions.rows import rows
from executions.masking import is_secret_name
from executions.models import Attempt, Execution, StepRun
from executions.status import AttemptStatus
from flows.language import jsontext

BASELINE: Final = 50  # runs looked back at
ELSEWHERE: Final = timedelta(days=7)
OVERCOME: Final = 10  # runs that passed after a retry, whose failures are looked at
BY_HOUR: Final = timedelta(days=30)


@dataclass(frozen=True)
class Gathered:
    step: StepRun
    facts: Facts
    last_pass: Mapping[str, Any] | None  # id, finished_at
    excerpt: str  # of the response; from a system under test
    elsewhere: Mapping[str, Any] | None  # environment and time of a run of the step that passed
    past: Sequence[Mapping[str, Any]] = ()  # runs of the step before this one, newest first
    broken: Sequence[Mapping[str, Any]] = ()  # assertions that did not hold


def gather(execution: Execution) -> Gathered | None:
    """None where no step failed: it was cancelled, or ran out of time."""
    if not execution.failed_step_path:
        return None
    step = StepRun.objects.filter(execution=execution, path=execution.failed_step_path).first()
    if step is None:
        return None
    return _gathered(execution, step, Attempt.objects.filter(step_run=step).order_by("-number").first())


def gather_overcome(execution: Execution, step_run_id: int) -> Gathered | None:
    """The same of a step that a retry brought through: its last attempt that failed, as if it had ended with it."""
    step = StepRun.objects.filter(execution=execution, pk=step_run_id).first()
    failed = Attempt.objects.filter(step_run=step_run_id, status=AttemptStatus.FAILED, finished_at__isnull=False)
    attempt = failed.order_by("-number").first()
    if step is None or attempt is None:
        return None
    step.failure_kind, step.failure_code = attempt.failure_kind, attempt.failure_code
    step.message, step.attempts = attempt.failure_message, attempt.number
    return _gathered(execution, step, attempt)


def _gathered(execution: Execution, step: StepRun, attempt: Attempt | None) -> Gathered:
    facts = Facts(
        kind=step.failure_kind,
        code=step.failure_code,
        message=step.message,
        protocol=step.protocol,
        service=step.service,
        operation=step.operation,
        route=step.route,
        attempts=step.attempts,
        ms=_ms(attempt) if attempt else None,
        assertion=_broken(attempt),
    )
    past = _past(execution, step, facts)
    passed = [one for one in past if one["status"] == "passed"]
    last_pass = passed[0] if passed else None
    own = _compare(execution, step, attempt, facts, passed)
    _lacking(execution, step, attempt, facts)
    facts.runs_beside = runs_beside(execution, step)
    elsewhere = _elsewhere(execution, step, facts)
    facts.limit_ms = _limit(step, facts)
    _health(execution, step, facts)
    _hours(execution, step, facts)
    add_fleet(facts, execution, step, attempt)
    if last_pass is not None:
        add_changes(facts, execution, step, attempt, last_pass)
    return Gathered(step, facts, last_pass, own.excerpt, elsewhere, past, _all_broken(attempt))


def _compare(
    execution: Execution, step: StepRun, attempt: Attempt | None, facts: Facts, passed: list[dict[str, Any]]
) -> Exchange:
    """What was sent and came back, beside that of runs that passed."""
    if attempt is None:
        return Exchange()
    own, before = exchanges(attempt, [one["id"] for one in passed])
    facts.status = own.status if step.protocol == "http" else None
    facts.inputs = input_differences(own, before)
    facts.is_same_request = is_same_request(own, before)
    facts.is_foreign = step.protocol == "http" and is_foreign(own, before)
    if facts.kind in {"assertion", "extraction"}:  # else there is no answer, or a part of one
        facts.shapes = response_differences(own, before)
    facts.expects_captured = _expects(attempt, facts.assertion)
    _add_makers(execution, step, attempt, facts)
    facts.is_fresh_token = any(
        one["source"].startswith("captured") and is_secret_name(one["name"]) for one in attempt.reads or ()
    )
    if made := made_by(execution, attempt, own.request):
        facts.made_by, facts.made_ms_ago = made
    return own


def _add_makers(execution: Execution, step: StepRun, attempt: Attempt, facts: Facts) -> None:
    makers = makers_before(execution, step)
    facts.made_steps = len(makers)
    facts.expects_made = any(
        one["name"] in facts.expects_captured and one["source"].partition(":")[2] in makers
        for one in attempt.reads or ()
    )


def _lacking(execution: Execution, step: StepRun, attempt: Attempt | None, facts: Facts) -> None:
    if facts.kind == "template":
        facts.lacks, facts.lacks_name = lacking(step, attempt)
    if facts.lacks in {"step", "value"}:
        read = sources(execution, step, attempt, facts.lacks_name)
        facts.source_step, facts.source_shapes = source_differences(execution, read)


def _expects(attempt: Attempt, assertion: Mapping[str, Any] | None) -> list[str]:
    """Names in a broken assertion that an earlier step of this run gave a value."""
    if assertion is None:
        return []
    text = str(assertion.get("expression", ""))
    given = (one["name"] for one in attempt.reads or () if one["source"].startswith(("captured", "step:")))
    return sorted(name for name in given if re.search(rf"(?<![\w.\"']){re.escape(name)}\b", text))


def _limit(step: StepRun, facts: Facts) -> float | None:
    """In milliseconds: what was asserted, what the flow says, or when it gave up."""
    if facts.assertion is not None and (asserted := asserted_ms(facts.assertion)) is not None:
        return asserted
    written = limit_ms(step)
    return written if written is not None or facts.kind != "timeout" else facts.ms


def _broken(attempt: Attempt | None) -> Mapping[str, Any] | None:
    return next(iter(_all_broken(attempt)), None)


def _all_broken(attempt: Attempt | None) -> list[Mapping[str, Any]]:
    found = (attempt.assertions or []) if attempt else []
    return [one for one in found if not one.get("passed")]


def _ms(attempt: Attempt) -> float | None:
    if attempt.finished_at is None:
        return None
    return (attempt.finished_at - attempt.started_at).total_seconds() * 1000


def _past(execution: Execution, step: StepRun, facts: Facts) -> list[dict[str, Any]]:
    """The runs of this step before this one, in this environment, newest first: baseline and streak."""
    found = rows(_PAST.format(here=_here(execution)), _place(execution, step))
    passed = [one for one in found if one["status"] == "passed"]
    facts.looked_at, facts.passed_before = len(found), len(passed)
    facts.streak = 1 + next((at for at, one in enumerate(found) if one["status"] == "passed"), len(found))
    facts.retry_passes = sum(one["recovered"] for one in passed)
    facts.failed_before = _failed_before(found)
    facts.never_passed_here = not passed
    # Of a run with retries the time is that of all its attempts.
    durations = sorted(one["ms"] for one in passed if one["ms"] is not None and not one["recovered"])
    if durations:
        facts.median_ms = durations[len(durations) // 2]
        facts.p95_ms = durations[min(len(durations) - 1, int(0.95 * len(durations)))]
    if facts.assertion is not None:
        facts.usual_actuals, facts.seen_in_polls = _actuals(facts.assertion, [one["id"] for one in passed])
    return found


def _failed_before(past: list[dict[str, Any]]) -> list[str]:
    """`kind/code` of each failure in these runs, and of each that a retry overcame in the last of them."""
    known = {f"{one['failure_kind']}/{one['failure_code']}" for one in past if one["status"] == "failed"}
    recovered = [one["id"] for one in past if one["recovered"]][:OVERCOME]
    if recovered:
        overcome = Attempt.objects.filter(step_run__in=recovered, status="failed")
        pairs = overcome.order_by().values_list("failure_kind", "failure_code").distinct()
        known |= {f"{kind}/{code}" for kind, code in pairs}
    return sorted(known)


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


def _hours(execution: Execution, step: StepRun, facts: Facts) -> None:
    """Only of a step that has failed and passed before: else there is nothing to tell apart."""
    if step.started_at is None or not facts.passed_before:
        return
    place = _place(execution, step) | {"since": step.started_at - BY_HOUR}
    by_hour = {one["hour"]: (one["failed"], one["n"]) for one in rows(_BY_HOUR.format(here=_here(execution)), place)}
    facts.hours = skew_of(by_hour, step.started_at.astimezone(UTC).hour)


def _here(execution: Execution) -> str:
    """Runs without an environment are compared with others without one."""
    return "IS NULL" if execution.environment_id is None else "= %(environment)s"


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


_COLUMNS: Final = """s.id, s.execution_id, s.status, s.recovered, s.finished_at, s.flow_version_id, s.service,
    s.failure_kind, s.failure_code,
    e.environment_revision, extract(epoch FROM s.finished_at - s.started_at)::float8 * 1000 AS ms"""
_PAST: Final = f"""
    SELECT {_COLUMNS} FROM executions_steprun s JOIN executions_execution e ON e.id = s.execution_id
     WHERE s.flow_id = %(flow)s AND s.environment_id {{here}} AND s.key = %(key)s
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
# The failure itself is among them.
_BY_HOUR: Final = """
    SELECT extract(hour FROM started_at AT TIME ZONE 'UTC')::int AS hour, count(*)::int AS n,
           (count(*) FILTER (WHERE status = 'failed'))::int AS failed
      FROM (SELECT started_at, status FROM executions_steprun s
             WHERE s.flow_id = %(flow)s AND s.environment_id {here} AND s.key = %(key)s
               AND s.started_at <= %(before)s AND s.started_at >= %(since)s AND s.status IN ('passed', 'failed')
             ORDER BY s.started_at DESC LIMIT 500) latest
     GROUP BY 1"""
