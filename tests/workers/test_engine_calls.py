"""Flows that run flows: what goes in and comes back, whose fate decides what, and who may not call whom."""

from typing import Any

import pytest

from executions.models import Execution, LiveValue
from executions.operations.cancel import request_cancel
from executions.operations.start_inside import start_inside
from executions.status import Status
from flows.operations.save_flow import save_flow
from tests.cast import api_of
from tests.workers.in_process import Machine, flow
from workers import calling
from workspaces.models import Role

AFTER = "{id: after, action: log, config: {message: 'it ${FLOW_STATUS}'}}"
LOG_IN = flow(
    "{id: log_in, action: set, config: {token: 's3cr3t-${USER}', greeting: 'hello ${USER}'}}",
    name="Log in",
    env="{USER: nobody}",
)


def call(name: str = "log-in", config: str = "input: {USER: alice}", more: str = "") -> str:
    return f"{{id: call, action: run_flow, config: {{flow: '{name}', {config}}}{more}}}"


def child_of(execution: Execution) -> Execution:
    return Execution.objects.get(parent_step_run__execution=execution)


def save(engine: Machine, text: str) -> None:
    save_flow(workspace=engine.workspace, text=text, by=None)


@pytest.mark.parametrize("name", ["log-in", "Log in"])
def test_it_is_given_variables_and_gives_what_it_captured(engine: Machine, name: str) -> None:
    save(engine, LOG_IN)
    ran = engine.run(
        flow(
            call(
                name,
                more=", output: {mine: flow.output.greeting}, assert: [flow.status == 'passed', status == 'passed']",
            ),
            "{id: use, action: log, config: {message: '${mine} / ${call.flow.output.greeting} / ${call.greeting}'}}",
        )
    )
    assert ran.status == Status.PASSED, ran.step("steps/call").message
    assert ran.result("steps/use")["message"] == "hello alice / hello alice / hello alice"
    child = child_of(ran.execution)
    assert (child.trigger, child.status, child.parent_step_run) == ("flow", "passed", ran.step("steps/call"))
    assert ran.result("steps/call")["execution"] == child.pk
    carol = api_of(engine.workspace, Role.VIEWER, "carol")
    assert carol.get(f"/executions/{child.pk}").body["execution"]["called_by"] == {
        "execution": ran.execution.pk,
        "step": "steps/call",
    }
    (called,) = carol.get(f"/executions/{ran.execution.pk}/steps/steps/call").body["called"]
    assert (called["execution"], called["flow"], called["status"]) == (child.pk, "log-in", "passed")


def test_its_secrets_stay_secret_on_both_sides(engine: Machine) -> None:
    save(engine, LOG_IN)
    show = "{id: show, action: log, config: {message: 'it is ${call.flow.output.token}'}}"
    ran = engine.run(flow(call(), show))
    assert ran.result("steps/show")["message"] == "it is ‹secret:token›"
    child = child_of(ran.execution)
    assert not any("s3cr3t" in str(attempt.captured) for attempt in child.step_runs.get().attempt_rows.all())
    assert LiveValue.objects.filter(execution=child, name="token").exists()


def test_the_overrides_of_the_caller_go_along_unless_it_says_no(engine: Machine) -> None:
    save(engine, LOG_IN)
    for config, expected in (("inherit_env: true", "hello bob"), ("inherit_env: false", "hello nobody")):
        ran = engine.run(flow(call(config=config)), overrides={"USER": "bob"})
        assert ran.result("steps/call")["output"]["greeting"] == expected


def test_a_flow_that_fails_fails_the_step_for_its_reason(engine: Machine) -> None:
    save(engine, flow("{id: bad, action: assert, config: {assertions: [1 == 2]}}", name="Log in"))
    ran = engine.run(flow(call(), teardown=AFTER))
    step = ran.step("steps/call")
    assert (ran.status, step.failure_kind) == (Status.FAILED, "assertion")
    assert step.message == f"log-in #{child_of(ran.execution).pk}, steps/bad: 1 is 1, expected 2"


def test_each_attempt_is_a_run_of_its_own(engine: Machine) -> None:
    save(engine, flow("{id: bad, action: assert, config: {assertions: [1 == 2]}}", name="Log in"))
    ran = engine.run(flow(call(more=", retry: {max_attempts: 2, delay: 10ms}")))
    assert (ran.step("steps/call").attempts, ran.status) == (2, Status.FAILED)
    assert Execution.objects.filter(parent_step_run=ran.step("steps/call")).count() == 2


def test_a_cancel_reaches_the_other_flow_and_its_teardown_is_waited_for(engine: Machine) -> None:
    save(engine, flow("{id: sleep, action: delay, config: {duration: 5m}}", name="Log in", teardown=AFTER))
    execution = engine.start(flow(call(), teardown=AFTER))
    engine.drive(execution, until=lambda _: Execution.objects.filter(status="running").count() == 2)
    request_cancel(execution=execution, by="bob")
    ran = engine.drive(execution)
    child = child_of(execution)
    assert (ran.status, child.status) == (Status.CANCELLED, Status.CANCELLED)
    assert ran.fates == {"steps/call": "cancelled", "teardown/after": "passed"}
    torn_down_at = ran.step("teardown/after").started_at
    assert child.finished_at is not None
    assert torn_down_at is not None
    assert child.finished_at <= torn_down_at
    assert child.cancel_requested_by == f"A flow #{execution.pk}"


@pytest.mark.parametrize("is_started", [False, True])
def test_a_cancel_while_the_other_flow_is_being_started_reaches_it_too(
    engine: Machine, monkeypatch: pytest.MonkeyPatch, is_started: bool
) -> None:
    save(engine, flow("{id: sleep, action: delay, config: {duration: 5m}}", name="Log in", teardown=AFTER))
    execution = engine.start(flow(call(), teardown=AFTER))

    def start_and_be_cancelled(**how: Any) -> Execution:
        child = start_inside(**how) if is_started else None
        request_cancel(execution=execution, by="bob")
        if child is None:
            engine.engine.interrupt(execution.pk)  # it finds nothing to stop: nothing was started, and nothing waits
            child = start_inside(**how)
        return child

    monkeypatch.setattr(calling, "start_inside", start_and_be_cancelled)
    monkeypatch.setattr("workers.clock.cancel_orphans", lambda: 0)  # it is not left to the sweep
    ran = engine.drive(execution)
    child = child_of(execution)
    assert (ran.status, child.status) == (Status.CANCELLED, Status.CANCELLED)
    assert ran.fates == {"steps/call": "cancelled", "teardown/after": "passed"}
    torn_down_at = ran.step("teardown/after").started_at
    assert child.finished_at is not None
    assert torn_down_at is not None
    assert child.finished_at <= torn_down_at


def test_its_time_out_reaches_the_other_flow(engine: Machine) -> None:
    save(engine, flow("{id: sleep, action: delay, config: {duration: 5m}}", name="Log in"))
    ran = engine.run(flow(call(more=", timeout: 300ms"), teardown=AFTER))
    assert (ran.status, ran.step("steps/call").failure_kind) == (Status.FAILED, "timeout")
    assert child_of(ran.execution).status == Status.CANCELLED


def test_when_somebody_cancels_the_other_flow_the_step_fails(engine: Machine) -> None:
    save(engine, flow("{id: sleep, action: delay, config: {duration: 5m}}", name="Log in"))
    execution = engine.start(flow(call()))
    engine.drive(execution, until=lambda _: Execution.objects.filter(status="running").count() == 2)
    request_cancel(execution=child_of(execution), by="bob")
    ran = engine.drive(execution)
    assert (ran.status, ran.step("steps/call").failure_code) == (Status.FAILED, "flow_cancelled")


def test_a_flow_that_runs_itself_through_another_is_refused_while_it_runs(engine: Machine) -> None:
    save(engine, flow(call("log-in", config=""), name="Second"))
    save(engine, flow(call("second", config=""), name="Log in"))
    ran = engine.run(flow(call("second", config=""), name="Log in"))
    inner = Execution.objects.exclude(pk=ran.execution.pk).get()
    refused = inner.step_runs.get()
    assert (ran.status, refused.failure_code) == (Status.FAILED, "flow_refused")
    assert refused.message == "A flow cannot run itself: log-in → second → log-in."


def test_a_flow_nobody_knows_fails_the_step_and_names_the_nearest(engine: Machine) -> None:
    save(engine, LOG_IN)
    failed = engine.run(flow(call("log-inn"))).step("steps/call")
    assert (failed.failure_kind, failed.failure_code) == ("config", "flow_refused")
    assert "log-in" in failed.message


def test_loops_in_branches_in_flows_in_loops(engine: Machine) -> None:
    add = "{id: add, action: set, config: {n: '${item}'}}"
    inner = f"{{id: each, action: for_each, config: {{items: [1, 2], steps: [{add}]}}}}"
    told = "{id: tell, action: log, config: {message: '${USER}'}}"
    fan = f"{{id: fan, action: parallel, config: {{branches: [[{inner}], [{told}]]}}}}"
    save(engine, flow(fan, name="Log in"))
    called = call(config="input: {USER: '${item}'}, inherit_env: false")
    ran = engine.run(
        flow(
            f"{{id: outer, action: for_each, config: {{items: [a, b], max_parallel: 2, steps: [{called}]}},"
            " assert: ['len(results) == 2', 'call.flow.output.n == 2']}"
        )
    )
    assert ran.status == Status.PASSED, {run.path: run.message for run in ran.execution.step_runs.all()}
    children = Execution.objects.filter(parent_step_run__execution=ran.execution)
    callers = children.values_list("parent_step_run__path", flat=True)
    assert sorted(callers) == ["steps/outer[0]/call", "steps/outer[1]/call"]
    for child in children:
        assert "steps/fan[0]/each[1]/add" in set(child.step_runs.values_list("path", flat=True))
