"""Running an execution again: as the flow is today, as it was, or from a step on with the values it had by then."""

import pytest

from executions.errors import CannotRerun
from executions.models import Execution
from executions.operations.rerun import rerun_execution
from executions.status import RerunMode, Status, Trigger
from flows.operations.save_flow import save_flow
from tests.workers.in_process import Machine, flow

MAKE = "{id: make, action: set, config: {token: 'secret-${random.string(12)}', n: 7}, output: {token: token, n: n}}"
USE = (
    "{id: use, action: assert, config: {assertions:"
    " [n == 7, 'len(token) == 19', 'WHO == \"override\"', 'OF == \"env\"']}}"
)
FLOW = flow(MAKE, USE, "{id: last, action: set, config: {n: '${n}', token: '${token}'}}", env="{WHO: flow, OF: flow}")


def first_run(engine: Machine) -> Execution:
    ran = engine.run(FLOW, variables={"OF": "env"}, overrides={"WHO": "override"})
    assert ran.status == Status.PASSED, ran.step("steps/use").message
    return ran.execution


def again(execution: Execution, **how: object) -> Execution:
    return rerun_execution(execution=execution, actor="bob", trigger=Trigger.USER, **how)  # type: ignore[arg-type]  # as given


def test_a_rerun_is_linked_and_keeps_environment_and_overrides(engine: Machine) -> None:
    original = first_run(engine)
    ran = engine.drive(again(original))
    assert (ran.status, ran.execution.rerun_of, ran.execution.family) == (Status.PASSED, original, original.pk)
    assert (ran.execution.environment, ran.execution.overrides) == (original.environment, {"WHO": "override"})
    assert (ran.execution.trigger, ran.execution.actor) == (Trigger.USER, "bob")
    third = again(ran.execution)
    assert (third.rerun_of, third.family) == (ran.execution, original.pk)


def test_todays_version_or_the_one_that_ran(engine: Machine) -> None:
    original = first_run(engine)
    save_flow(workspace=engine.workspace, text=FLOW.replace("id: last", "id: newest"), by=None)
    assert "steps/newest" in engine.drive(again(original)).fates
    as_it_was = engine.drive(again(original, mode=RerunMode.AS_IT_WAS))
    assert "steps/last" in as_it_was.fates
    assert as_it_was.execution.flow_version == original.flow_version


def test_from_a_step_on_with_the_values_the_earlier_ones_had_kept(engine: Machine) -> None:
    original = first_run(engine)
    ran = engine.drive(again(original, from_step="steps/use"))
    assert (ran.status, list(ran.fates)) == (Status.PASSED, ["steps/use", "steps/last"])
    assert (ran.execution.rerun_mode, ran.execution.rerun_from) == (RerunMode.FROM_STEP, "steps/use")
    assert ran.result("steps/last")["token"].startswith("‹secret:")
    # … and from there once more: what was taken over is still there.
    assert engine.drive(again(ran.execution, from_step="steps/last")).status == Status.PASSED


def test_further_variables_are_laid_over_the_originals(engine: Machine) -> None:
    ran = engine.drive(again(first_run(engine), variables={"WHO": "somebody else"}))
    assert (ran.status, ran.fates["steps/use"]) == (Status.FAILED, "failed")
    assert ran.execution.overrides == {"WHO": "somebody else"}


def test_what_cannot_be_begun_says_why(engine: Machine) -> None:
    failed = engine.run(
        flow("{id: a, action: assert, config: {assertions: [1 == 2]}}", MAKE, MAKE.replace("make", "b"))
    )
    with pytest.raises(CannotRerun, match="no step"):
        again(failed.execution, from_step="steps/nowhere")
    with pytest.raises(CannotRerun, match="never ran"):
        again(failed.execution, from_step="steps/b")
    assert engine.drive(again(failed.execution, from_step="steps/a")).status == Status.FAILED
