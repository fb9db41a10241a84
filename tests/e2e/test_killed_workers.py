"""kill -9 of the worker that runs a step: what must not repeat does not, what may does, the flow ends rightly."""

import pytest

from tests.e2e.front_door import Api, Lab, Record, flow, http, key, worker_of
from tests.running_stack import Stack

pytestmark = pytest.mark.stack


def kill_in(stack: Stack, lab: Lab, number: int, path: str, hold: str, *, arrived: int = 1) -> None:
    lab.wait_for(hold, arrived=arrived)
    stack.kill_worker(worker_of(stack, number, path))


def counts(lab: Lab, name: str, counter: str) -> str:
    return http(name, "POST", f"{lab.url}/lab/count/{counter}")


def test_a_step_that_must_not_repeat_is_not_run_again(rough_stack: Stack, rough: Api, rough_lab: Lab) -> None:
    hold, done, tidied = key(), key(), key()
    number = rough.start(
        flow(
            "Killed in a POST",
            counts(rough_lab, "before", done),
            http("pay", "POST", f"{rough_lab.url}/lab/hold?key={hold}", more="retry: {max_attempts: 3, delay: 10ms}"),
            counts(rough_lab, "never", done),
            teardown=counts(rough_lab, "tidy", tidied),
        )
    )
    kill_in(rough_stack, rough_lab, number, "steps/pay", hold)
    record = rough.wait(number)
    assert (record.status, record.fates) == (
        "failed",
        {"steps/before": "passed", "steps/pay": "failed", "teardown/tidy": "passed"},
    )
    pay = record.steps["steps/pay"]
    assert (pay["failure"]["kind"], pay["may_have_taken_effect"], pay["attempts"]) == ("worker_lost", True, 1)
    assert "repeatable" in pay["failure"]["message"]
    [attempt] = rough.step(number, "steps/pay")["attempts"]
    assert attempt["status"] == "lost"
    assert (rough_lab.held(hold)["arrived"], rough_lab.count(done), rough_lab.count(tidied)) == (1, 1, 1)


def test_a_harmless_step_is_tried_again_and_the_flow_passes(rough_stack: Stack, rough: Api, rough_lab: Lab) -> None:
    hold, done = key(), key()
    number = rough.start(
        flow(
            "Killed in a GET",
            http("look", "GET", f"{rough_lab.url}/lab/hold?key={hold}", more="assert: [status == 200]"),
            counts(rough_lab, "after", done),
        )
    )
    kill_in(rough_stack, rough_lab, number, "steps/look", hold)
    rough_lab.wait_for(hold, arrived=2)
    rough_lab.release(hold)
    record = rough.wait(number)
    assert (record.status, record.fates) == ("passed", {"steps/look": "passed", "steps/after": "passed"})
    assert record.steps["steps/look"]["recovered"]
    assert [a["status"] for a in rough.step(number, "steps/look")["attempts"]] == ["lost", "passed"]
    assert (rough_lab.held(hold)["arrived"], rough_lab.count(done)) == (2, 1)


def test_a_step_that_says_it_may_be_repeated_is_repeated(rough_stack: Stack, rough: Api, rough_lab: Lab) -> None:
    hold = key()
    number = rough.start(
        flow(
            "Killed in a repeatable POST",
            http("send", "POST", f"{rough_lab.url}/lab/hold?key={hold}", more="repeatable: true"),
        )
    )
    kill_in(rough_stack, rough_lab, number, "steps/send", hold)
    rough_lab.wait_for(hold, arrived=2)
    rough_lab.release(hold)
    assert rough.wait(number).status == "passed"
    assert rough_lab.held(hold)["arrived"] == 2


def test_who_kills_three_workers_is_given_up(rough_stack: Stack, rough: Api, rough_lab: Lab) -> None:
    hold = key()
    number = rough.start(flow("Killer", http("kill", "GET", f"{rough_lab.url}/lab/hold?key={hold}")))
    for attempt in (1, 2, 3):
        kill_in(rough_stack, rough_lab, number, "steps/kill", hold, arrived=attempt)
    record = rough.wait(number)
    kill = record.steps["steps/kill"]
    assert (record.status, kill["failure"]["kind"], kill["attempts"]) == ("failed", "worker_lost", 3)
    assert not kill["may_have_taken_effect"]
    assert rough_lab.held(hold)["arrived"] == 3


def test_teardown_survives_the_death_of_its_worker(rough_stack: Stack, rough: Api, rough_lab: Lab) -> None:
    hold, done = key(), key()
    number = rough.start(
        flow(
            "Killed in teardown",
            counts(rough_lab, "once", done),
            teardown=http("tidy", "GET", f"{rough_lab.url}/lab/hold?key={hold}"),
        )
    )
    kill_in(rough_stack, rough_lab, number, "teardown/tidy", hold)
    rough_lab.wait_for(hold, arrived=2)
    rough_lab.release(hold)
    record = rough.wait(number)
    assert (record.status, record.steps["teardown/tidy"]["recovered"], rough_lab.count(done)) == ("passed", True, 1)


def test_cancel_of_a_flow_whose_worker_has_died(rough_stack: Stack, rough: Api, rough_lab: Lab) -> None:
    hold, tidied = key(), key()
    number = rough.start(
        flow(
            "Killed and cancelled",
            http("look", "GET", f"{rough_lab.url}/lab/hold?key={hold}"),
            teardown=counts(rough_lab, "tidy", tidied),
        )
    )
    kill_in(rough_stack, rough_lab, number, "steps/look", hold)
    rough.cancel(number)
    record: Record = rough.wait(number)
    assert (record.status, record.steps["steps/look"]["status"]) == ("cancelled", "cancelled")
    assert rough_lab.count(tidied) == 1
