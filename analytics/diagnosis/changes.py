"""What of a run's surroundings is not as it was at the last pass, and whether the step depends on it."""

from collections.abc import Mapping
from typing import Any, Final

from analytics.diagnosis.evidence import Facts
from analytics.questions.rows import rows
from executions.models import Attempt, Execution, StepRun
from flows.language import jsontext

MOST_STEPS: Final = 200  # of an execution, whose reads are looked at
ABSENT: Final = object()


def add_changes(facts: Facts, execution: Execution, step: StepRun, attempt: Attempt | None, last_pass: Any) -> None:
    facts.environment_changed = last_pass["environment_revision"] != execution.environment_revision
    facts.flow_changed = last_pass["flow_version_id"] != execution.flow_version_id
    facts.service_before = last_pass["service"]
    then = Execution.objects.filter(pk=last_pass["execution_id"]).only("variables", "overrides").first()
    if then is None:
        return
    facts.changed_overrides = _changed(then.overrides, execution.overrides)
    if not facts.environment_changed:
        return
    facts.changed_variables = _changed(then.variables, execution.variables)
    facts.secrets_changed = not facts.changed_variables  # what else there is in a revision
    facts.change_is_read = _is_read(facts, execution, step, attempt)


def secrets_read(reads: Any, variables: Mapping[str, Any]) -> frozenset[str]:
    """Names of what was read from the environment and is no plain variable of it."""
    names = {one["name"] for one in reads or () if one["source"] == "environment"}
    return frozenset(names - set(variables))


def _changed(before: Mapping[str, Any], now: Mapping[str, Any]) -> list[str]:
    return sorted(name for name in {*before, *now} if before.get(name, ABSENT) != now.get(name, ABSENT))


def _is_read(facts: Facts, execution: Execution, step: StepRun, attempt: Attempt | None) -> bool | None:
    if attempt is None or attempt.reads is None:
        return None
    if _reads_change(facts, execution, attempt.reads):
        return True
    found = rows(_READS, {"execution": execution.pk, "step_run": step.pk, "most": MOST_STEPS})
    reads = [jsontext.loads(one["reads"]) for one in found if one["reads"]]
    # A name that is gone is read by nobody any more, and that is why the step fails.
    is_gone = facts.kind == "template" or not set(facts.changed_variables) <= set(execution.variables)
    return None if is_gone or any(_reads_change(facts, execution, one) for one in reads) else False


def _reads_change(facts: Facts, execution: Execution, reads: Any) -> bool:
    if facts.secrets_changed:
        return bool(secrets_read(reads, execution.variables))
    names = {one["name"] for one in reads or () if one["source"] == "environment"}
    return not names.isdisjoint(facts.changed_variables)


_READS: Final = """
    SELECT a.reads FROM executions_steprun s JOIN executions_attempt a ON a.step_run_id = s.id
     WHERE s.execution_id = %(execution)s AND s.id < %(step_run)s
     ORDER BY s.id DESC LIMIT %(most)s"""
