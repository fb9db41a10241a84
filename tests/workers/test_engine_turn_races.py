"""Turns that end at the same moment, on several workers: the join happens once, and nothing is lost or done twice."""

import threading
from collections.abc import Callable

from django.db import connection

from executions.models import Attempt, Execution
from executions.operations.cancel import request_cancel
from executions.operations.claim import Claim, claim_step
from executions.operations.commit import Committed, commit_attempt, read_state
from executions.operations.start import plan_of
from executions.settling import Arrive, Ended
from executions.status import AttemptStatus, Status, StepStatus
from tests.workers.in_process import Machine, flow
from tests.workers.test_engine_races import at_once
from tests.workers.test_engine_turns import is_tidy

SAY = "{id: %s, action: log, config: {message: a}}"
TURNS = 300
DONE = Ended(attempt=AttemptStatus.PASSED, step=StepStatus.PASSED)


def loop(step: str, *, turns: int, at_once: int) -> str:
    return (
        f"{{id: each, action: for_each, config: {{range: {{end: {turns}}}, max_parallel: {at_once}, steps: [{step}]}}}}"
    )


def next_claim(execution: Execution) -> Claim | None:
    for number in execution.step_runs.filter(status="pending").values_list("pk", flat=True):
        if (claim := claim_step(step_run_id=number, number=1, worker_id=None)) is not None:
            return claim
    return None


def test_hundreds_of_times_two_workers_end_two_turns_at_once(engine: Machine) -> None:
    """By the commit alone: each end begins one turn more, or takes one off, and exactly one of them joins."""
    execution = engine.start(flow(loop(SAY % "a", turns=TURNS, at_once=2)))
    engine.engine.is_stopping = True  # it opens the loop, and goes no further
    engine.deliver()
    each = execution.step_runs.get(path="steps/each")
    firsts = plan_of(execution.flow_version).firsts("steps/each")
    told: list[Committed] = []

    def end_turns() -> None:
        while (claim := next_claim(execution)) is not None:
            over = Arrive(
                failed=False, forgiven=(), may_start=True, firsts=firsts, container_id=each.pk, turn=claim.turn
            )
            state = read_state(execution.pk, each.pk)
            done = commit_attempt(claim=claim, decide=lambda _, over=over: (DONE, over), state=state, worker_id=None)  # type: ignore[misc]
            assert isinstance(done, Committed)
            told.append(done)

    at_once(end_turns, end_turns)
    each.refresh_from_db()
    assert (each.pending_children, each.turns_started, len(told)) == (0, TURNS, TURNS)
    assert [number for done in told for number, _ in done.due].count(each.pk) == 1
    assert len({done.event_number for done in told}) == TURNS
    assert each.due_at is not None


def test_many_workers_join_every_fan_once(engine: Machine) -> None:
    fan = f"{{id: fan, action: parallel, config: {{steps: [{SAY % 'a'}, {SAY % 'b'}, {SAY % 'c'}]}}}}"
    execution = engine.start(flow(loop(fan, turns=40, at_once=20)))

    def work() -> None:
        for _ in range(400):
            if not engine.deliver():
                threading.Event().wait(0.002)

    at_once(*[work] * 4)
    ran = engine.drive(execution, seconds=120)
    assert (ran.status, ran.execution.step_runs.count()) == (Status.PASSED, 1 + 4 * 40)
    assert not Attempt.objects.exclude(number=1, status="passed").exists()
    assert is_tidy(ran)


def test_a_cancel_in_the_middle_of_a_fan_out_leaves_nothing_open(engine: Machine) -> None:
    seen = set()
    for number in range(6):
        execution = engine.start(
            flow(loop(SAY % "a", turns=30, at_once=10), teardown="{id: after, action: log, config: {message: a}}")
        )
        at_once(*[delivering(engine)] * 2, cancelling(execution, 0.01 * number))
        ran = engine.drive(execution, seconds=60)
        seen.add(ran.status)
        assert is_tidy(ran)
        if ran.execution.started_at is None:  # the cancel came before any worker: nothing began, nothing is torn down
            assert (ran.status, ran.fates) == (Status.CANCELLED, {"steps/each": "cancelled"})
        else:
            assert ran.fates["teardown/after"] == "passed"
        assert ran.execution.moves.filter(new=ran.status).count() == 1
    assert Status.CANCELLED in seen


def delivering(engine: Machine) -> Callable[[], None]:
    def work() -> None:
        while engine.deliver():
            pass

    return work


def cancelling(execution: Execution, late: float) -> Callable[[], None]:
    def work() -> None:
        threading.Event().wait(late)
        try:
            request_cancel(execution=Execution(pk=execution.pk), by="bob")
        finally:
            connection.close()

    return work
