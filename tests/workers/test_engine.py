"""How an execution goes on from step to step: small flows through the real engine, in this process."""

import pytest

from executions.status import Status
from tests.workers.in_process import Machine, flow

FAILS = "{id: fails, action: assert, config: {assertions: [1 == 2]}}"
SAY = "{id: say, action: log, config: {message: hello}}"
AFTER = "{id: after, action: log, config: {message: 'it ${FLOW_STATUS}'}}"


def test_steps_run_in_order_and_pass(engine: Machine) -> None:
    ran = engine.run(
        flow(
            "{id: one, action: set, config: {total: 3}, output: {total: total}}",
            "{id: two, action: assert, config: {assertions: [total == 3]}}",
            setup="{id: before, action: log, config: {message: before}}",
            teardown=AFTER,
        )
    )
    assert ran.status == Status.PASSED
    assert list(ran.fates.items()) == [
        ("setup/before", "passed"),
        ("steps/one", "passed"),
        ("steps/two", "passed"),
        ("teardown/after", "passed"),
    ]
    assert ran.result("teardown/after")["message"] == "it passed"
    moves = list(ran.execution.moves.values_list("old", "new"))
    assert moves == [("", "queued"), ("queued", "running"), ("running", "passed")]


def test_steps_that_are_due_at_once_go_in_one_hop(engine: Machine) -> None:
    engine.run(flow(*[f"{{id: s{n}, action: log, config: {{message: hello}}}}" for n in range(10)]))
    assert len(engine.broker.sent) == 1


def test_a_failed_step_stops_the_steps_and_teardown_still_runs(engine: Machine) -> None:
    ran = engine.run(flow(FAILS, SAY, teardown=AFTER))
    assert (ran.status, ran.execution.outcome) == (Status.FAILED, Status.FAILED)
    assert ran.fates == {"steps/fails": "failed", "teardown/after": "passed"}
    assert ran.result("teardown/after")["message"] == "it failed"
    assert (ran.execution.failed_step_path, ran.execution.failure_kind) == ("steps/fails", "assertion")
    [record] = ran.attempt("steps/fails").assertions
    assert (record["expression"], record["passed"], record["actual"], record["expected"]) == ("1 == 2", False, 1, 2)


def test_a_target_that_says_no_has_answered_and_the_assertions_judge_it(engine: Machine, lab: str) -> None:
    asks = f"action: http_request, config: {{url: '{lab}/lab/status/503'}}"
    ran = engine.run(flow(f"{{id: looks, {asks}}}", f"{{id: wants, {asks}, assert: [status == 200, size > 0]}}", SAY))
    assert ran.fates == {"steps/looks": "passed", "steps/wants": "failed"}
    looks, wants = ran.step("steps/looks"), ran.step("steps/wants")
    assert looks.message.startswith("503 Service Unavailable")
    assert (wants.failure_kind, wants.failure_code) == ("assertion", "assertion")
    assert wants.message == "status is 503, expected 200"
    assert [one["passed"] for one in ran.attempt("steps/wants").assertions] == [False, True]
    assert ran.result("steps/wants")["status"] == 503
    assert ran.result("steps/wants")["body"] == ran.result("steps/looks")["body"] != ""


def test_a_step_that_may_fail_lets_the_flow_go_on_to_a_failed_end(engine: Machine) -> None:
    ran = engine.run(flow(FAILS.replace("}}", "}, on_error: continue}"), SAY))
    assert (ran.status, ran.fates) == (Status.FAILED, {"steps/fails": "failed", "steps/say": "passed"})


def test_a_soft_failure_is_shown_and_does_not_fail_the_flow(engine: Machine) -> None:
    ran = engine.run(flow(FAILS.replace("}}", "}, on_error: continue, soft: true}"), SAY))
    assert (ran.status, ran.fates) == (Status.PASSED, {"steps/fails": "failed", "steps/say": "passed"})
    assert ran.step("steps/fails").soft
    assert (ran.execution.failed_count, ran.execution.soft_failed_count, ran.execution.failed_step_path) == (1, 1, "")


def test_without_fail_fast_every_step_runs_and_the_flow_fails(engine: Machine) -> None:
    ran = engine.run(flow(FAILS, SAY, config="{fail_fast: false}"))
    assert (ran.status, ran.fates) == (Status.FAILED, {"steps/fails": "failed", "steps/say": "passed"})


def test_error_steps_run_only_after_a_failure_and_know_what_it_was(engine: Machine) -> None:
    note = "{id: note, action: log, config: {message: '${error.kind}: ${error.message}'}}"
    ran = engine.run(
        flow(
            f"{{id: fine, action: log, config: {{message: hello}}, error_steps: [{note.replace('note', 'never')}]}}",
            f"{{id: fails, action: assert, config: {{assertions: [1 == 2]}}, error_steps: [{note}]}}",
            SAY,
        )
    )
    assert ran.status == Status.FAILED
    assert ran.fates == {"steps/fine": "passed", "steps/fails": "failed", "steps/fails/error_steps/note": "passed"}
    assert ran.result("steps/fails/error_steps/note")["message"].startswith("assertion: ")
    assert ran.step("steps/fails/error_steps/note").parent == ran.step("steps/fails")


def test_after_error_steps_a_step_that_may_fail_goes_on(engine: Machine) -> None:
    ran = engine.run(
        flow(
            "{id: fails, action: assert, config: {assertions: [1 == 2]}, on_error: continue,"
            " error_steps: [{id: a, action: log, config: {message: a}}, {id: b, action: log, config: {message: b}}]}",
            SAY,
        )
    )
    assert list(ran.fates) == ["steps/fails", "steps/fails/error_steps/a", "steps/fails/error_steps/b", "steps/say"]
    assert ran.status == Status.FAILED


def test_when_setup_fails_the_steps_do_not_run_and_teardown_does(engine: Machine) -> None:
    ran = engine.run(flow(SAY, setup=f"{FAILS}\n{{id: second, action: log, config: {{message: no}}}}", teardown=AFTER))
    assert (ran.status, ran.fates) == (Status.FAILED, {"setup/fails": "failed", "teardown/after": "passed"})


def test_a_failing_teardown_fails_what_had_passed_and_does_not_stop_its_own_rest(engine: Machine) -> None:
    ran = engine.run(flow(SAY, teardown=f"{FAILS}\n{AFTER}"))
    assert (ran.status, ran.execution.outcome) == (Status.FAILED, Status.PASSED)
    assert ran.fates == {"steps/say": "passed", "teardown/fails": "failed", "teardown/after": "passed"}
    assert ran.result("teardown/after")["message"] == "it passed"
    assert ran.execution.failed_step_path == "teardown/fails"


def test_a_softly_failing_teardown_fails_nothing(engine: Machine) -> None:
    ran = engine.run(flow(SAY, teardown=FAILS.replace("}}", "}, on_error: continue, soft: true}")))
    assert ran.status == Status.PASSED


def test_a_failing_teardown_changes_no_other_outcome(engine: Machine) -> None:
    ran = engine.run(flow("{id: wait, action: delay, config: {duration: 5}}", teardown=FAILS), timeout_seconds=0.2)
    assert (ran.status, ran.fates) == (Status.TIMED_OUT, {"steps/wait": "cancelled", "teardown/fails": "failed"})


def test_a_disabled_step_is_skipped_and_recorded_as_such(engine: Machine) -> None:
    ran = engine.run(flow(FAILS.replace("}}", "}, disabled: true}"), SAY))
    assert (ran.status, ran.fates) == (Status.PASSED, {"steps/fails": "skipped", "steps/say": "passed"})
    assert ran.step("steps/fails").skip_reason == "The step is disabled."


def test_a_condition_that_does_not_hold_skips_the_step_with_the_values_it_saw(engine: Machine) -> None:
    ran = engine.run(
        flow(
            "{id: fails, action: assert, config: {assertions: [1 == 2]}, run_condition: 'STAGE == \"live\"'}",
            env="{STAGE: trial}",
        )
    )
    assert (ran.status, ran.fates) == (Status.PASSED, {"steps/fails": "skipped"})
    assert ran.step("steps/fails").skip_reason == 'STAGE == "live" is false'
    condition = ran.attempt("steps/fails").condition
    assert "trial" in str(condition["parts"])


@pytest.mark.parametrize("condition", ["NOWHERE == 1", "'\"text\"'", "STAGE.size > 1"])
def test_a_condition_that_cannot_be_evaluated_fails_the_step(engine: Machine, condition: str) -> None:
    ran = engine.run(
        flow(f"{{id: s, action: log, config: {{message: a}}, run_condition: {condition}}}", env="{STAGE: x}")
    )
    step = ran.step("steps/s")
    assert (ran.status, step.status, step.failure_kind, step.failure_code) == (
        Status.FAILED, "failed", "template", "condition",
    )  # fmt: skip
    assert ran.attempt("steps/s").condition["error"]


def test_what_does_not_resolve_fails_the_step_and_names_what_is_near(engine: Machine) -> None:
    ran = engine.run(flow("{id: s, action: log, config: {message: '${TOTL}'}}", env="{TOTAL: 3}"))
    step = ran.step("steps/s")
    assert (step.failure_kind, ran.execution.failure_kind) == ("template", "template")
    assert "TOTAL" in step.message


def test_a_missing_output_fails_the_step_and_optional_ones_do_not(engine: Machine) -> None:
    ran = engine.run(
        flow(
            "{id: fine, action: log, config: {message: a}, output: "
            "{gone: {path: b, optional: true}, other: {path: c, default: 7}}}",
            "{id: bad, action: log, config: {message: a}, output: {b: b}}",
        )
    )
    assert ran.captured("steps/fine") == {"gone": None, "other": 7}
    assert (ran.step("steps/bad").failure_kind, ran.step("steps/bad").failure_code) == ("extraction", "not_found")


def test_all_assertions_are_recorded_also_after_the_first_failure(engine: Machine) -> None:
    ran = engine.run(
        flow(
            "{id: s, action: set, config: {a: 1}, assert: [a == 2, a == 1, {expression: a == 3, message: 'not ${a}'}]}"
        )
    )
    records = ran.attempt("steps/s").assertions
    assert [record["passed"] for record in records] == [False, True, False]
    assert records[2]["message"] == "not 1"
    assert ran.step("steps/s").failure_kind == "assertion"


def test_variables_come_from_the_nearest_place(engine: Machine) -> None:
    names = "{a: '${A}', b: '${B}', c: '${C}', d: '${D}', e: '${e}', f: '${ENVIRONMENT}'}"
    ran = engine.run(
        flow(
            "{id: early, action: set, config: {value: captured}, output: {A: value}}",
            "{id: e, action: set, config: {value: by id}}",
            f"{{id: look, action: set, config: {names}}}",
            env="{A: flow, B: flow, C: flow, D: flow, e: flow}",
        ),
        variables={"A": "environment", "B": "environment", "C": "environment", "e": "environment"},
        overrides={"A": "override", "B": "override", "e": "override"},
    )
    result = ran.result("steps/look")
    assert (result["a"], result["b"], result["c"], result["d"]) == ("captured", "override", "environment", "flow")
    assert (result["e"]["value"], result["f"]) == ("by id", "test")
    reads = {read["name"]: read["source"] for read in ran.attempt("steps/look").reads}
    assert len({reads[name] for name in "ABCDe"}) == 5, reads


def test_values_keep_their_type_from_step_to_step(engine: Machine) -> None:
    ran = engine.run(
        flow(
            '{id: a, action: set, config: {n: 12345678901234567890, d: 0.1, l: [1, null, true], t: "1"},'
            " output: {n: n, d: d, l: l, t: t}}",
            '{id: b, action: assert, config: {assertions: ["n == 12345678901234567890", "d == 0.1", "l[2] == true",'
            " 't == \"1\"']}}",
        )
    )
    assert ran.status == Status.PASSED, ran.step("steps/b").message


def test_random_values_of_env_are_drawn_once_for_all_steps(engine: Machine) -> None:
    ran = engine.run(
        flow(
            "{id: a, action: set, config: {key: '${KEY}', own: '${RANDOM_ID}'}}",
            "{id: b, action: set, config: {key: '${KEY}', own: '${RANDOM_ID}'}}",
            env="{KEY: '${random.uuid}'}",
        )
    )
    first, second = ran.result("steps/a"), ran.result("steps/b")
    assert first["key"] == second["key"]
    assert first["own"] != second["own"]


def test_a_delay_holds_no_worker_and_is_over_in_time(engine: Machine) -> None:
    execution = engine.start(flow("{id: wait, action: delay, config: {duration: 1.2}}", SAY))
    parked = engine.drive(execution, until=lambda found: bool(found.step_runs.filter(due_at__isnull=False)))
    assert (parked.status, parked.attempt("steps/wait").status) == (Status.RUNNING, "waiting")
    ran = engine.drive(execution)
    step = ran.step("steps/wait")
    assert step.started_at is not None
    assert step.finished_at is not None
    assert 1.2 <= (step.finished_at - step.started_at).total_seconds() < 15
    assert (ran.status, len(ran.attempts("steps/wait"))) == (Status.PASSED, 1)
    assert ran.payload("steps/wait").request == {"duration": 1.2}
