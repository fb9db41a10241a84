"""What an execution does next. Pure: no database, no clock, so that every case can be tested by hand.

setup ──▶ steps ──▶ teardown ──▶ final status
  │fail     │fail      ▲
  └─────────┴──────────┘        cancel and deadline go the same way

Inside a container each turn is a list of its own; whatever ends it, it arrives at the container, and no further.
"""

from dataclasses import replace

from executions.settling import Arrive, End, Ended, Go, State
from executions.status import Phase, Status, StepStatus
from flows.language.plan import Plan, PlannedStep, located


def next_after(plan: Plan, here: PlannedStep, path: str, ended: Ended, state: State) -> Go | Arrive | End:
    """What follows the end of the step `here`, at the address `path`."""
    if here.container is not None:
        return _in_turn(plan, here, path, ended, state)
    if state.phase is Phase.TEARDOWN:
        return _in_teardown(plan, here, ended, state)
    if state.cancel_requested:
        return _tear_down(plan, Status.CANCELLED, "Cancelled by hand.")
    if state.deadline_passed:
        return _tear_down(plan, Status.TIMED_OUT, "The flow's time was up.")
    failed_hard = state.failed_hard or ended.is_hard_failure
    step = _following(plan, here, failed=ended.step is StepStatus.FAILED)
    if isinstance(step, PlannedStep):
        return Go(step=step, path=step.path, phase=state.phase)
    if step == STOP:
        return _tear_down(plan, Status.FAILED, "A step failed.")
    if state.phase is Phase.SETUP:
        first = plan.section("steps")[0]
        return Go(step=first, path=first.path, phase=Phase.STEPS)
    return _tear_down(plan, Status.FAILED if failed_hard else Status.PASSED, "")


def _in_turn(plan: Plan, here: PlannedStep, path: str, ended: Ended, state: State) -> Go | Arrive:
    assert here.container is not None
    goes_on = not is_interrupted(state)
    step = _following(plan, here, failed=ended.step is StepStatus.FAILED)
    if goes_on and isinstance(step, PlannedStep):
        return Go(step=step, path=located(step.path, path), phase=state.phase)
    container = plan.at(here.container)
    return Arrive(
        failed=ended.step is StepStatus.FAILED and not here.is_forgiven,
        forgiven=plan.forgiven_inside(container.path),
        may_start=goes_on,
        firsts=plan.firsts(container.path),
    )


def interrupted(ended: Ended, state: State, *, attempt: int) -> Ended:
    """`ended` as it must read when the execution is being wound down and the step wanted to go on (retry or wait)."""
    why = why_interrupted(state)
    if ended.step is StepStatus.RETRYING:
        why += f" before attempt {attempt + 1}"
    return replace(ended, step=StepStatus.CANCELLED, message=f"{why}.")


def is_interrupted(state: State) -> bool:
    """Whether no step may be started or go on in this phase, or in this container."""
    return is_over(state) or bool(state.stopping)


def is_over(state: State) -> bool:
    """Whether no step may be started or go on in this phase."""
    return state.deadline_passed or (state.cancel_requested and state.phase is not Phase.TEARDOWN)


def why_interrupted(state: State) -> str:
    """Half a sentence, for people."""
    if state.phase is Phase.TEARDOWN and state.deadline_passed:
        return "The teardown's time was up"
    if state.cancel_requested and state.phase is not Phase.TEARDOWN:
        return "Cancelled by hand"
    if state.deadline_passed:
        return "The flow's time was up"
    return f"Stopped because {state.stopping}"


STOP = "stop"  # the section is over because a step failed
DONE = "done"  # the section is over


def _following(plan: Plan, here: PlannedStep, *, failed: bool) -> PlannedStep | str:
    """The next step of the section after `here` has ended; STOP or DONE where there is none."""
    if failed and (handlers := plan.children(here.path, "error_steps")):
        return handlers[0]
    return _onward(plan, here, failed=failed)


def _onward(plan: Plan, here: PlannedStep, *, failed: bool) -> PlannedStep | str:
    stops = failed and _stops_its_section(plan, here)
    if not stops and (sibling := plan.next_sibling(here.path)) is not None:
        return sibling
    if here.parent is not None and here.is_error_step:  # its list is over: on with the step that failed
        return _onward(plan, plan.at(here.parent), failed=True)
    return STOP if stops else DONE


def _stops_its_section(plan: Plan, here: PlannedStep) -> bool:
    """With `fail_fast: false` no failure stops the main steps; a failed setup always keeps them from running."""
    return here.step.on_error == "fail" and (plan.flow.config.fail_fast or here.section != "steps")


def _in_teardown(plan: Plan, here: PlannedStep, ended: Ended, state: State) -> Go | End:
    outcome = state.outcome or Status.FAILED
    # One failing does not stop the rest; only its own error steps and the time are obeyed.
    step = plan.next_sibling(_top(plan, here).path) if state.deadline_passed is False else None
    following = _following(plan, here, failed=ended.step is StepStatus.FAILED)
    if not state.deadline_passed and isinstance(following, PlannedStep):
        step = following
    if step is not None:
        return Go(step=step, path=step.path, phase=Phase.TEARDOWN)
    broke = state.failed_hard or ended.is_hard_failure or ended.step is StepStatus.CANCELLED
    if outcome is Status.PASSED and broke:
        return End(Status.FAILED, outcome, "The teardown failed.")
    return End(outcome, outcome)


def _top(plan: Plan, here: PlannedStep) -> PlannedStep:
    while here.parent is not None:
        here = plan.at(here.parent)
    return here


def _tear_down(plan: Plan, outcome: Status, reason: str) -> Go | End:
    """Fix the outcome, and begin the teardown if there is one."""
    steps = plan.section("teardown")
    if not steps:
        return End(outcome, outcome, reason)
    return Go(
        step=steps[0],
        path=steps[0].path,
        phase=Phase.TEARDOWN,
        outcome=outcome,
        teardown_seconds=plan.flow.config.teardown_timeout,
    )
