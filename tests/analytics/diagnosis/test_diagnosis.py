"""A failed execution as the API explains it: numbered evidence, rules, verdict, next action."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from analytics.diagnosis.evidence import NUMBERS
from analytics.diagnosis.pack import diagnose
from analytics.operations.roll_up import roll_up
from executions.models import Attempt, Execution, Payload, StepRun
from tests.analytics.history import History, history
from tests.cast import api_of, make_workspace
from workspaces.models import Role

pytestmark = pytest.mark.django_db

STATUS = [
    {"expression": "status == 200", "operator": "==", "passed": False, "actual": 503, "expected": 200, "parts": []}
]
CALL: dict[str, Any] = {"protocol": "http", "service": "shop:80", "operation": "GET", "route": "/orders/{}"}


def answer(execution: Execution, response: dict[str, Any]) -> None:
    attempt = Attempt.objects.filter(step_run__execution=execution).latest("number")
    Payload.objects.create(attempt_id=attempt.pk, created_at=timezone.now(), response=response)


def exchange(
    execution: Execution, request: Any, body: Any, *, status: int = 200, kind: str = "", step: StepRun | None = None
) -> None:
    step = step or execution.step_runs.get(path="steps/one")
    response = {"status": status, "headers": {"Content-Type": kind} if kind else {}, "body": body}
    Payload.objects.create(
        attempt_id=step.attempt_rows.latest("number").pk, created_at=timezone.now(), request=request, response=response
    )


def diagnosis(past: History, execution: Execution) -> Any:
    found = api_of(past.workspace, Role.VIEWER).get(f"/analytics/executions/{execution.pk}/diagnosis")
    assert found.status == 200, found.body
    return found.body


def fact(found: Any, type_: str) -> str:
    facts: list[str] = [one["fact"] for one in found["items"] if one["type"] == type_]
    assert len(facts) == 1, found["items"]
    return facts[0]


def test_a_failure_is_explained_by_what_is_known_of_it() -> None:
    past = history()
    past.play("PPPPPPPP", **CALL)
    past.play("FF", assertions=STATUS, **CALL)
    failed = past.run("F", assertions=STATUS, **CALL)
    answer(failed, {"status": 503, "body": "<h1>‹secret:TOKEN› is away</h1>"})
    roll_up()
    found = diagnosis(past, failed)
    assert found["verdict"]["category"] == "service"
    assert found["verdict"]["confidence"] == "high"
    numbers = {one["type"]: one["id"] for one in found["items"]}
    assert numbers == {type_: f"E{NUMBERS[type_]}" for type_ in numbers}
    places = {one["type"]: one["place"] for one in found["items"]}
    assert places["assertion"] == {"step": "steps/one", "tab": "assertions", "path": ""}
    assert places["fingerprint"] is None
    known = {one["id"] for one in found["items"]}
    assert all(set(rule["evidence"]) <= known for rule in found["rules"])
    assert {rule["id"] for rule in found["rules"]} == {"http_503", "asked_as_ever", "nothing_changed"}
    assert "8 of 10 passed before" in fact(found, "history")
    assert "now 3 failures in a row" in fact(found, "history")
    assert fact(found, "fingerprint").startswith("the same failure 3 times")
    assert fact(found, "change") == "since the last pass the flow is the same, the environment is the same"
    assert fact(found, "assertion") == "status == 200: expected 200, actual 503"
    (excerpt,) = [one for one in found["items"] if one["type"] == "response_excerpt"]
    assert excerpt["untrusted"]
    assert found["group"]
    assert found["group_state"] == "open"
    assert [one["outcome"] for one in found["seen"]] == ["passed"] * 8 + ["failed"] * 3
    assert found["seen"][-1]["execution"] == failed.pk
    assert "the target answered 503" in {rule["says"] for rule in found["rules"]}
    assert found["failed_step"]["path"] == "steps/one"


def test_what_changed_since_the_last_pass_is_told() -> None:
    past = history()
    past.play("PPP")
    past.new_version()
    failed = past.run("F", e_environment_revision="r2")
    found = diagnosis(past, failed)
    assert fact(found, "change") == "since the last pass the flow changed, the environment changed (a secret)"
    assert {"environment_changed", "flow_changed"} <= {rule["id"] for rule in found["rules"]}


def test_a_step_that_only_fails_here_is_compared_with_elsewhere() -> None:
    qa = history(environment="qa")
    qa.run("P")
    staging = history(qa.workspace, name=qa.version.flow.name, environment="staging", at=qa.at)
    failed = staging.run("F")
    found = diagnosis(staging, failed)
    assert fact(found, "absence") == "This step has not run in this environment before."
    assert "passed last in 'qa'" in fact(found, "other_env")
    assert "never_here" in {rule["id"] for rule in found["rules"]}


def test_others_that_fail_at_the_same_time_count() -> None:
    workspace, at = make_workspace(), timezone.now() - timedelta(hours=1)
    flows = [history(workspace, at=at) for _ in range(4)]
    failed = [one.run("F", failure_kind="unreachable", failure_code="refused", **CALL) for one in flows]
    found = diagnosis(flows[0], failed[0])
    assert fact(found, "fleet").startswith("4 flows failed at shop:80 within 5 minutes (100% of those that used it)")
    assert "3 flows fail with it" in found["next_action"]["text"] or found["verdict"]["category"] == "service"


def test_a_value_that_comes_on_the_way_to_the_right_one_is_a_matter_of_time() -> None:
    past = history()
    record = {"expression": 'body.state == "DONE"', "operator": "==", "expected": "DONE", "parts": []}
    passing = past.run("R", assertions=[record | {"passed": True, "actual": "DONE"}])
    first = Attempt.objects.filter(step_run__execution=passing).earliest("number")
    first.assertions = [record | {"passed": False, "actual": "PENDING"}]
    first.save()
    failed = past.run("F", assertions=[record | {"passed": False, "actual": "PENDING"}])
    found = diagnosis(past, failed)
    assert "was seen there before the right one came" in fact(found, "diff")
    assert "intermediate_state" in {rule["id"] for rule in found["rules"]}


def test_an_edit_that_the_step_does_not_read_hardly_counts() -> None:
    past = history()
    past.play("PPP", e_variables={"URL": "a", "COLOUR": "red"})
    changed: dict[str, Any] = {"e_variables": {"URL": "a", "COLOUR": "blue"}, "e_environment_revision": "r2"}
    failed = past.run("F", **changed)
    attempt = Attempt.objects.get(step_run__execution=failed)
    attempt.reads = [{"name": "URL", "source": "environment"}]
    attempt.save()
    found = diagnosis(past, failed)
    assert fact(found, "change").endswith("the environment changed (COLOUR, which this step does not read)")
    assert {"id": "environment_changed", "points": {"environment": 0.5}, "evidence": ["E9"]}.items() <= next(
        one for one in found["rules"] if one["id"] == "environment_changed"
    ).items()
    attempt.reads = [{"name": "COLOUR", "source": "environment"}]
    attempt.save()
    rules = {one["id"]: one["points"] for one in diagnosis(past, failed)["rules"]}
    assert rules["environment_changed"] == {"environment": 2.5}


def test_request_and_response_are_compared_with_those_of_runs_that_passed() -> None:
    past = history()
    body = {"id": 1, "lines": [{"sku": "a", "price": 3}]}
    for number in range(4):
        passed = past.run("P", **CALL)
        exchange(passed, {"url": "http://shop/orders", "body": {"n": number, "kind": "full"}}, body | {"id": number})
    failed = past.run("F", assertions=STATUS, **CALL)
    now = {"id": 9, "lines": [{"sku": "a", "cost": 3}]}
    exchange(failed, {"url": "http://shop/orders", "body": {"n": 9, "kind": "half"}}, now)
    found = diagnosis(past, failed)
    assert fact(found, "input") == (
        'The request is unlike before: $.body.kind is "half", and was "full" in runs that passed'
    )
    assert fact(found, "shape").startswith("The response is unlike before: $.body.lines[*].price is not there (number")
    places = {one["type"]: one["place"] for one in found["items"]}
    assert places["input"] == {"step": "steps/one", "tab": "request", "path": "$.kind"}
    assert places["shape"] == {"step": "steps/one", "tab": "response", "path": "$.lines[0].price"}
    assert {"input_differs", "shape_changed"} <= {rule["id"] for rule in found["rules"]}


def test_what_the_run_made_itself_may_only_not_be_there_yet() -> None:
    past = history()
    failed = past.run("F", assertions=[STATUS[0] | {"actual": 404}], after=timedelta(minutes=20), **CALL)
    step = failed.step_runs.get()
    attempt = step.attempt_rows.get()
    maker = past.step(
        failed, path="steps/make", key="steps/make", step_id="make", operation="POST",
        started_at=attempt.started_at - timedelta(seconds=1), finished_at=attempt.started_at - timedelta(seconds=1),
    )  # fmt: skip
    maker.attempt_rows.update(captured=[{"name": "order", "path": "body.id", "value": "4711", "source": "make"}])
    attempt.reads = [{"name": "order", "source": "captured:make"}]
    attempt.save()
    exchange(failed, {"method": "GET", "url": "http://shop/orders/4711", "headers": {}}, {}, status=404)
    found = diagnosis(past, failed)
    assert fact(found, "made") == "steps/make made what this step asks for 1000 ms before"
    assert found["verdict"]["category"] == "timing"
    assert {one["type"]: one["place"] for one in found["items"]}["made"]["step"] == "steps/make"


def test_the_same_request_refused_by_somebody_else_is_seen() -> None:
    past = history()
    asked = {"method": "GET", "url": "http://shop/orders"}
    for _ in range(5):
        exchange(past.run("P", **CALL), asked, {"id": 1}, kind="application/json")
    failed = past.run("F", assertions=[STATUS[0] | {"actual": 404}], **CALL)
    exchange(failed, asked, "<h1>Not Found</h1>", status=404, kind="text/html")
    found = diagnosis(past, failed)
    assert fact(found, "input") == "The request is as in runs that passed"
    assert {"no_way", "foreign_answer"} <= {rule["id"] for rule in found["rules"]}
    assert (found["verdict"]["category"], found["verdict"]["confidence"]) == ("service", "medium")
    assert found["next_action"]["text"].startswith("See whether shop:80 still has this route")


def test_another_run_that_was_still_going_on_is_told() -> None:
    past = history()
    first = past.run("P", **CALL)
    Execution.objects.filter(pk=first.pk).update(finished_at=past.at + timedelta(hours=1))
    failed = past.run("F", assertions=[STATUS[0] | {"actual": 409}], **CALL)
    exchange(failed, {"url": "http://shop/orders"}, {}, status=409)
    found = diagnosis(past, failed)
    assert fact(found, "fleet") == "1 other run of this flow went on meanwhile"
    assert found["verdict"]["category"] == "timing"
    Execution.objects.filter(pk=first.pk).update(finished_at=first.finished_at)
    assert diagnosis(past, failed)["verdict"]["category"] == "data"


def lacking(past: History, message: str, *, code: str = "unresolved") -> Execution:
    return past.run("F", failure_kind="template", failure_code=code, message=message, **CALL)


def test_a_variable_that_nobody_gives_is_the_environments() -> None:
    past = history()
    past.play("PPP", **CALL)
    found = diagnosis(past, lacking(past, "config.url: There is no SKU."))
    assert (found["verdict"]["category"], found["verdict"]["confidence"]) == ("environment", "high")


def test_an_expression_that_cannot_be_computed_is_not_the_environments() -> None:
    past = history()
    past.play("PPP", **CALL)
    found = diagnosis(past, lacking(past, "config.body: lower wants a text, not null (null)."))
    assert (found["verdict"]["category"], found["verdict"]["confidence"]) == ("data", "medium")
    assert [rule["id"] for rule in found["rules"]] == ["cannot_be_computed"]
    past.new_version()
    found = diagnosis(past, lacking(past, "run_condition: 1 / 0 has no result.", code="condition"))
    assert found["verdict"]["category"] == "data"
    assert found["next_action"]["text"].endswith(
        "The flow was edited since the last pass, and may itself be what is wrong."
    )


def test_what_an_earlier_step_did_not_leave_is_looked_for_in_its_answer() -> None:
    past = history()
    made: dict[str, Any] = {"path": "steps/make", "key": "steps/make", "step_id": "make", "operation": "POST"}
    for number in range(4):
        passed = past.run("P", **CALL)
        step = past.step(passed, **made)
        exchange(passed, {}, {"id": number, "state": "open"}, step=step)
    failed = lacking(past, "config.url: make.body.id is missing. make.body has no id.")
    asker = failed.step_runs.get()
    assert asker.started_at is not None
    earlier = asker.started_at - timedelta(seconds=1)
    step = past.step(failed, started_at=earlier, finished_at=earlier, **made)
    exchange(failed, {}, {"number": 9, "state": "open"}, step=step)
    Attempt.objects.filter(step_run=asker).update(reads=[{"name": "make", "source": "step:make"}])
    found = diagnosis(past, failed)
    (shape,) = [one for one in found["items"] if one["type"] == "shape"]
    assert shape["fact"].startswith("The response of steps/make is unlike before: $.body.id is not there (number")
    assert shape["place"] == {"step": "steps/make", "tab": "response", "path": "$.id"}
    assert {"step_left_nothing", "source_changed"} <= {rule["id"] for rule in found["rules"]}
    assert found["verdict"]["category"] == "service"


def test_who_is_refused_with_other_credentials_points_at_whoever_checks_them() -> None:
    workspace, at = make_workspace(), timezone.now() - timedelta(hours=1)
    flows = [history(workspace, at=at) for _ in range(4)]
    broken = [STATUS[0] | {"actual": 401}]
    failed = [one.run("F", assertions=broken, **CALL) for one in flows]
    for number, one in enumerate(failed):
        exchange(one, {"url": "http://shop/orders"}, {}, status=401)
        Attempt.objects.filter(step_run__execution=one).update(
            reads=[{"name": f"KEY_{number}", "source": "environment"}]
        )
    found = diagnosis(flows[0], failed[0])
    assert fact(found, "fleet").endswith("; 3 of them with other credentials were refused as well")
    assert found["verdict"]["category"] == "service"


def test_a_step_that_fails_at_night_is_seen_to_do_so() -> None:
    past = history(at=timezone.now().replace(hour=21, minute=30) - timedelta(days=12))
    for _ in range(8):
        past.run("F", after=timedelta(hours=5))  # half past two
        past.run("P", after=timedelta(hours=10))
        past.run("P", after=timedelta(hours=9))
    found = diagnosis(past, past.run("F", after=timedelta(hours=5)))
    assert fact(found, "hours").startswith("9 of 9 runs failed between 00 and 03 o'clock UTC, 0 of 16 at other times")
    assert "hours" in {rule["id"] for rule in found["rules"]}


def test_a_token_of_this_run_that_is_refused_is_not_old() -> None:
    past = history()
    failed = past.run("F", assertions=[STATUS[0] | {"actual": 401}], **CALL)
    exchange(failed, {"url": "http://shop/orders"}, {}, status=401)
    attempts = Attempt.objects.filter(step_run__execution=failed)
    attempts.update(reads=[{"name": "token", "source": "captured:log_in"}])
    assert diagnosis(past, failed)["verdict"]["category"] == "service"
    attempts.update(reads=[{"name": "TOKEN", "source": "environment"}])
    assert diagnosis(past, failed)["verdict"]["category"] == "environment"


def test_how_near_it_usually_comes_to_its_limit_is_told() -> None:
    past = history()
    past.play("PPPP", ms=29_000)
    found = diagnosis(past, past.run("F", failure_kind="timeout", failure_code="read_timeout", ms=30_000))
    assert fact(found, "latency") == "30000 ms against a usual 29000 ms (p95 29000 ms, limit 30000 ms)"
    assert "near_limit" in {rule["id"] for rule in found["rules"]}


def test_runs_without_an_environment_have_a_history_too() -> None:
    past = history()
    nowhere: dict[str, Any] = {"e_environment": None, "e_environment_name": ""}
    for _ in range(3):
        past.run("P", **nowhere)
    found = diagnosis(past, past.run("F", **nowhere))
    assert "3 of 3 passed before" in fact(found, "history")


def test_what_is_learnt_later_leaves_ids_and_verdict_as_they_were() -> None:
    past = history()
    past.play("PPPP", assertions=STATUS, **CALL)
    failed = past.run("F", assertions=STATUS, **CALL)
    before = diagnose(failed)
    assert before is not None
    assert diagnose(failed) == before
    roll_up()  # now the failure has a group
    after = diagnose(failed)
    assert after is not None
    assert {one.type for one in after.items} - {one.type for one in before.items} == {"fingerprint"}
    assert [one for one in after.items if one.type != "fingerprint"] == list(before.items)
    assert (after.verdict, after.rules, after.next_action) == (before.verdict, before.rules, before.next_action)


def test_a_diagnosis_asks_a_fixed_number_of_questions(django_assert_max_num_queries: Any) -> None:
    past = history()
    past.play("P" * 60, assertions=STATUS, **CALL)
    failed = past.run("F", assertions=STATUS, **CALL)
    with django_assert_max_num_queries(16):
        assert diagnose(failed) is not None


def test_every_assertion_that_did_not_hold_is_told_and_the_rules_stand_on_the_first() -> None:
    past = history()
    both = [
        {"expression": f"body.{name} == 1", "operator": "==", "passed": False, "actual": 2, "expected": 1,
         "parts": [{"source": f"body.{name}", "value": 2}]}
        for name in ("a", "b")
    ]  # fmt: skip
    found = diagnosis(past, past.run("F", assertions=both))
    told = [one for one in found["items"] if one["type"] == "assertion"]
    assert [one["data"]["sources"] for one in told] == [["body.a"], ["body.b"]]
    (rule,) = [one for one in found["rules"] if one["id"] == "other_value"]
    assert rule["evidence"] == [told[0]["id"]]


def test_where_nothing_failed_there_is_nothing_to_say() -> None:
    past = history()
    passed = past.run("P")
    bob = api_of(past.workspace, Role.VIEWER)
    assert bob.get(f"/analytics/executions/{passed.pk}/diagnosis").status == 404
    mallory = api_of(make_workspace("other"), Role.ADMIN)
    assert mallory.get(f"/analytics/executions/{past.run('F').pk}/diagnosis").status == 404
