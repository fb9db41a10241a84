"""Whether a step goes on after an attempt: it is tried again, it waits, its own steps begin; or it is over."""

from dataclasses import replace
from typing import Final

from executions.operations.claim import Claim
from executions.settling import Again, Await, Ended, Fan, Wait
from executions.status import AttemptStatus, StepStatus
from flows.language.plan import PlannedStep
from workers.attempt import Outcome, is_repeatable
from workers.retrying import delay_before_next, wants_another, why_undecided
from workers.running import Running
from workers.turns import fan_of

NOT_BEGUN: Final = "not_begun"  # failure code
MOST_LOST_ATTEMPTS: Final = 2  # times a harmless step is tried again after its worker was lost


def after_the_attempt(
    running: Running, planned: PlannedStep, claim: Claim, outcome: Outcome, ended: Ended
) -> tuple[Ended, Again | Wait | Await | Fan | None]:
    """Whether the same step goes on: a retry, a wait, its own steps, another try after a lost worker; or None."""
    if outcome.call is not None:
        return ended, Await(outcome.seconds_left)
    if outcome.open is not None:
        return ended, fan_of(running.plan, planned, claim, outcome)
    if outcome.park is not None:
        return ended, Wait(max(0.0, outcome.park.seconds))
    if ended.attempt is AttemptStatus.LOST:
        return _after_a_loss(planned, claim, ended)
    if ended.attempt is AttemptStatus.FAILED and outcome.failure is not None and outcome.scope is not None:
        tries = claim.number - claim.lost_attempts  # a lost attempt is nobody's failure
        retry = outcome.retry
        if wants_another(retry, outcome.failure, outcome.scope, attempt=tries):
            return replace(ended, step=StepStatus.RETRYING), Again(delay_before_next(retry, attempt=tries))
    return ended, None


def tell_why_not_again(claim: Claim, outcome: Outcome) -> None:
    """Say of a failure that a `retry_on` could not be evaluated, where that is why it is not tried again."""
    failure, retry, scope = outcome.failure, outcome.retry, outcome.scope
    if outcome.status is not AttemptStatus.FAILED or failure is None or scope is None:
        return
    tries = claim.number - claim.lost_attempts
    if tries >= int(retry.max_attempts) or wants_another(retry, failure, scope, attempt=tries):
        return
    if why := why_undecided(retry, failure, scope):
        outcome.failure = replace(failure, message=f"{failure.message.rstrip('.')}. It is not tried again: {why}")


def _after_a_loss(planned: PlannedStep, claim: Claim, ended: Ended) -> tuple[Ended, Again | Wait | None]:
    assert ended.failure is not None
    if (planned.is_container or planned.spec.calls_flow) and claim.lost_attempts < MOST_LOST_ATTEMPTS:
        # It has done nothing yet, or only reads what its steps came to: the same attempt goes on from where it was.
        return replace(ended, attempt=AttemptStatus.WAITING, step=StepStatus.RUNNING, lost=True), Wait(
            0, keeps_state=True
        )
    harmless = planned.is_container or is_repeatable(planned) or ended.failure.code == NOT_BEGUN
    if harmless and claim.lost_attempts < MOST_LOST_ATTEMPTS:
        return replace(ended, step=StepStatus.RETRYING), Again(0)
    why = ended.failure.message
    if harmless:
        why += f" It was tried {claim.lost_attempts + 1} times."
    else:
        why += (
            " It may have taken effect, so it is not run again."
            " Set repeatable: true where running it twice does no harm."
        )
    return replace(ended, failure=replace(ended.failure, message=why), may_have_taken_effect=not harmless), None
