"""Cancel, the flow's deadline and teardown's own time: what is running stops, teardown follows, the record says why."""

import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import httpx
import pytest
from django.db.models import F

from executions.errors import AlreadyFinal
from executions.models import Execution, LateResult
from executions.operations import commit
from executions.operations.cancel import request_cancel
from executions.operations.settle_statement import settle
from executions.status import Status
from tests.running_stack import wait_until
from tests.workers.in_process import Machine, Ran, flow
from workers.actions.log import Log

AFTER = "{id: after, action: log, config: {message: 'it ${FLOW_STATUS}'}}"
SAY = "{id: s, action: log, config: {message: a}}"
SOON = timedelta(seconds=10)


def hold(lab: str, key: str, *, method: str = "GET", more: str = "") -> str:
    config = f"{{method: {method}, url: '{lab}/lab/hold?key={key}'}}"
    return f"{{id: held, action: http_request, config: {config}{more}}}"


def is_held(lab: str, key: str) -> Callable[[], bool]:
    return lambda: bool(httpx.get(f"{lab}/lab/holding/{key}").json()["holding"])


def waiting_for(execution: Execution, path: str) -> Callable[[], bool]:
    """Whether the step is parked or waits for its next attempt."""
    return lambda: execution.step_runs.filter(path=path, due_at__isnull=False, attempts__gte=1).exists()


def cancel_while(machine: Machine, execution: Execution, reached: Callable[[], bool]) -> Ran:
    with machine.driving(execution) as found:
        wait_until(reached, 30, "the step is where it shall be cancelled")
        request_cancel(execution=execution, by="bob")
    return found[0]


def assert_teardown_came_soon(ran: Ran, since: str = "cancel_requested_at") -> None:
    began, asked = ran.step("teardown/after").started_at, getattr(ran.execution, since)
    assert began is not None
    assert began - asked < SOON


def test_cancel_stops_a_running_action_and_begins_teardown(engine: Machine, lab: str) -> None:
    execution = engine.start(flow(hold(lab, "c1"), AFTER.replace("after", "never"), teardown=AFTER))
    ran = cancel_while(engine, execution, is_held(lab, "c1"))
    assert (ran.status, ran.execution.outcome) == (Status.CANCELLED, Status.CANCELLED)
    assert ran.fates == {"steps/held": "cancelled", "teardown/after": "passed"}
    assert ran.result("teardown/after")["message"] == "it cancelled"
    assert (ran.step("steps/held").message, ran.execution.cancel_requested_by) == ("Cancelled by hand.", "bob")
    assert ran.payload("steps/held").request["url"].endswith("/lab/hold?key=c1")
    assert (ran.execution.cancelled_count, ran.execution.failed_count, ran.execution.failure_kind) == (1, 0, "")
    assert_teardown_came_soon(ran)
    wait_until(lambda: httpx.get(f"{lab}/lab/holding/c1").json()["gone"] == 1, 30, "the target sees the client leave")


def test_cancel_during_a_delay(engine: Machine) -> None:
    execution = engine.start(flow("{id: wait, action: delay, config: {duration: 10m}}", teardown=AFTER))
    ran = cancel_while(engine, execution, waiting_for(execution, "steps/wait"))
    assert (ran.status, ran.fates) == (Status.CANCELLED, {"steps/wait": "cancelled", "teardown/after": "passed"})
    assert ran.payload("steps/wait").request == {"duration": 600.0}
    assert_teardown_came_soon(ran)


def test_cancel_during_a_short_delay_that_is_slept(engine: Machine) -> None:
    execution = engine.start(flow(*["{action: delay, config: {duration: 900ms}}"] * 20, teardown=AFTER))
    ran = cancel_while(engine, execution, lambda: execution.step_runs.filter(status="running").exists())
    assert ran.status == Status.CANCELLED
    assert_teardown_came_soon(ran)


def test_cancel_between_two_attempts(engine: Machine) -> None:
    step = "{id: s, action: assert, config: {assertions: [1 == 2]}, retry: {max_attempts: 3, delay: 30s}}"
    execution = engine.start(flow(step, teardown=AFTER))
    ran = cancel_while(engine, execution, waiting_for(execution, "steps/s"))
    assert (ran.status, ran.fates) == (Status.CANCELLED, {"steps/s": "cancelled", "teardown/after": "passed"})
    assert [attempt.status for attempt in ran.attempts("steps/s")] == ["failed", "cancelled"]
    assert_teardown_came_soon(ran)


def test_cancel_of_what_no_worker_has_begun_ends_it_at_once(engine: Machine) -> None:
    execution = engine.start(flow(AFTER.replace("after", "never"), teardown=AFTER))
    cancelled = request_cancel(execution=execution, by="bob")
    assert (cancelled.status, cancelled.outcome) == (Status.CANCELLED, Status.CANCELLED)
    ran = engine.drive(execution)
    assert ran.fates == {"steps/never": "cancelled"}
    while engine.deliver():  # the message that was under way does nothing
        pass
    assert engine.drive(execution).fates == {"steps/never": "cancelled"}


def test_asking_twice_is_no_error_and_asking_too_late_is(engine: Machine, lab: str) -> None:
    execution = engine.start(flow(hold(lab, "c2")))
    with engine.driving(execution):
        wait_until(is_held(lab, "c2"), 30, "the step runs")
        first = request_cancel(execution=execution, by="bob")
        second = request_cancel(execution=execution, by="charlie")
    assert second.cancel_requested_by in {"bob", first.cancel_requested_by}
    with pytest.raises(AlreadyFinal):
        request_cancel(execution=execution, by="bob")


def test_cancel_does_not_stop_teardown(engine: Machine, lab: str) -> None:
    execution = engine.start(flow(SAY, teardown=f"{hold(lab, 'c3')}\n{AFTER}"))
    with engine.driving(execution) as found:
        wait_until(is_held(lab, "c3"), 30, "teardown runs")
        request_cancel(execution=execution, by="bob")
        httpx.post(f"{lab}/lab/release/c3")
    [ran] = found
    assert ran.fates == {"steps/s": "passed", "teardown/held": "passed", "teardown/after": "passed"}
    assert ran.status == Status.PASSED  # the outcome was fixed before anybody asked


def test_the_deadline_stops_a_running_action_and_begins_teardown(engine: Machine, lab: str) -> None:
    ran = engine.run(flow(hold(lab, "d1"), AFTER.replace("after", "never"), teardown=AFTER), timeout_seconds=0.5)
    assert (ran.status, ran.execution.outcome) == (Status.TIMED_OUT, Status.TIMED_OUT)
    assert ran.fates == {"steps/held": "cancelled", "teardown/after": "passed"}
    assert ran.step("steps/held").message == "The flow's time was up."
    assert ran.result("teardown/after")["message"] == "it timed_out"
    assert_teardown_came_soon(ran, since="deadline")


@pytest.mark.parametrize(
    "step",
    [
        "{id: s, action: delay, config: {duration: 10m}}",
        "{id: s, action: assert, config: {assertions: [1 == 2]}, retry: {max_attempts: 3, delay: 30s}}",
    ],
)
def test_the_deadline_ends_what_waits(engine: Machine, step: str) -> None:
    ran = engine.run(flow(step, teardown=AFTER), timeout_seconds=0.5)
    assert (ran.status, ran.fates) == (Status.TIMED_OUT, {"steps/s": "cancelled", "teardown/after": "passed"})
    assert_teardown_came_soon(ran, since="deadline")


def test_a_step_may_take_no_longer_than_the_flow_has_left(engine: Machine, lab: str) -> None:
    ran = engine.run(flow(hold(lab, "d2", more=", timeout: 10m")), timeout_seconds=0.5)
    assert (ran.status, ran.fates) == (Status.TIMED_OUT, {"steps/held": "cancelled"})


def test_teardown_has_a_time_of_its_own(engine: Machine, lab: str) -> None:
    text = flow(
        SAY,
        teardown=f"{hold(lab, 't1')}\n{AFTER}",
        config="{teardown_timeout: 500ms}",
    )
    ran = engine.run(text)
    assert (ran.status, ran.execution.outcome) == (Status.FAILED, Status.PASSED)
    assert ran.fates == {"steps/s": "passed", "teardown/held": "cancelled"}


def test_teardown_after_the_deadline_has_all_its_time(engine: Machine, lab: str) -> None:
    teardown = f"{{id: slow, action: http_request, config: {{url: '{lab}/lab/slow?seconds=1'}}}}"
    ran = engine.run(flow(hold(lab, "d3"), teardown=f"{teardown}\n{AFTER}"), timeout_seconds=0.3)
    assert (ran.status, ran.fates["teardown/slow"], ran.fates["teardown/after"]) == ("timed_out", "passed", "passed")


def just_before_settling(monkeypatch: pytest.MonkeyPatch, happens: Callable[[], object]) -> None:
    """Let something happen between the first decision of what comes next and its commit."""
    happened: list[object] = []

    def settle_late(*args: Any, **how: Any) -> dict[str, Any]:
        if not happened:
            happened.append(happens())
        return settle(*args, **how)

    monkeypatch.setattr(commit, "settle", settle_late)


def test_cancel_that_comes_while_a_result_is_committed_is_obeyed(
    engine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The decision was made for an execution that was not cancelled: it must be made again."""
    execution = engine.start(flow(SAY, AFTER.replace("after", "never"), teardown=AFTER))
    just_before_settling(monkeypatch, lambda: request_cancel(execution=execution, by="bob"))
    ran = engine.drive(execution)
    assert (ran.status, ran.fates) == (Status.CANCELLED, {"steps/s": "passed", "teardown/after": "passed"})


def test_the_deadline_that_passes_while_a_result_is_committed_is_obeyed(
    engine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    execution = engine.start(flow(SAY, AFTER.replace("after", "never"), teardown=AFTER))
    row = Execution.objects.filter(pk=execution.pk)
    just_before_settling(monkeypatch, lambda: row.update(deadline=F("started_at")))
    ran = engine.drive(execution)
    assert (ran.status, ran.fates) == (Status.TIMED_OUT, {"steps/s": "passed", "teardown/after": "passed"})


def test_an_action_that_does_not_leave_is_abandoned_and_its_result_kept_out(
    engine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    let_go = threading.Event()
    run = Log.run

    def stubborn(self: Log, config: object, context: object) -> object:
        if "stay" in str(config):
            let_go.wait(60)
        return run(self, config, context)  # type: ignore[arg-type]  # handed through as it came

    monkeypatch.setattr(Log, "run", stubborn)
    execution = engine.start(flow("{id: s, action: log, config: {message: stay}}", teardown=AFTER))
    with engine.driving(execution):
        wait_until(lambda: execution.step_runs.filter(status="running").exists(), 30, "the step runs")
        request_cancel(execution=execution, by="bob")
        wait_until(lambda: execution.step_runs.filter(status="cancelled").exists(), 30, "the step is given up")
        assert engine.broker.messages  # another worker would begin the teardown now
        let_go.set()
    ran = engine.drive(execution)
    assert (ran.status, ran.fates) == (Status.CANCELLED, {"steps/s": "cancelled", "teardown/after": "passed"})
    late = LateResult.objects.get()
    assert (late.attempt, late.status) == (ran.attempt("steps/s"), "passed")


def test_an_abandoned_attempt_that_ran_out_of_time_is_tried_again(
    engine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    let_go, stayed = threading.Event(), threading.Event()
    run = Log.run

    def stubborn_once(self: Log, config: Any, context: Any) -> Any:
        if not stayed.is_set():
            stayed.set()
            let_go.wait(60)
        return run(self, config, context)

    monkeypatch.setattr(Log, "run", stubborn_once)
    step = "{id: s, action: log, timeout: 100ms, config: {message: a}, retry: {max_attempts: 2, delay: 10ms}}"
    execution = engine.start(flow(step))
    stuck = engine.delivering()
    wait_until(lambda: execution.step_runs.filter(status="retrying").exists(), 30, "the attempt is given up")
    ran = engine.drive(execution)
    let_go.set()
    stuck.join(10)
    assert [attempt.status for attempt in ran.attempts("steps/s")] == ["failed", "passed"]
    assert ran.status == Status.PASSED


def test_a_delay_waits_no_longer_than_its_step_may(engine: Machine) -> None:
    ran = engine.run(flow("{id: wait, action: delay, timeout: 1200ms, config: {duration: 10m}}"))
    step = ran.step("steps/wait")
    assert (ran.status, step.failure_kind) == (Status.FAILED, "timeout")
    assert step.started_at is not None
    assert step.finished_at is not None
    assert (step.finished_at - step.started_at).total_seconds() < 60
