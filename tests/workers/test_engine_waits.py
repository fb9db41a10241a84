"""Waiting by asking again: steps are parked between two tries, and give up when they said they would."""

import socket
from pathlib import Path

from executions.operations.cancel import request_cancel
from executions.status import Status
from tests.workers.in_process import Machine, flow

COUNT = "{id: ask, action: http_request, config: {method: POST, url: '%s/lab/count/%s'}, output: {count: body.count}}"


def until(condition: str, *steps: str, config: str = "", more: str = "") -> str:
    inside = ", ".join(steps)
    return (
        f"{{id: wait, action: wait_until, config: {{condition: '{condition}', interval: 20ms, {config}"
        f" steps: [{inside}]}} {more}}}"
    )


def test_its_steps_run_until_the_condition_holds(engine: Machine, lab: str) -> None:
    wait = until("count >= 3", COUNT % (lab, "until"), more=", assert: [attempts == 3, met, count == 3]")
    ran = engine.run(flow(wait, "{id: after, action: log, config: {message: '${count} ${ask.status}'}}"))
    assert (ran.status, ran.result("steps/after")["message"]) == (Status.PASSED, "3 200")
    assert [path for path in ran.fates if path.endswith("ask")] == [f"steps/wait[{n}]/ask" for n in range(3)]
    assert ran.result("steps/wait")["last"] == {"status": "passed", "outputs": {"count": 3}}
    assert ran.attempt("steps/wait").condition["value"] is True
    assert len(ran.attempts("steps/wait")) == 1


def test_a_round_that_fails_means_not_yet(engine: Machine, lab: str) -> None:
    ask = (COUNT % (lab, "soft")).replace("output:", "assert: [body.count > 1], output:")
    ran = engine.run(flow(until("count > 0", ask)))
    assert (ran.status, ran.fates["steps/wait[0]/ask"], ran.step("steps/wait[0]/ask").soft) == (
        "passed",
        "failed",
        True,
    )


def test_waiting_in_vain_fails_and_says_for_what(engine: Machine) -> None:
    never = until("1 == 2", "{id: look, action: log, config: {message: a}}", config="timeout: 200ms,")
    ran = engine.run(flow(never))
    wait = ran.step("steps/wait")
    assert (ran.status, wait.failure_kind, wait.failure_code) == (Status.FAILED, "timeout", "poll_timeout")
    assert "1 == 2 is still false" in wait.message
    assert ran.execution.failed_step_path == "steps/wait"


def test_it_may_go_on_when_the_time_is_up(engine: Machine) -> None:
    look = "{id: look, action: log, config: {message: a}}"
    ran = engine.run(flow(until("1 == 2", look, config="max_attempts: 2, on_timeout: continue,")))
    assert (ran.status, ran.result("steps/wait")["timed_out"]) == (Status.PASSED, True)


def test_asking_again_does_not_mend_a_template(engine: Machine) -> None:
    ran = engine.run(flow(until("1 == 2", "{id: look, action: log, config: {message: '${nobody}'}}")))
    assert (ran.status, ran.step("steps/wait").failure_kind) == (Status.FAILED, "template")
    assert "steps/wait[1]/look" not in ran.fates


def test_a_cancel_ends_the_waiting_between_two_rounds(engine: Machine) -> None:
    look = "{id: look, action: log, config: {message: a}}"
    execution = engine.start(
        flow(until("1 == 2", look).replace("20ms", "2m").replace("interval", "timeout: 9m, interval"))
    )
    engine.drive(
        execution, until=lambda found: found.step_runs.filter(path="steps/wait", due_at__isnull=False).exists()
    )
    request_cancel(execution=execution, by="bob")
    ran = engine.drive(execution)
    assert (ran.status, ran.fates["steps/wait"]) == (Status.CANCELLED, "cancelled")


def test_an_address_is_asked_until_it_answers(engine: Machine, lab: str) -> None:
    config = f"{{url: '{lab}/lab/flaky?key=wf&fail=2&status=503', interval: 20ms, timeout: 20s}}"
    ran = engine.run(flow(f"{{id: open, action: wait_for, config: {config}, assert: [attempts >= 1, success]}}"))
    assert ran.status == Status.PASSED, ran.step("steps/open").message


def test_a_port_is_tried_until_somebody_listens(engine: Machine) -> None:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        port = listening.getsockname()[1]
        step = (
            f"{{id: open, action: wait_for, config: {{host: 127.0.0.1, port: {port}, interval: 20ms, timeout: 20s}}}}"
        )
        execution = engine.start(flow(step))
        engine.drive(
            execution,
            until=lambda found: found.step_runs.filter(path="steps/open", due_at__isnull=False, attempts=1).exists(),
        )
        listening.listen()
        ran = engine.drive(execution)
    assert (ran.status, ran.result("steps/open")["attempts"] > 1) == (Status.PASSED, True)


def test_a_port_nobody_listens_at_is_told_with_the_last_answer(engine: Machine) -> None:
    step = "{id: open, action: wait_for, config: {type: tcp, host: 127.0.0.1, port: 9, interval: 20ms, timeout: 100ms}}"
    ran = engine.run(flow(step))
    failed = ran.step("steps/open")
    assert (ran.status, failed.failure_code) == (Status.FAILED, "poll_timeout")
    assert "127.0.0.1:9" in failed.message


def test_a_database_is_asked_until_its_answer_is_right(engine: Machine, tmp_path: Path) -> None:
    base = f"connection: 'sqlite:///{tmp_path}/polled.db'"
    make = f"{{id: make, action: database_query, config: {{{base}, query: 'CREATE TABLE t (n int)'}}}}"
    add = f"{{id: add, action: database_query, config: {{{base}, query: 'INSERT INTO t VALUES (1)'}}}}"
    slow = f"{{id: pause, action: delay, config: {{duration: 1200ms}}}}, {add}"  # parked, then it comes
    poll = (
        f"{{id: poll, action: db_poll, config: {{{base}, query: 'SELECT n FROM t', interval: 50ms, timeout: 20s,"
        " condition: first_row.n == 1}, assert: [success, row_count == 1]}"
    )
    ran = engine.run(flow(make, f"{{id: fan, action: parallel, config: {{branches: [[{slow}], [{poll}]]}}}}"))
    assert ran.status == Status.PASSED, {run.path: run.message for run in ran.execution.step_runs.all()}
    assert ran.result("steps/fan[1]/poll")["attempts"] > 1


def test_a_condition_in_parts_and_an_answer_that_never_comes(engine: Machine, tmp_path: Path) -> None:
    poll = (
        f"{{id: poll, action: db_poll, config: {{connection: 'sqlite:///{tmp_path}/never.db', interval: 20ms,"
        " timeout: 100ms, query: SELECT 'open' AS state, condition: {type: row_value, column: state, value: paid}}}"
    )
    failed = engine.run(flow(poll)).step("steps/poll")
    assert (failed.failure_kind, failed.failure_code) == ("timeout", "poll_timeout")
    assert "state was 'open', expected 'paid'" in failed.message
