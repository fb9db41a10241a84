"""From what an attempt came to, in clear, to what may be written: masked, and with the step's fate decided."""

from dataclasses import replace
from typing import Any

from executions.live import LOOP, Kept
from executions.masking import Masker, is_secret_name
from executions.payloads import record
from executions.settling import Ended, Failure
from executions.status import AttemptStatus, StepStatus
from flows.language.plan import PlannedStep
from flows.language.scope import Scope
from workers.attempt import Outcome
from workers.running import Running

LONGEST_MESSAGE = 4_000  # characters of a failure's text on the step's row; the payload has it all

STEP_STATUS = {
    AttemptStatus.PASSED: StepStatus.PASSED,
    AttemptStatus.FAILED: StepStatus.FAILED,
    AttemptStatus.SKIPPED: StepStatus.SKIPPED,
    AttemptStatus.CANCELLED: StepStatus.CANCELLED,
    AttemptStatus.WAITING: StepStatus.RUNNING,
    AttemptStatus.LOST: StepStatus.FAILED,
}


def to_ended(running: Running, planned: PlannedStep, path: str, outcome: Outcome, draws: dict[str, Any]) -> Ended:
    """The one place where values become a record: nothing reaches the database but through this function's masker."""
    masker = running.masker
    for name, value in outcome.secrets.items():
        masker = masker.with_secret(name, value)
    masker = masker.learning_from(outcome.result)  # a password in the body stays one in an assertion's actual value
    for entry in outcome.captured:
        if is_secret_name(entry["name"]):
            masker = masker.with_secret(entry["name"], entry["value"])
    failure = outcome.failure
    if failure is not None:
        failure = replace(failure, code=failure.code[:64], message=_shorten(masker.text(failure.message)))
    return Ended(
        attempt=outcome.status,
        step=STEP_STATUS[outcome.status],
        failure=failure,
        message=_shorten(masker.text(outcome.message)),
        skip_reason=_shorten(masker.text(outcome.skip_reason)),
        soft=outcome.status in {AttemptStatus.FAILED, AttemptStatus.LOST} and running.is_soft(planned),
        asserted=bool(outcome.assertions),
        endpoint=_masked_endpoint(outcome, masker),
        payload=record(outcome.request, outcome.result, masker, is_partial=outcome.is_partial, ahead=outcome.written),
        kept=[*outcome.handed_on, *_kept(running, planned, path, outcome)],
        timing=outcome.result.get("timing"),
        condition=masker.value(outcome.condition),
        assertions=masker.value(outcome.assertions),
        captured=[_masked_capture(entry, masker) for entry in outcome.captured],
        reads=_reads(outcome.scope),
        draws=masker.value(draws),
        resume_state=_resume_state(outcome),
    )


def _kept(running: Running, planned: PlannedStep, path: str, outcome: Outcome) -> list[Kept]:
    if outcome.open is not None:
        numbered = range(outcome.open.first, outcome.open.first + len(outcome.open.names))
        named = zip(numbered, outcome.open.names, strict=True)
        return [Kept(f"{path}[{number}]", LOOP, names) for number, names in named if names]
    if outcome.status is not AttemptStatus.PASSED:
        return []
    return running.to_keep(planned, path, outcome.result, outcome.variables)


def _resume_state(outcome: Outcome) -> dict[str, Any] | None:
    waits_for = outcome.open or outcome.park
    if waits_for is None and outcome.call is None:
        return None
    return {
        "state": waits_for.state if waits_for is not None else {},
        "called": outcome.called_id,
        "request": outcome.request,
        "seconds_left": outcome.seconds_left,
        "condition": outcome.condition,
    }


def _masked_capture(entry: dict[str, Any], masker: Masker) -> dict[str, Any]:
    # Under its own name, so that a variable called `token` is masked by that name.
    value = masker.value({entry["name"]: entry["value"]})
    return {**entry, "value": next(iter(value.values()))}


def _masked_endpoint(outcome: Outcome, masker: Masker) -> tuple[str, str, str, str]:
    protocol, service, operation, route = outcome.endpoint
    return protocol, masker.text(service)[:255], masker.text(operation)[:255], masker.text(route)[:1024]


def _reads(scope: Scope | None) -> list[dict[str, str]]:
    if scope is None:
        return []
    return [{"name": read.name, "source": read.source} for read in scope.read_log]


def _shorten(text: str) -> str:
    return text if len(text) <= LONGEST_MESSAGE else text[: LONGEST_MESSAGE - 1] + "…"


def lost_outcome(message: str, *, code: str = "worker_lost") -> Outcome:
    return Outcome(AttemptStatus.LOST, Failure("worker_lost", code, message))
