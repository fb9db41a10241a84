"""Steps inside steps, through the real engine in this process: loops, branches, conditions, and what stops them."""

from typing import Any

import pytest

from executions.operations.cancel import request_cancel
from executions.status import Status
from tests.workers.in_process import Machine, Ran, flow

AFTER = "{id: after, action: log, config: {message: 'it ${FLOW_STATUS}'}}"
SAY = "{id: say, action: log, config: {message: 'hello ${item}'}, output: {said: message}}"
NOT_TWO = "{id: check, action: assert, config: {assertions: [item != 2]}}"
SLEEP = "{id: sleep, action: delay, config: {duration: 10m}}"


def loop(*steps: str, items: str = "[1, 2, 3]", config: str = "", more: str = "") -> str:
    inside = ", ".join(steps)
    return f"{{id: each, action: for_each, config: {{items: {items}, {config} steps: [{inside}]}} {more}}}"


def branches(*written: str, config: str = "", more: str = "") -> str:
    inside = ", ".join(f"[{one}]" for one in written)
    return f"{{id: fan, action: parallel, config: {{{config} branches: [{inside}]}} {more}}}"


def messages(ran: Ran) -> dict[str, str]:
    return {run.path: run.message for run in ran.execution.step_runs.all()}


def is_tidy(ran: Ran) -> bool:
    """Nothing is left open, and what is counted is there."""
    runs = list(ran.execution.step_runs.all())
    counted = (
        ran.execution.passed_count
        + ran.execution.failed_count
        + ran.execution.skipped_count
        + ran.execution.cancelled_count
    )
    return all(run.finished_at and not run.due_at and not run.pending_children for run in runs) and counted == len(runs)


# --- loops -----------------------------------------------------------------------------------------------------------


def test_a_loop_runs_its_steps_for_every_item_in_order_and_in_one_hop(engine: Machine) -> None:
    again = "{id: again, action: log, config: {message: '${said} again'}}"
    ran = engine.run(flow(loop(SAY, again, items="[a, b]"), "{id: last, action: log, config: {message: '${said}'}}"))
    assert ran.status == Status.PASSED
    assert list(ran.fates) == [
        "steps/each",
        "steps/each[0]/say",
        "steps/each[0]/again",
        "steps/each[1]/say",
        "steps/each[1]/again",
        "steps/last",
    ]
    assert ran.result("steps/each[1]/again")["message"] == "hello b again"
    assert len(engine.broker.sent) == 1
    assert is_tidy(ran)


def test_the_record_of_a_loop_tells_its_turns_in_order(engine: Machine) -> None:
    ran = engine.run(flow(loop(SAY, config="max_parallel: 3,")))
    result = ran.result("steps/each")
    assert (result["count"], result["passed"], result["failed"]) == (3, 3, 0)
    assert [turn["outputs"] for turn in result["results"]] == [{"said": f"hello {n}"} for n in (1, 2, 3)]
    each, say = ran.step("steps/each"), ran.step("steps/each[2]/say")
    assert (each.turns, each.turns_started, each.turns_failed, each.message) == (3, 3, 0, "3 items")
    assert (say.parent, say.container_id, say.index, say.key) == (each, each.pk, 2, "steps/each/say")
    assert ran.payload("steps/each").request["items"] == [1, 2, 3]


def test_its_assertions_and_outputs_see_what_the_last_turn_left_and_the_results(engine: Machine) -> None:
    ran = engine.run(
        flow(
            loop(SAY, more=", assert: [count == 3, said == 'hello 3', say.message == said], output: {all: results}"),
            "{id: look, action: assert, config:"
            " {assertions: ['all[0].outputs.said == \"hello 1\"', each.passed == 3]}}",
        )
    )
    assert ran.status == Status.PASSED, messages(ran)


def test_an_item_never_leaks_out_of_its_loop(engine: Machine) -> None:
    ran = engine.run(flow(loop(SAY), "{id: look, action: log, config: {message: '${item}'}}"))
    assert (ran.status, ran.step("steps/look").failure_kind) == (Status.FAILED, "template")


def test_a_range_counts_its_last_number_and_the_index_from_nought(engine: Machine) -> None:
    ran = engine.run(
        flow(
            "{id: each, action: for_each, config: {range: {start: 3, end: 1, step: -1}, item_name: n, index_name: i,"
            " steps: [{id: say, action: log, config: {message: '${i}: ${n}'}}]}}"
        )
    )
    assert [ran.result(f"steps/each[{n}]/say")["message"] for n in range(3)] == ["0: 3", "1: 2", "2: 1"]


@pytest.mark.parametrize("items", ["[]", "'${nothing}'"])
def test_a_loop_over_nothing_passes_without_a_turn(engine: Machine, items: str) -> None:
    ran = engine.run(flow(loop(SAY, items=items), env="{nothing: []}"))
    assert (ran.status, ran.fates, ran.result("steps/each")["count"]) == (Status.PASSED, {"steps/each": "passed"}, 0)


def test_what_is_no_list_fails_the_loop(engine: Machine) -> None:
    ran = engine.run(flow(loop(SAY, items="'${nothing}'"), env="{nothing: 7}"))
    assert (ran.status, ran.step("steps/each").failure_kind) == (Status.FAILED, "config")


def test_a_loop_ends_at_the_first_turn_that_fails(engine: Machine) -> None:
    ran = engine.run(flow(loop(NOT_TWO), teardown=AFTER))
    assert ran.fates == {
        "steps/each": "failed",
        "steps/each[0]/check": "passed",
        "steps/each[1]/check": "failed",
        "teardown/after": "passed",
    }
    assert ran.execution.failed_step_path == "steps/each[1]/check"
    each = ran.step("steps/each")
    assert (each.failure_kind, each.message) == ("assertion", f"steps/each[1]/check: {ran.execution.failure_message}")
    assert [turn["status"] for turn in ran.result("steps/each")["results"]] == ["passed", "failed"]
    assert is_tidy(ran)


def test_with_continue_on_error_every_turn_runs_and_the_loop_fails(engine: Machine) -> None:
    ran = engine.run(flow(loop(NOT_TWO, config="continue_on_error: true,"), SAY.replace("item", "FLOW_NAME")))
    assert [ran.fates[f"steps/each[{n}]/check"] for n in range(3)] == ["passed", "failed", "passed"]
    assert (ran.status, ran.fates["steps/each"], "steps/say" in ran.fates) == (Status.FAILED, "failed", False)


def test_a_soft_loop_fails_nothing(engine: Machine) -> None:
    ran = engine.run(
        flow(loop(NOT_TWO, more=", on_error: continue, soft: true"), "{action: log, config: {message: a}}")
    )
    assert (ran.status, ran.execution.failed_step_path, ran.execution.soft_failed_count) == (Status.PASSED, "", 2)


def test_error_steps_inside_a_turn_know_the_failure_of_that_turn(engine: Machine) -> None:
    told = "{id: tell, action: log, config: {message: '${item} ${error.step}: ${error.kind}'}}"
    ran = engine.run(
        flow(loop(NOT_TWO.replace("}}", f"}}, on_error: continue, error_steps: [{told}]}}"), SAY, items="[1, 2]"))
    )
    path = "steps/each[1]/check/error_steps/tell"
    assert ran.result(path)["message"] == "2 check: assertion"
    assert list(ran.fates)[-1] == "steps/each[1]/say"
    assert ran.step(path).parent == ran.step("steps/each[1]/check")


def test_error_steps_of_a_loop_run_after_it(engine: Machine) -> None:
    told = "{id: tell, action: log, config: {message: '${error.step}: ${error.message}'}}"
    ran = engine.run(flow(loop(NOT_TWO, more=f", error_steps: [{told}]")))
    assert ran.result("steps/each/error_steps/tell")["message"].startswith("each: steps/each[1]/check: ")


def test_a_retry_inside_a_turn_is_that_turns_own(engine: Machine) -> None:
    retried = NOT_TWO.replace("}}", "}, retry: {max_attempts: 2, delay: 10ms}}")
    ran = engine.run(flow(loop(retried, config="continue_on_error: true, max_parallel: 3,")))
    assert [ran.step(f"steps/each[{n}]/check").attempts for n in range(3)] == [1, 2, 1]


# --- branches --------------------------------------------------------------------------------------------------------


def test_branches_do_not_see_each_other_and_what_follows_sees_all(engine: Machine) -> None:
    peek = "{id: peek, action: log, config: {message: '${left ?? \"nothing\"}'}}"
    ran = engine.run(
        flow(
            branches(
                "{id: a, action: set, config: {left: 1}}", f"{{id: b, action: set, config: {{right: 2}}}}, {peek}"
            ),
            "{id: sum, action: assert, config: {assertions: [left + right == 3, a.left == 1]}}",
        )
    )
    assert ran.status == Status.PASSED, messages(ran)
    assert ran.result("steps/fan[1]/peek")["message"] == "nothing"


def test_as_many_run_at_once_as_max_concurrent_says(engine: Machine) -> None:
    execution = engine.start(
        flow(branches(*[SLEEP.replace("sleep", f"s{n}") for n in range(5)], config="max_concurrent: 2,"))
    )
    engine.drive(execution, until=lambda found: found.step_runs.filter(attempts=1).count() == 3)
    assert execution.step_runs.count() == 3  # the step itself and two branches
    request_cancel(execution=execution, by="bob")
    ran = engine.drive(execution)
    assert ran.fates == {"steps/fan": "cancelled", "steps/fan[0]/s0": "cancelled", "steps/fan[1]/s1": "cancelled"}


def test_a_branch_that_fails_stops_the_others_and_all_that_is_in_them(engine: Machine) -> None:
    inner = loop(SLEEP, config="max_parallel: 2,")
    ran = engine.run(flow(branches(inner, "{id: bad, action: assert, config: {assertions: [1 == 2]}}"), teardown=AFTER))
    assert ran.status == Status.FAILED
    assert ran.fates["steps/fan[0]/each"] == "cancelled"
    assert {ran.fates.get(f"steps/fan[0]/each[{n}]/sleep", "cancelled") for n in range(2)} == {"cancelled"}
    assert "Stopped because steps/fan[1] failed" in messages(ran)["steps/fan[0]/each"]
    assert ran.step("steps/fan").message.startswith("steps/fan[1]/bad: ")
    assert is_tidy(ran)


def test_without_fail_fast_the_others_go_on(engine: Machine) -> None:
    bad = "{id: bad, action: assert, config: {assertions: [1 == 2]}}"
    ran = engine.run(flow(branches(bad, SAY.replace("item", "FLOW_NAME"), config="fail_fast: false,")))
    assert (ran.fates["steps/fan[1]/say"], ran.status) == ("passed", Status.FAILED)


def test_steps_of_parallel_are_a_branch_each(engine: Machine) -> None:
    ran = engine.run(
        flow("{id: fan, action: parallel, config: {steps: [{id: a, action: set, config: {x: 1}},"
             " {id: b, action: set, config: {y: 2}}]}, assert: [x + y == 3]}")
    )  # fmt: skip
    assert (ran.status, list(ran.fates)) == (Status.PASSED, ["steps/fan", "steps/fan[0]/a", "steps/fan[1]/b"])


# --- conditions ------------------------------------------------------------------------------------------------------


def condition(expression: str) -> str:
    return (
        (
            f"{{id: choose, action: condition, config: {{condition: '{expression}',"
            " then: [{id: yes, action: set, config: {answer: 1}}], else: [{id: no, action: set, config: {answer: 2}}]}}"
        )
        .replace("id: yes", "id: 'yes'")
        .replace("id: no", "id: 'no'")
    )


@pytest.mark.parametrize(("total", "path", "answer"), [(9, "then/yes", 1), (3, "else/no", 2)])
def test_a_condition_runs_one_of_its_lists(engine: Machine, total: int, path: str, answer: int) -> None:
    look = f"{{id: look, action: assert, config: {{assertions: [answer == {answer}, choose.branch == '{path[:4]}']}}}}"
    ran = engine.run(flow(condition("total > 5"), look, env=f"{{total: {total}}}"))
    assert (ran.status, list(ran.fates)) == (Status.PASSED, ["steps/choose", f"steps/choose/{path}", "steps/look"])
    assert ran.attempt("steps/choose").condition["parts"][0] == {"source": "total", "value": total}


def test_a_condition_without_the_list_it_chose_passes(engine: Machine) -> None:
    ran = engine.run(
        flow(
            "{id: choose, action: condition, config: {condition: 1 == 2, then: [{action: log, config: {message: a}}]}}"
        )
    )
    assert (ran.status, ran.result("steps/choose")) == (
        Status.PASSED,
        {"result": False, "branch": "else", "evaluated": "1 == 2"},
    )


def test_a_condition_that_cannot_be_evaluated_fails(engine: Machine) -> None:
    ran = engine.run(flow(condition("totl > 5"), env="{total: 9}"))
    assert (ran.status, ran.step("steps/choose").failure_kind) == (Status.FAILED, "template")
    assert "total" in ran.step("steps/choose").message


# --- cancel, time, teardown ------------------------------------------------------------------------------------------


def test_cancel_ends_every_turn_then_teardown_runs(engine: Machine) -> None:
    execution = engine.start(
        flow(
            loop(SLEEP, items="'${many}'", config="max_parallel: 100,"),
            teardown=AFTER,
            env=f"{{many: {list(range(200))}}}",
        )
    )
    for _ in range(20):
        engine.deliver()
    request_cancel(execution=execution, by="bob")
    ran = engine.drive(execution)
    assert (ran.status, ran.fates["teardown/after"]) == (Status.CANCELLED, "passed")
    said = messages(ran)
    assert said["steps/each"] == "Cancelled by hand while its steps ran."
    assert said["steps/each[0]/sleep"] == "Cancelled by hand while this step waited."
    assert said["steps/each[99]/sleep"] == "Cancelled by hand before this step was started."
    assert ran.execution.step_runs.count() == 102  # the other hundred never began
    assert is_tidy(ran)


def test_its_time_out_reaches_the_steps_inside_the_steps_inside(engine: Machine) -> None:
    inner = "{id: fan, action: parallel, config: {steps: [" + SLEEP + "]}}"
    ran = engine.run(flow(loop(inner, config="max_parallel: 3,", more=", timeout: 300ms"), teardown=AFTER))
    each = ran.step("steps/each")
    assert (ran.status, each.failure_kind) == (Status.FAILED, "timeout")
    assert messages(ran)["steps/each[2]/fan[0]/sleep"].startswith("Stopped because the time of steps/each was up")
    assert ran.execution.failed_step_path == "steps/each"
    assert is_tidy(ran)


def test_the_flows_deadline_ends_what_runs_inside(engine: Machine) -> None:
    ran = engine.run(flow(loop(SLEEP, config="max_parallel: 3,"), teardown=AFTER), timeout_seconds=0.5)
    assert (ran.status, ran.fates["teardown/after"]) == (Status.TIMED_OUT, "passed")
    assert messages(ran)["steps/each"] == "The flow's time was up while its steps ran."


def test_loops_and_branches_work_in_setup_and_teardown(engine: Machine) -> None:
    more = "{id: more, action: log, config: {message: '${said}'}}"
    fan = branches(NOT_TWO.replace("item", "2"), more, config="fail_fast: false,")
    ran = engine.run(
        flow(
            "{id: look, action: assert, config: {assertions: [said == 'hello 2']}}",
            setup=loop(SAY, items="[1, 2]"),
            teardown=f"{fan}\n{AFTER}",
        )
    )
    assert (ran.status, ran.execution.outcome) == (Status.FAILED, Status.PASSED)
    assert (ran.fates["teardown/fan[1]/more"], ran.fates["teardown/after"]) == ("passed", "passed")


def test_loops_inside_branches_inside_loops_have_addresses_of_their_own(engine: Machine) -> None:
    deep = "{id: deep, action: set, config: {deep: '${outer}${inner}'}}"
    named = "action: for_each, config: {max_parallel: 2"
    inner = f"{{id: inner_loop, {named}, items: [x, y], item_name: inner, steps: [{deep}]}}}}"
    fan = branches(inner, "{id: flat, action: set, config: {flat: '${outer}'}}")
    look = "{id: look, action: assert, config: {assertions: ['deep == outer + \"y\"', flat == outer]}}"
    outer = f"{{id: outer_loop, {named}, items: [a, b], item_name: outer, steps: [{fan}, {look}]}}}}"
    ran = engine.run(flow(outer))
    assert ran.status == Status.PASSED, messages(ran)
    assert ran.result("steps/outer_loop[1]/fan[0]/inner_loop[0]/deep") == {"deep": "bx"}
    assert is_tidy(ran)


def test_an_execution_has_no_more_step_runs_than_it_may(engine: Machine, settings: Any) -> None:
    settings.MAX_STEP_RUNS = 10
    inner = f"{{id: inner, action: for_each, config: {{items: [1, 2, 3], steps: [{SAY}]}}}}"
    ran = engine.run(flow(loop(inner)))
    assert ran.status == Status.FAILED
    assert (ran.fates["steps/each[1]/inner"], ran.fates["steps/each[2]/inner"]) == ("passed", "failed")
    failed = ran.step("steps/each[2]/inner")
    assert (failed.failure_kind, failed.failure_code) == ("config", "too_many_steps")
    assert "STEPWELL_MAX_STEP_RUNS" in failed.message


@pytest.mark.parametrize(
    ("items", "message"),
    [
        ("range: {end: 100000000000000}", "There are 100,000,000,000,000 items, and an execution may have 10,000 step"),
        ("range: {end: '${MANY}'}", "There are 1,000,000 items, and an execution may have 10,000 step runs"),
        ("items: '${WORD}'", "items must be a list, or an object, and is text"),
        ("items: '${NOTHING}'", "items must be a list, or an object, and is null"),
        ("items: [1], max_parallel: '${NONE}'", "max_parallel must be greater than or equal to 1"),
    ],
)
def test_items_that_are_none_or_too_many_fail_the_loop_at_once(engine: Machine, items: str, message: str) -> None:
    env = "{MANY: 1000000, WORD: hello, NOTHING: null, NONE: 0}"
    ran = engine.run(flow(f"{{id: each, action: for_each, config: {{{items}, steps: [{SAY}]}}}}", env=env))
    failed = ran.step("steps/each")
    assert (ran.status, failed.failure_kind, failed.turns) == (Status.FAILED, "config", None)
    assert failed.message.startswith(message)
