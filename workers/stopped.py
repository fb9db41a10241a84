"""What is recorded of a step that was stopped: before it began, while it waited, or because it would not leave."""

from executions.operations.claim import Claim
from executions.settling import Failure
from executions.status import AttemptStatus
from flows.language.plan import PlannedStep
from flows.language.spec import RetrySpec
from workers.actions.base import StepContext
from workers.attempt import INTERRUPTED, Outcome
from workers.progress import why_interrupted
from workers.running import Running
from workers.turns import Turns


def interrupted_outcome(running: Running, planned: PlannedStep, claim: Claim) -> Outcome:
    why = why_interrupted(running.state)
    if claim.resume_state is not None and planned.is_container:
        turns = Turns.of(running, planned, claim)
        return Outcome(
            AttemptStatus.CANCELLED,
            message=f"{why} while its steps ran.",
            handed_on=turns.handed_on,
            result=turns.result(),
            is_partial=True,
        )
    if claim.resume_state is not None:
        when = " while this step waited"
    elif claim.number > 1:
        when = f" before attempt {claim.number}"
    else:
        when = " before this step was started"
    return Outcome(AttemptStatus.CANCELLED, message=f"{why}{when}.")


def abandoned_outcome(context: StepContext, retry: RetrySpec) -> Outcome | None:
    """Of an action that did not leave when it was told to; None where whoever sweeps settles it."""
    reason = context.abort.reason
    if reason == "lease_lost":
        return None
    outcome = Outcome(request=dict(context.request), result=dict(context.partial), is_partial=bool(context.partial))
    if reason == "timeout":
        outcome.status = AttemptStatus.FAILED
        outcome.failure = Failure("timeout", "timeout", "No answer in time, and the action did not stop when told to.")
        outcome.retry = retry
    else:
        outcome.status = AttemptStatus.CANCELLED
        outcome.message = INTERRUPTED.get(reason or "", "The flow's time was up.")
    return outcome
