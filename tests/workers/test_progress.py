"""What comes next, against a model of it that is slow, obvious and walks the whole flow at once."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from itertools import count

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from executions.settling import End, Ended, Failure, Go, State
from executions.status import AttemptStatus, Phase, Status, StepStatus
from flows.language.plan import Plan
from flows.language.spec import FlowConfig, FlowSpec, StepSpec
from workers.progress import interrupted, is_interrupted, next_after

FAILURE = Failure("assertion", "assertion", "it is not so")


def ended(status: StepStatus, *, soft: bool = False) -> Ended:
    failed = status is StepStatus.FAILED
    return Ended(
        attempt=AttemptStatus(status.value), step=status, failure=FAILURE if failed else None, soft=soft and failed
    )


# --- the model -------------------------------------------------------------------------------------------------------


@dataclass
class Model:
    """Runs a flow as one would tell it to a person. `interrupts` is set by whoever drives it."""

    flow: FlowSpec
    fails: set[str]
    interrupted_after: int | None = None  # so many steps of setup and steps
    by: Status = Status.CANCELLED
    ran: list[str] = field(default_factory=list)
    failed_hard: bool = False

    class Stopped(Exception):
        """Cancelled, or out of time."""

    def run(self) -> Status:
        try:
            stopped = self._section("setup")
            if not stopped:
                stopped = self._section("steps")
            outcome = Status.FAILED if stopped or self.failed_hard else Status.PASSED
        except Model.Stopped:
            outcome = self.by
        before, self.failed_hard, self.interrupted_after = self.failed_hard, False, None
        for step in self.flow.teardown:
            self._step(step, "teardown")
        broke, self.failed_hard = self.failed_hard, before
        return Status.FAILED if broke and outcome is Status.PASSED else outcome

    def _section(self, section: str) -> bool:
        """Whether a failure stopped it."""
        return any(self._step(step, section) and self._stops(step, section) for step in self.flow.section(section))

    def _stops(self, step: StepSpec, section: str) -> bool:
        return step.on_error == "fail" and (self.flow.config.fail_fast or section != "steps")

    def _step(self, step: StepSpec, section: str) -> bool:
        """Whether it failed. Its error steps are done then."""
        self.ran.append(step.id)
        failed = step.id in self.fails
        if failed and not (step.soft and step.on_error == "continue"):
            self.failed_hard = True
        if len(self.ran) == self.interrupted_after:
            raise Model.Stopped
        if failed:
            for handler in step.error_steps:
                if self._step(handler, section) and self._stops(handler, section):
                    break
        return failed


def walk(flow: FlowSpec, fails: set[str], interrupted_after: int | None, by: Status) -> tuple[list[str], Status]:
    """The same by `next_after`, one step after the other."""
    plan = Plan(flow)
    here = (*plan.section("setup"), *plan.section("steps"))[0]
    state = State(Phase(here.section), None, cancel_requested=False, deadline_passed=False, failed_hard=False)
    ran: list[str] = []
    while True:
        ran.append(here.step.id)
        if state.phase is not Phase.TEARDOWN and len(ran) == interrupted_after:
            state = replace(state, cancel_requested=by is Status.CANCELLED, deadline_passed=by is Status.TIMED_OUT)
        soft = here.step.soft and here.step.on_error == "continue"
        became = ended(StepStatus.FAILED if here.step.id in fails else StepStatus.PASSED, soft=soft)
        following = next_after(plan, here, here.path, became, state)
        if isinstance(following, End):
            return ran, following.status
        assert isinstance(following, Go)
        begins_teardown = following.phase is Phase.TEARDOWN and state.phase is not Phase.TEARDOWN
        assert (following.teardown_seconds is not None) == begins_teardown
        state = replace(
            state,
            phase=following.phase,
            outcome=following.outcome or state.outcome,
            deadline_passed=False if begins_teardown else state.deadline_passed,
            # In teardown only what fails there counts: the outcome holds the rest.
            failed_hard=(state.failed_hard and not begins_teardown) or (became.is_hard_failure and not begins_teardown),
        )
        here = following.step
        assert len(ran) <= len(plan.all), "it runs in circles"


# --- random flows ----------------------------------------------------------------------------------------------------


def steps(depth: int) -> st.SearchStrategy[StepSpec]:
    nested = st.lists(steps(depth - 1), max_size=2) if depth else st.just([])
    return st.builds(
        StepSpec,
        id=st.just("unnamed"),
        action=st.just("log"),
        on_error=st.sampled_from(["fail", "continue"]),
        soft=st.booleans(),
        error_steps=nested,
    )


def named(step: StepSpec, numbers: Iterator[int]) -> StepSpec:
    return step.model_copy(
        update={"id": f"s{next(numbers)}", "error_steps": [named(handler, numbers) for handler in step.error_steps]}
    )


@st.composite
def flows(draw: st.DrawFn) -> FlowSpec:
    numbers = count(1)
    sections = {
        name: [named(step, numbers) for step in draw(st.lists(steps(2), min_size=least, max_size=3))]
        for name, least in (("setup", 0), ("steps", 1), ("teardown", 0))
    }
    return FlowSpec(name="Random", config=FlowConfig(fail_fast=draw(st.booleans())), **sections)


def ids(flow: FlowSpec) -> list[str]:
    return [planned.step.id for planned in Plan(flow).all]


# On a busy machine making a random flow may take seconds, which is no fault of the flow's.
@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.data(), flows())
def test_next_after_walks_as_the_model_does(data: st.DataObject, flow: FlowSpec) -> None:
    fails = data.draw(st.sets(st.sampled_from(ids(flow))))
    after = data.draw(st.none() | st.integers(1, len(ids(flow))))
    by = data.draw(st.sampled_from([Status.CANCELLED, Status.TIMED_OUT]))
    model = Model(flow, fails, after, by)
    status = model.run()
    assert walk(flow, fails, after, by) == (model.ran, status)


# --- the whole grid of states ----------------------------------------------------------------------------------------

FLOW = FlowSpec(
    name="Small",
    setup=[StepSpec(id="a", action="log")],
    steps=[StepSpec(id="b", action="log"), StepSpec(id="c", action="log")],
    teardown=[StepSpec(id="d", action="log"), StepSpec(id="e", action="log")],
)


@pytest.mark.parametrize("cancelled", [False, True])
@pytest.mark.parametrize("late", [False, True])
@pytest.mark.parametrize("status", [StepStatus.PASSED, StepStatus.FAILED, StepStatus.SKIPPED, StepStatus.CANCELLED])
@pytest.mark.parametrize("path", ["setup/a", "steps/b", "steps/c"])
def test_before_teardown(path: str, status: StepStatus, late: bool, cancelled: bool) -> None:
    plan = Plan(FLOW)
    here = plan.at(path)
    state = State(Phase(here.section), None, cancelled, late, failed_hard=False)
    following = next_after(plan, here, here.path, ended(status), state)
    assert isinstance(following, Go)
    if cancelled or late:
        expected = ("teardown/d", Status.CANCELLED if cancelled else Status.TIMED_OUT)
    elif status is StepStatus.FAILED:
        expected = ("teardown/d", Status.FAILED)
    elif path == "steps/c":
        expected = ("teardown/d", Status.PASSED)
    else:
        assert (following.step.path, following.outcome) == ({"setup/a": "steps/b", "steps/b": "steps/c"}[path], None)
        return
    assert (following.step.path, following.outcome) == expected
    assert following.phase is Phase.TEARDOWN


@pytest.mark.parametrize("outcome", [Status.PASSED, Status.FAILED, Status.CANCELLED, Status.TIMED_OUT])
@pytest.mark.parametrize("status", [StepStatus.PASSED, StepStatus.FAILED, StepStatus.SKIPPED, StepStatus.CANCELLED])
@pytest.mark.parametrize("late", [False, True])
@pytest.mark.parametrize("path", ["teardown/d", "teardown/e"])
def test_in_teardown(path: str, late: bool, status: StepStatus, outcome: Status) -> None:
    plan = Plan(FLOW)
    state = State(Phase.TEARDOWN, outcome, cancel_requested=True, deadline_passed=late, failed_hard=False)
    following = next_after(plan, plan.at(path), path, ended(status), state)
    if path == "teardown/d" and not late:
        assert isinstance(following, Go)
        assert (following.step.path, following.outcome, following.teardown_seconds) == ("teardown/e", None, None)
        return
    assert isinstance(following, End)
    broke = status in {StepStatus.FAILED, StepStatus.CANCELLED}
    assert following.status is (Status.FAILED if broke and outcome is Status.PASSED else outcome)
    assert following.outcome is outcome


@pytest.mark.parametrize("phase", list(Phase))
@pytest.mark.parametrize("cancelled", [False, True])
@pytest.mark.parametrize("late", [False, True])
def test_only_its_own_time_interrupts_teardown(phase: Phase, cancelled: bool, late: bool) -> None:
    state = State(phase, None, cancel_requested=cancelled, deadline_passed=late, failed_hard=False)
    assert is_interrupted(state) == (late or (cancelled and phase is not Phase.TEARDOWN))


def test_what_wanted_to_go_on_says_why_it_did_not() -> None:
    state = State(Phase.STEPS, None, cancel_requested=True, deadline_passed=False, failed_hard=False)
    waiting = replace(ended(StepStatus.FAILED), step=StepStatus.RETRYING)
    assert interrupted(waiting, state, attempt=2).message == "Cancelled by hand before attempt 3."
    late = replace(state, cancel_requested=False, deadline_passed=True)
    assert interrupted(waiting, late, attempt=1).message == "The flow's time was up before attempt 2."
