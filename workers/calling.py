"""Starting the flow that a step runs, and what its end means for the step."""

from executions.errors import CallRefused
from executions.live import Kept
from executions.masking import is_secret_name
from executions.operations.claim import Claim
from executions.operations.start_inside import start_inside
from executions.settling import Failure
from executions.status import AttemptStatus, FailureKind
from flows.errors import FlowsError
from workers.attempt import Outcome
from workers.running import Running


def start_called(running: Running, claim: Claim, outcome: Outcome) -> None:
    """Start the execution, once for each attempt however often this is done; a call that is refused fails the step."""
    call = outcome.call
    assert call is not None
    try:
        outcome.called_id = start_inside(
            step_run_id=claim.step_run_id,
            number=claim.number,
            flow=call.flow,
            variables=call.variables,
            inputs=running.inputs,
            secrets=_secrets(running),
            inherits=call.inherits,
        ).pk
    except (FlowsError, CallRefused) as exc:
        outcome.call, outcome.status = None, AttemptStatus.FAILED
        outcome.failure = Failure(FailureKind.CONFIG, "flow_refused", str(exc))


def judge_call(outcome: Outcome, claim: Claim) -> None:
    """What was stopped because the step's own time was up did not fail by itself."""
    if claim.stopping == f"the time of {claim.path} was up" and outcome.call is None:
        message = "Its time was up; the flow it ran was cancelled."
        outcome.status, outcome.failure = AttemptStatus.FAILED, Failure(FailureKind.TIMEOUT, "timeout", message)
    outcome.is_partial = False


def _secrets(running: Running) -> list[Kept]:
    """What must be masked in the called flow as it is here."""
    captured = [pair for known in running.known.values() for pair in known.captured.items()]
    return [Kept("", name, value, is_for_masking=True) for name, value in captured if is_secret_name(name)]
