"""Where a run parts from the last pass: the first step with another result, and what else changed since."""

from typing import Any

from executions.models import Execution, Payload
from executions.status import Status
from tests.cast import Answer, Api, api_of, make_workspace
from tests.executions.api.conftest import finish, record, start
from workspaces.models import Role

ORDER = {"status": 201, "headers": {"x-service-version": "2.18.0"}, "body": {"id": "ord_1", "state": "authorised"}}


def run(bob: Api, *responses: Any, status: Status = Status.PASSED, **started: Any) -> int:
    """A run of steps one, two … that got these."""
    number = start(bob, **started)
    for name, response in zip(("one", "two", "three"), responses, strict=False):
        record(number, f"steps/{name}", response=response, action="http_request")
    finish(number, status)
    return number


def divergence(bob: Api, number: int) -> Answer:
    answer = bob.get(f"/executions/{number}/divergence")
    assert answer.status == 200, answer.body
    return answer


def test_the_first_step_whose_response_means_something_else(bob: Api) -> None:
    # Given a pass, and a run whose second step got another state, under other ids
    earlier = run(bob, {"body": {"n": 1}}, ORDER)
    now = run(bob, {"body": {"n": 1}}, {**ORDER, "body": {"id": "ord_2", "state": "pending"}}, status=Status.FAILED)
    body = divergence(bob, now).body
    # Then it is that step, and the ids were seen and ignored
    assert body["partner"]["id"] == earlier
    assert (body["first"]["path"], body["first"]["kind"]) == ("steps/two", "response")
    assert body["first"]["sentence"] == 'body.state is "pending", and was "authorised".'
    assert [one["path"] for one in body["first"]["differences"]] == ["body.state"]
    assert body["ignored"] == 1


def test_what_varies_among_passes_is_no_news(bob: Api) -> None:
    for stock in (7, 6):
        run(bob, {"body": {"stock": stock, "name": "kettle"}})
    assert divergence(bob, run(bob, {"body": {"stock": 5, "name": "kettle"}})).body["first"] is None
    changed = divergence(bob, run(bob, {"body": {"stock": 5, "name": "teapot"}})).body
    assert [one["path"] for one in changed["first"]["differences"]] == ["body.name"]


def test_a_step_that_failed_says_which_assertion_saw_what(bob: Api) -> None:
    held = {"expression": 'body.state == "authorised"', "operator": "==", "parts": [], "expected": "authorised"}
    passed = start(bob)
    record(passed, response=ORDER, assertions=[{**held, "passed": True, "held": True, "actual": "authorised"}])
    record(passed, "steps/two")
    finish(passed, Status.PASSED)
    failed = start(bob)
    record(
        failed,
        response=ORDER,
        status="failed",
        failure_kind="assertion",
        assertions=[{**held, "passed": False, "held": False, "actual": "pending"}],
    )
    finish(failed, Status.FAILED)
    first = divergence(bob, failed).body["first"]
    assert (first["path"], first["kind"], first["sentence"]) == ("steps/one", "status", "It is failed, and was passed.")
    [difference] = first["differences"]
    assert (difference["left"], difference["right"]) == ("authorised", "pending")


def test_a_limit_that_holds_is_the_same_wherever_below_it_lies(bob: Api) -> None:
    number = 0
    for seen in (380, 12):
        number = start(bob)
        fast = {"expression": "response.time < 2000", "operator": "<", "passed": True, "actual": seen, "expected": 2000}
        record(number, response={"status": 200}, assertions=[fast])
        finish(number, Status.PASSED)
    assert divergence(bob, number).body["first"] is None


def test_only_the_same_flow_and_environment_and_only_passes_count(bob: Api) -> None:
    run(bob, ORDER, environment="staging")
    run(bob, ORDER, status=Status.FAILED)
    alone = divergence(bob, run(bob, ORDER)).body
    assert (alone["partner"], alone["first"], alone["since"]) == (None, None, None)


def test_a_run_that_goes_on_has_not_failed_to_reach_what_is_to_come(bob: Api) -> None:
    run(bob, ORDER, ORDER)
    number = start(bob)
    record(number, response=ORDER)
    Execution.objects.filter(pk=number).update(status=Status.RUNNING)
    assert divergence(bob, number).body["first"] is None
    finish_of = Execution.objects.filter(pk=number)
    assert finish_of.get().status == "running"


def test_a_step_that_was_not_reached_or_is_new(bob: Api) -> None:
    run(bob, ORDER, ORDER)
    shorter = divergence(bob, run(bob, ORDER, status=Status.CANCELLED)).body["first"]
    assert (shorter["path"], shorter["kind"]) == ("steps/two", "only_left")
    longer = divergence(bob, run(bob, ORDER, ORDER, ORDER)).body["first"]
    assert (longer["path"], longer["kind"]) == ("steps/three", "only_right")


def test_what_changed_since(bob: Api) -> None:
    bob.put("/environments/staging", {"variables": {"API_URL": "http://a", "OLD": 1}, "secrets": {"KEY": "s3cr3t-one"}})
    run(bob, ORDER, environment="staging")
    bob.put(
        "/environments/staging",
        {"variables": {"API_URL": "http://b", "OLD": None, "NEW": 2}, "secrets": {"KEY": "s3cr3t-two"}},
    )
    newer = {**ORDER, "headers": {"x-service-version": "2.19.0"}}
    answer = divergence(bob, run(bob, newer, environment="staging", variables={"COUNT": 3}))
    since = answer.body["since"]
    assert (since["left_version"], since["right_version"]) == (1, 1)
    changes = {(one["name"], one["kind"]) for one in since["environment"]["changes"]}
    assert changes == {("API_URL", "changed"), ("OLD", "removed"), ("NEW", "added"), ("KEY", "secret")}
    assert [(one["name"], one["right"]) for one in since["overrides"]] == [("COUNT", 3)]
    assert "s3cr3t" not in answer.raw.content.decode()
    # A new version is told there, and is by itself no other result
    assert answer.body["first"] is None


def test_services_say_which_version_answered(bob: Api) -> None:
    number = 0
    for version in ("2.18.0", "2.19.0"):
        number = run(bob, {**ORDER, "headers": {"X-Service-Version": version}})
        Execution.objects.get(pk=number).step_runs.update(protocol="http", service="payments")
    assert divergence(bob, number).body["since"]["services"] == [
        {"service": "payments", "header": "x-service-version", "left": "2.18.0", "right": "2.19.0"}
    ]


def test_what_is_too_large_to_compare_is_said(bob: Api) -> None:
    number = 0
    for filler in ("a", "b"):
        number = run(bob, {"body": filler * 100})

    Payload.objects.update(response_size=3 * 1024 * 1024)
    body = divergence(bob, number).body
    assert (body["first"], body["not_compared"]) == (None, ["steps/one"])


def test_another_workspaces_run_is_not_there(bob: Api) -> None:
    number = run(bob, ORDER)
    assert api_of(make_workspace("other"), Role.ADMIN).get(f"/executions/{number}/divergence").status == 404
