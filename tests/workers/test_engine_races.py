"""Cancels, workers and sweepers at the same execution at once: each loses safely, and the record tells one story."""

import threading
from collections.abc import Callable
from functools import partial

from django.db import connection

from executions.errors import AlreadyFinal
from executions.models import Attempt, Execution
from executions.operations.cancel import request_cancel
from executions.status import Status
from tests.workers.in_process import Machine, flow

AFTER = "{id: after, action: log, config: {message: 'it ${FLOW_STATUS}'}}"
MANY = 12


def at_once(*work: Callable[[], object]) -> None:
    ready = threading.Barrier(len(work))
    problems: list[BaseException] = []

    def run(one: Callable[[], object]) -> None:
        try:
            ready.wait()
            one()
        except BaseException as exc:
            problems.append(exc)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(one,)) for one in work]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert problems == []


def test_a_cancel_races_with_the_end(engine: Machine) -> None:
    """Whatever the moment, it is either over before or cancelled: one final move, no step run left open."""
    seen = set()
    for number in range(MANY):
        execution = engine.start(flow(*["{action: log, config: {message: a}}"] * (number % 3 + 1), teardown=AFTER))

        def cancel(execution: Execution = execution, late: float = number * 0.004) -> None:
            threading.Event().wait(late)
            try:
                request_cancel(execution=execution, by="bob")
            except AlreadyFinal:
                seen.add("too late")

        copy = Execution.objects.get(pk=execution.pk)
        at_once(partial(engine.drive, copy), cancel)
        ran = engine.drive(execution)
        seen.add(ran.status)
        assert ran.status in {Status.PASSED, Status.CANCELLED}
        assert execution.moves.filter(new__in=[Status.PASSED, Status.CANCELLED]).count() == 1
        assert not execution.step_runs.filter(status__in=["pending", "running", "retrying"]).exists()
        counted = ran.execution.passed_count + ran.execution.cancelled_count
        assert counted == execution.step_runs.count()
    assert Status.CANCELLED in seen


def test_many_workers_and_sweepers_run_every_step_once(engine: Machine) -> None:
    steps = ["{action: log, config: {message: a}}"] * 5
    executions = [engine.start(flow(*steps, teardown=AFTER)) for _ in range(MANY)]
    engine.broker.messages.extend(list(engine.broker.messages) * 2)

    def work() -> None:
        while engine.deliver():
            engine.tick()

    at_once(*[work] * 4)
    for execution in executions:
        assert engine.drive(execution).status == Status.PASSED
    assert Attempt.objects.count() == MANY * 6
    assert not Attempt.objects.exclude(status="passed").exists()


def test_of_two_cancels_at_once_one_is_recorded(engine: Machine) -> None:
    execution = engine.start(flow("{id: wait, action: delay, config: {duration: 10m}}", teardown=AFTER))
    engine.drive(execution, until=lambda found: bool(found.step_runs.filter(due_at__isnull=False, attempts=1)))
    at_once(*[lambda: request_cancel(execution=execution, by="bob")] * 4)
    ran = engine.drive(execution)
    assert (ran.status, [event.type for event in ran.told].count("execution.cancelling")) == (Status.CANCELLED, 1)
