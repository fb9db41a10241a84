"""Harmless steps are run one after another and written together; nobody who reads the record can tell."""

from typing import Any

import pytest
from django.db import connection

from executions.models import Execution, StepRun
from executions.operations.cancel import request_cancel
from executions.settling import Ended, Further
from flows.language.plan import PlannedStep
from tests.workers.in_process import Machine, Ran, flow
from workers.further import MOST, Ahead


@pytest.fixture(autouse=True)
def _no_hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    """However slow the machine is."""
    monkeypatch.setattr("workers.further.LONGEST", 60.0)


def test_local_steps_in_a_row_are_written_in_one_transaction(engine: Machine) -> None:
    ran = engine.run(
        flow(
            "{id: a, action: set, config: {one: 1}}",
            "{id: b, action: set, config: {two: '${one + 1}'}}",
            "{id: c, action: log, run_condition: two == 3, config: {message: never}}",
            "{id: d, action: assert, config: {assertions: [two == 2]}}",
            "{id: e, action: log, config: {message: 'it is ${two}'}}",
        )
    )
    assert ran.fates == {
        "steps/a": "passed", "steps/b": "passed", "steps/c": "skipped", "steps/d": "passed", "steps/e": "passed",
    }  # fmt: skip
    assert (ran.status, ran.execution.passed_count, ran.execution.skipped_count) == ("passed", 4, 1)
    assert len(set(_transactions(ran).values())) == 1
    assert ran.captured("steps/b") == {"two": 2}
    assert ran.result("steps/e")["message"] == "it is 2"
    assert ran.step("steps/c").skip_reason == "two == 3 is false"
    assert ran.step("steps/d").asserted


def test_their_times_follow_one_another(engine: Machine) -> None:
    ran = engine.run(flow(*(f"{{id: s{number}, action: log, config: {{message: hello}}}}" for number in range(5))))
    moments: list[Any] = [ran.execution.started_at]
    for run in ran.execution.step_runs.order_by("id"):
        moments += [run.started_at, run.finished_at]
        assert (run.attempt_rows.get().started_at, run.attempt_rows.get().finished_at) == (
            run.started_at,
            run.finished_at,
        )
    assert [*moments, ran.execution.finished_at] == sorted([*moments, ran.execution.finished_at])


def test_a_long_row_of_them_keeps_its_order_over_several_transactions(engine: Machine) -> None:
    count = 2 * MOST + 5
    ran = engine.run(flow(*(f"{{id: s{number}, action: log, config: {{message: hello}}}}" for number in range(count))))
    assert list(ran.fates) == [f"steps/s{number}" for number in range(count)]
    assert 3 <= len(set(_transactions(ran).values())) < MOST  # more if the hop's slice ends
    assert ran.execution.passed_count == count


def test_a_step_that_reaches_out_is_written_alone_and_at_once(engine: Machine, lab: str) -> None:
    ran = engine.run(
        flow(
            f"{{id: out, action: http_request, config: {{url: '{lab}/lab/count'}}}}",
            "{id: a, action: log, config: {message: a}}",
            "{id: b, action: log, config: {message: b}}",
        )
    )
    written = _transactions(ran)
    assert written["steps/out"] != written["steps/a"] == written["steps/b"]


def test_steps_of_a_hop_share_their_connections(engine: Machine, lab: str) -> None:
    reach_out = "action: http_request, config: {url: '" + lab + "/lab/status/200'}"
    ran = engine.run(flow(f"{{id: a, {reach_out}}}", f"{{id: b, {reach_out}}}"))
    assert [ran.attempt(f"steps/{step}").timing["reused"] for step in "ab"] == [0, 1]


def test_a_step_that_fails_ahead_is_run_again_and_recorded_once(engine: Machine) -> None:
    ran = engine.run(
        flow(
            "{id: a, action: log, config: {message: a}}",
            "{id: b, action: assert, config: {assertions: [1 == 2]}}",
            "{id: c, action: log, config: {message: c}}",
            teardown="{id: z, action: log, config: {message: z}}",
        )
    )
    assert ran.fates == {"steps/a": "passed", "steps/b": "failed", "teardown/z": "passed"}
    assert (ran.status, ran.step("steps/b").attempts, ran.execution.failed_count) == ("failed", 1, 1)


def test_what_was_run_ahead_never_was_if_the_execution_is_cancelled_meanwhile(
    engine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    began = engine.start(
        flow(
            "{id: a, action: set, config: {one: 1}}",
            "{id: b, action: set, config: {one: 2}}",
            "{id: c, action: log, config: {message: c}}",
            teardown="{id: z, action: log, config: {message: 'one is ${one}'}}",
        )
    )
    _meanwhile(monkeypatch, lambda: request_cancel(execution=Execution.objects.get(pk=began.pk), by="alice"))
    ran = engine.drive(began)
    assert (ran.status, ran.fates) == ("cancelled", {"steps/a": "passed", "teardown/z": "passed"})
    assert ran.result("teardown/z")["message"] == "one is 1"


def test_what_a_lost_worker_ran_ahead_leaves_nothing(engine: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    began = engine.start(
        flow("{id: a, action: log, config: {message: a}}", "{id: b, action: log, config: {message: b}}")
    )
    seen: list[Any] = []
    _meanwhile(monkeypatch, lambda: seen.extend(StepRun.objects.values_list("path", "status")))
    engine.drive(began)
    assert seen == [("steps/a", "running")]


def test_secrets_that_are_captured_ahead_are_masked_from_then_on(engine: Machine) -> None:
    ran = engine.run(
        flow(
            "{id: a, action: log, config: {message: a}}",
            "{id: b, action: set, config: {api_token: s3cr3t-and-long}}",
            "{id: c, action: log, config: {message: 'it is ${api_token}'}}",
            "{id: d, action: log, config: {message: \"a NUL \\0 in 'quotes', \\\\ and {braces}\"}}",
        )
    )
    assert ran.result("steps/c")["message"] == "it is ‹secret:api_token›"
    assert ran.result("steps/d")["message"] == "a NUL \0 in 'quotes', \\ and {braces}"
    assert "s3cr3t" not in str([vars(ran.payload(path)) for path in ("steps/b", "steps/c")])


def _transactions(ran: Ran) -> dict[str, str]:
    """Step path → the transaction that wrote what became of it."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT path, xmin::text FROM executions_steprun WHERE execution_id = %s ORDER BY id", [ran.execution.pk]
        )
        return dict(cursor.fetchall())


def _meanwhile(monkeypatch: pytest.MonkeyPatch, do: Any) -> None:
    """`do` it once, between running further and writing."""
    run = Ahead.run
    done: list[Any] = []

    def and_then(ahead: Ahead, here: PlannedStep, ended: Ended) -> list[Further]:
        found = run(ahead, here, ended)
        if found and not done:
            done.append(do())
        return found

    monkeypatch.setattr(Ahead, "run", and_then)
