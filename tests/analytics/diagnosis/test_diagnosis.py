"""A failed execution as the API explains it: numbered evidence, rules, verdict, next action."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from analytics.operations.roll_up import roll_up
from executions.models import Attempt, Execution, Payload
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
    assert [one["id"] for one in found["items"]] == [f"E{at + 1}" for at in range(len(found["items"]))]
    known = {one["id"] for one in found["items"]}
    assert all(set(rule["evidence"]) <= known for rule in found["rules"])
    assert {rule["id"] for rule in found["rules"]} == {"http_503", "nothing_changed"}
    assert "8 of 10 passed before" in fact(found, "history")
    assert "now 3 failures in a row" in fact(found, "history")
    assert fact(found, "fingerprint").startswith("the same failure 3 times")
    assert fact(found, "change") == "since the last pass the flow is the same, the environment is the same"
    assert fact(found, "assertion") == "status == 200: expected 200, actual 503"
    (excerpt,) = [one for one in found["items"] if one["type"] == "response_excerpt"]
    assert excerpt["untrusted"]
    assert found["group"]
    assert found["failed_step"]["path"] == "steps/one"


def test_what_changed_since_the_last_pass_is_told() -> None:
    past = history()
    past.play("PPP")
    past.new_version()
    failed = past.run("F", e_environment_revision="r2")
    found = diagnosis(past, failed)
    assert fact(found, "change") == "since the last pass the flow changed, the environment changed"
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
    assert fact(found, "fleet").startswith("4 flows failed at shop:80 within 5 minutes (100% of the runs that used it)")
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


def test_where_nothing_failed_there_is_nothing_to_say() -> None:
    past = history()
    passed = past.run("P")
    bob = api_of(past.workspace, Role.VIEWER)
    assert bob.get(f"/analytics/executions/{passed.pk}/diagnosis").status == 404
    mallory = api_of(make_workspace("other"), Role.ADMIN)
    assert mallory.get(f"/analytics/executions/{past.run('F').pk}/diagnosis").status == 404
