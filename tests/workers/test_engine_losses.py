"""Dead workers, lost answers of the database, late results, messages that come twice: seen from inside one process."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import httpx
import psycopg
import pytest
from django.db import OperationalError, connection

from executions.database import dedicated, fetch_one
from executions.models import Attempt, Execution, LateResult, WorkerProcess
from executions.operations.claim import Claim, claim_step
from executions.operations.settle_statement import settle
from executions.operations.sweep import find_lost_attempts
from executions.status import Status
from tests.running_stack import wait_until
from tests.workers.in_process import Machine, flow, machine
from workers import engine as engines
from workers.recording import to_ended

SAY = "{id: say, action: log, config: {message: hello}}"
AFTER = "{id: after, action: log, config: {message: 'it ${FLOW_STATUS}'}}"


@pytest.fixture(autouse=True)
def somebody_dies(engine: Machine) -> None:
    engine.nobody_dies = False


def http(step_id: str, method: str, url: str, more: str = "") -> str:
    return f"{{id: {step_id}, action: http_request, config: {{method: {method}, url: '{url}'}}{more}}}"


def counted(lab: str, key: str) -> int:
    return int(httpx.get(f"{lab}/lab/count/{key}").json()["count"])


def leave_claimed(machine: Machine, execution: Execution) -> Claim:
    """Claim the first step in the name of a worker whose lease has run out, and never come back."""
    machine.broker.messages.clear()
    gone = WorkerProcess.objects.create(host="gone", pid=1, boot_id="x", expires_at=execution.queued_at)
    claim = claim_step(step_run_id=execution.step_runs.get().pk, number=1, worker_id=gone.pk)
    assert claim is not None
    return claim


def test_a_claim_is_given_once(engine: Machine) -> None:
    execution = engine.start(flow(SAY))
    step_run = execution.step_runs.get().pk
    given: list[Claim | None] = []
    ready = threading.Barrier(8)

    def claim() -> None:
        ready.wait()
        given.append(claim_step(step_run_id=step_run, number=1, worker_id=None))
        connection.close()

    threads = [threading.Thread(target=claim) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len([one for one in given if one is not None]) == 1
    assert Attempt.objects.count() == 1


def test_a_message_that_comes_again_is_counted_and_does_nothing(engine: Machine, lab: str) -> None:
    execution = engine.start(flow(http("count", "POST", f"{lab}/lab/count/twice")))
    engine.broker.messages.extend(list(engine.broker.messages) * 3)
    ran = engine.drive(execution)
    while engine.deliver():
        pass
    assert (ran.status, counted(lab, "twice")) == (Status.PASSED, 1)
    wait_until(lambda: WorkerProcess.objects.get().duplicate_messages == 3, 30, "three are counted")


def test_while_a_step_runs_nobody_else_is_let_in(engine: Machine, lab: str) -> None:
    execution = engine.start(flow(http("look", "GET", f"{lab}/lab/hold?key=alone")))
    step_run = execution.step_runs.get().pk
    with engine.driving(execution) as found:
        wait_until(lambda: bool(httpx.get(f"{lab}/lab/holding/alone").json()["holding"]), 30, "the step runs")
        for number in (0, 1, 2):
            for early in (False, True):
                assert claim_step(step_run_id=step_run, number=number, worker_id=None, early=early) is None
        httpx.post(f"{lab}/lab/release/alone?for_good=true")
    [ran] = found
    assert (ran.status, ran.step("steps/look").fence) == (Status.PASSED, 1)


def test_an_old_message_does_not_make_an_old_attempt_again(engine: Machine) -> None:
    step = "{id: s, action: assert, config: {assertions: [1 == 2]}, retry: {max_attempts: 2, delay: 300ms}}"
    execution = engine.start(flow(step))
    engine.deliver()
    step_run = execution.step_runs.get().pk
    for early in (False, True):
        assert claim_step(step_run_id=step_run, number=1, worker_id=None, early=early) is None
        assert claim_step(step_run_id=step_run, number=3, worker_id=None, early=early) is None
    assert [attempt.number for attempt in engine.drive(execution).attempts("steps/s")] == [1, 2]


def test_a_message_for_a_step_that_is_not_due_yet_does_nothing(engine: Machine) -> None:
    execution = engine.start(flow("{id: wait, action: delay, config: {duration: 10m}}"))
    engine.drive(execution, until=lambda found: bool(found.step_runs.filter(due_at__isnull=False, attempts=1)))
    engine.engine.run_step(execution.step_runs.get().pk, 1)
    assert execution.step_runs.get().due_at is not None


def test_a_lost_harmless_step_is_tried_again(engine: Machine) -> None:
    execution = engine.start(flow(SAY))
    leave_claimed(engine, execution)
    ran = engine.drive(execution)
    assert ran.status == Status.PASSED
    assert [attempt.status for attempt in ran.attempts("steps/say")] == ["lost", "passed"]
    assert ran.step("steps/say").lost_attempts == 1


def test_a_lost_step_that_must_not_repeat_fails_and_says_so(engine: Machine, lab: str) -> None:
    execution = engine.start(flow(http("count", "POST", f"{lab}/lab/count/lost"), SAY, teardown=AFTER))
    leave_claimed(engine, execution)
    ran = engine.drive(execution)
    assert ran.fates == {"steps/count": "failed", "teardown/after": "passed"}
    step = ran.step("steps/count")
    assert (step.failure_kind, step.may_have_taken_effect) == ("worker_lost", True)
    assert counted(lab, "lost") == 0


def test_a_condition_is_asked_although_the_first_attempt_was_lost(engine: Machine) -> None:
    execution = engine.start(flow("{id: say, action: log, run_condition: 'false', config: {message: hello}}"))
    leave_claimed(engine, execution)
    ran = engine.drive(execution)
    assert (ran.status, ran.fates) == (Status.PASSED, {"steps/say": "skipped"})


def test_a_loss_is_nobodys_failure_and_uses_up_no_retry(engine: Machine) -> None:
    step = "{id: s, action: assert, config: {assertions: [1 == 2]}, retry: {max_attempts: 2, delay: 10ms}}"
    execution = engine.start(flow(step))
    leave_claimed(engine, execution)
    ran = engine.drive(execution)
    assert [attempt.status for attempt in ran.attempts("steps/s")] == ["lost", "failed", "failed"]


def test_what_comes_after_its_attempt_was_given_up_is_kept_as_late(engine: Machine, lab: str) -> None:
    execution = engine.start(flow(http("look", "GET", f"{lab}/lab/hold?key=late")))
    late = engine.delivering()
    wait_until(lambda: bool(httpx.get(f"{lab}/lab/holding/late").json()["holding"]), 30, "the step runs")
    attempt = Attempt.objects.get()
    row = fetch_one(
        "SELECT id AS step_run_id, fence, execution_id, path, lost_attempts, parent_id, now() AS now"
        " FROM executions_steprun WHERE execution_id = %(id)s",
        {"id": execution.pk},
    )
    assert row is not None
    engine.engine.give_up_lost(
        row | {"attempt_id": attempt.pk, "number": 1, "due_at": attempt.due_at, "draws": None, "event_number": 0}
    )
    httpx.post(f"{lab}/lab/release/late?for_good=true")
    late.join(10)
    ran = engine.drive(execution)
    assert [one.status for one in ran.attempts("steps/look")] == ["lost", "passed"]
    result = LateResult.objects.get()
    assert (result.attempt_id, result.status) == (attempt.pk, "passed")


def test_two_that_find_the_same_lost_attempt_settle_it_once(engine: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    execution = engine.start(flow(SAY))
    leave_claimed(engine, execution)
    [found] = find_lost_attempts()
    with machine(engine.workspace, monkeypatch) as other:
        other.nobody_dies = False
        other.engine.give_up_lost(found)
        engine.engine.give_up_lost(found)
        assert other.drive(execution).step("steps/say").lost_attempts == 1
    assert not LateResult.objects.exists()


@dataclass
class Cut:
    """Breaks the connection to the database around a call, so many times."""

    call: Callable[..., Any]
    times: int = 1
    before: bool = False
    made: list[object] = field(default_factory=list)

    def __call__(self, *args: Any, **how: Any) -> Any:
        if len(self.made) >= self.times:
            return self.call(*args, **how)
        self.made.append(args)
        if not self.before:
            self.call(*args, **how)
        raise OperationalError("the connection is gone") from psycopg.OperationalError()


@pytest.mark.parametrize("before", [True, False])
def test_a_commit_whose_answer_is_lost_is_made_once(
    engine: Machine, lab: str, monkeypatch: pytest.MonkeyPatch, before: bool
) -> None:
    key = f"cut-{before}"
    monkeypatch.setattr("executions.operations.commit.settle", Cut(settle, times=3, before=before))
    ran = engine.run(flow(SAY, http("count", "POST", f"{lab}/lab/count/{key}"), SAY.replace("say", "last")))
    assert (ran.status, counted(lab, key)) == (Status.PASSED, 1)
    assert [attempt.status for attempt in Attempt.objects.all()] == ["passed"] * 3
    assert not LateResult.objects.exists()


def test_a_claim_whose_answer_is_lost_is_found_and_the_step_begun_again(
    engine: Machine, lab: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody made the attempt, and this process knows: even a step that must not repeat may be run."""
    monkeypatch.setattr(engines, "ORPHANED_AFTER", 0.2)
    monkeypatch.setattr(engines, "claim_step", Cut(claim_step))
    execution = engine.start(flow(http("count", "POST", f"{lab}/lab/count/claimed")))
    with pytest.raises(OperationalError):
        engine.deliver()
    ran = engine.drive(execution)
    assert (ran.status, counted(lab, "claimed")) == (Status.PASSED, 1), ran.step("steps/count").message


def test_a_fault_of_ours_ends_the_step_and_not_the_worker(engine: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[object] = []

    def breaks_once(*args: Any) -> Any:
        asked.append(args)
        if len(asked) == 1:
            raise RuntimeError("nobody foresaw this")
        return to_ended(*args)

    monkeypatch.setattr(engines, "to_ended", breaks_once)
    ran = engine.run(flow("{id: s, action: set, config: {a: 1}}", teardown=AFTER))
    assert (ran.status, [attempt.status for attempt in ran.attempts("steps/s")]) == ("passed", ["lost", "passed"])
    assert ran.attempts("steps/s")[0].failure_code == "internal"


def test_a_process_that_cannot_renew_its_lease_stops_what_it_does(
    engine: Machine, monkeypatch: pytest.MonkeyPatch, lab: str
) -> None:
    with machine(engine.workspace, monkeypatch, lease_seconds=3) as made:
        made.nobody_dies = False
        execution = made.start(flow(http("look", "GET", f"{lab}/lab/hold?key=lease")))
        with dedicated() as blocker, blocker.transaction():
            blocker.execute("SELECT 1 FROM executions_workerprocess WHERE id = %s FOR UPDATE", [made.watch.worker_id])
            worker = made.delivering()
            wait_until(
                lambda: bool(httpx.get(f"{lab}/lab/holding/lease").json()["gone"]), 30, "the request is given up"
            )
        worker.join(10)
        httpx.post(f"{lab}/lab/release/lease?for_good=true")
        ran = made.drive(execution)
    assert [attempt.status for attempt in ran.attempts("steps/look")] == ["lost", "passed"]
    assert ran.attempts("steps/look")[0].failure_code == "lease_lost"


@pytest.mark.parametrize("odd", ["\\u0000", "\\ud800", "\\uffff", "\\u202e"])
def test_odd_characters_are_recorded_and_break_nothing(engine: Machine, lab: str, odd: str) -> None:
    config = f"{{method: POST, url: '{lab}/lab/echo', body: '{{\"a\": \"x{odd}y\"}}'}}"
    ran = engine.run(
        flow(
            f"{{id: echo, action: http_request, config: {config}, output: {{odd: body.json.a}}}}",
            "{id: say, action: log, config: {message: '${odd}'}}",
            "{id: fail, action: assert, config: {assertions: [{expression: \"odd == 'z'\", message: 'it is ${odd}'}]}}",
        )
    )
    assert ran.fates == {"steps/echo": "passed", "steps/say": "passed", "steps/fail": "failed"}, ran.step(
        "steps/say"
    ).message
    assert ran.step("steps/fail").failure_kind == "assertion"
