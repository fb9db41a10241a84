"""Executions over HTTP: started once, listed newest first, watched, read to the last attempt, cancelled, run again."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from executions.models import Attempt, Execution, LateResult, Payload, StepRun
from executions.schemas import ExecutionPage, ExecutionRow, SnapshotOut, StepRunOut
from executions.status import Status
from tests.cast import Answer, Api, api_of, make_workspace
from workspaces.models import AuditEntry, Role

pytestmark = pytest.mark.django_db
TEXT = """
flow:
  name: Check out
  env: {RETRIES: 3, NAME: shop}
  steps:
    - {id: one, action: log, config: {message: hello}}
    - {id: two, action: log, config: {message: bye}}
"""


@pytest.fixture
def bob() -> Api:
    bob = api_of(make_workspace(), Role.EDITOR, "bob")
    bob.post("/flows", {"text": TEXT})
    bob.put("/environments/staging", {"variables": {"API_URL": "http://127.0.0.1:5016"}})
    return bob


def start(bob: Api, **body: Any) -> Answer:
    return bob.post("/executions", {"flow": "check-out", **body})


def finish(execution_id: int, status: Status) -> None:
    """Let an execution end without any worker."""
    rows = Execution.objects.filter(pk=execution_id)
    rows.update(status=Status.RUNNING, started_at=timezone.now())
    rows.update(status=status, outcome=status, finished_at=timezone.now())


# --- starting


def test_a_flow_is_started_by_name(bob: Api) -> None:
    answer = start(bob, environment="staging", labels={"commit": "abc"}, trigger="cli")
    assert answer.status == 201
    body = answer.body
    assert (body["flow"], body["flow_version"], body["environment"]) == ("check-out", 1, "staging")
    assert (body["status"], body["trigger"], body["labels"]) == ("queued", "cli", {"commit": "abc"})
    assert body["actor"] == f"{bob.user} (token test)"
    assert body["counts"]["total"] == 2
    assert body["url"].endswith(f"/executions/{body['id']}/")


def test_text_takes_the_type_of_the_flows_own_value(bob: Api) -> None:
    body = start(bob, text_variables={"RETRIES": "5", "NAME": "7", "OTHER": "9"}, variables={"RAW": [1]}).body
    assert Execution.objects.get(pk=body["id"]).overrides == {"RETRIES": 5, "NAME": "7", "OTHER": "9", "RAW": [1]}
    wrong = start(bob, text_variables={"RETRIES": "many"})
    assert wrong.status == 422
    assert "RETRIES" in wrong.body["detail"]


@pytest.mark.parametrize(
    ("body", "named"),
    [
        ({"flow": "chek-out"}, "'check-out'"),
        ({"environment": "stagin"}, "'staging'"),
        ({"version": 9}, "latest is 1"),
    ],
)
def test_a_wrong_name_is_told_the_nearest(bob: Api, body: dict[str, Any], named: str) -> None:
    answer = start(bob, **body)
    assert answer.status == 404
    assert named in answer.body["detail"]
    assert not Execution.objects.exists()


@pytest.mark.parametrize(
    "body",
    [{"timeout": 0}, {"timeout": -1}, {"trigger": "schedule"}, {"labels": {"a": 1}}, {"version": 0}, {"flow": None}],
)
def test_nonsense_starts_nothing(bob: Api, body: dict[str, Any]) -> None:
    assert start(bob, **body).status == 422
    assert not Execution.objects.exists()


def test_a_key_starts_one_execution_however_often_it_comes(bob: Api) -> None:
    body = {"flow": "check-out", "variables": {"A": 1}}
    first = bob.post("/executions", body, Idempotency_Key="k1")
    again = bob.post("/executions", body, Idempotency_Key="k1")
    assert (first.status, again.status) == (201, 200)
    assert again.body["id"] == first.body["id"]
    other = bob.post("/executions", {**body, "variables": {"A": 2}}, Idempotency_Key="k1")
    assert other.status == 409
    assert f"#{first.body['id']}" in other.body["detail"]
    assert Execution.objects.count() == 1


def test_a_key_is_the_workspaces_own(bob: Api) -> None:
    mallory = api_of(make_workspace("other"), Role.EDITOR, "mallory")
    mallory.post("/flows", {"text": TEXT})
    first = bob.post("/executions", {"flow": "check-out"}, Idempotency_Key="k1")
    theirs = mallory.post("/executions", {"flow": "check-out"}, Idempotency_Key="k1")
    assert theirs.status == 201
    assert theirs.body["id"] != first.body["id"]


def test_a_viewer_reads_and_starts_nothing(bob: Api) -> None:
    execution = start(bob).body["id"]
    charlie = api_of(bob.workspace, Role.VIEWER, "charlie")
    assert charlie.get(f"/executions/{execution}").status == 200
    answers = [
        start(charlie),
        charlie.post(f"/executions/{execution}/cancel"),
        charlie.post(f"/executions/{execution}/rerun"),
    ]
    assert [one.status for one in answers] == [403, 403, 403]


# --- lists


def test_the_list_is_newest_first_and_paged(bob: Api) -> None:
    ids = [start(bob).body["id"] for _ in range(5)]
    seen, query = [], "?limit=2"
    while query:
        page = bob.get(f"/executions{query}").body
        seen += [one["id"] for one in page["items"]]
        query = f"?limit=2&cursor={page['next']}" if page["next"] else ""
    assert seen == ids[::-1]


@pytest.mark.parametrize("narrowed", ["", "&q=flow:check-out"])
def test_pages_neither_repeat_nor_lose_a_row_while_others_are_started(bob: Api, narrowed: str) -> None:
    ids = [start(bob).body["id"] for _ in range(5)]
    seen, query = [], f"?limit=2{narrowed}"
    while query:
        page = bob.get(f"/executions{query}").body
        seen += [one["id"] for one in page["items"]]
        start(bob)  # newer than all of these: it belongs on no later page
        if len(seen) == 2:  # and what changes on the way stays where it is
            finish(ids[0], Status.FAILED)
        query = f"?limit=2{narrowed}&cursor={page['next']}" if page["next"] else ""
    assert seen == ids[::-1]


def test_the_list_costs_the_same_however_long(bob: Api, django_assert_max_num_queries: Any) -> None:
    for _ in range(5):
        start(bob)
    # The token, its role, when it was used; which executions, their rows, their strips, their flows' usual durations
    with django_assert_max_num_queries(7) as queries:
        bob.get("/executions")
    listed = [query["sql"].lower() for query in queries if "executions_execution" in query["sql"]]
    assert len(listed) == 1  # the others are written in PostgreSQL's own way, which Django does not see
    assert not [sql for sql in listed if any(word in sql for word in ("spec_json", "count(", "offset", "payload"))]


def test_the_list_keeps_its_promised_shape(bob: Api) -> None:
    start(bob, environment="staging", labels={"commit": "abc"})
    body = bob.get("/executions").body
    ExecutionPage.model_validate(body)  # it is written by hand, and promised by the schema
    assert set(body) == set(ExecutionPage.model_fields)
    assert set(body["items"][0]) == set(ExecutionRow.model_fields)
    assert body["items"][0]["queued_at"].endswith("Z")


def test_the_list_is_narrowed(bob: Api) -> None:
    old, failed, staging = (start(bob).body["id"], start(bob).body["id"], start(bob, environment="staging").body["id"])
    finish(failed, Status.FAILED)
    Execution.objects.filter(pk=old).update(queued_at=timezone.now() - timedelta(days=3))

    def ids(query: str) -> list[int]:
        answer = bob.get(f"/executions?{query}")
        assert answer.status == 200, answer.body
        return [one["id"] for one in answer.body["items"]]

    yesterday = (timezone.now() - timedelta(days=1)).date().isoformat()
    assert ids("status=failed") == [failed]
    assert ids("status=failed,queued") == [staging, failed, old]
    assert ids("environment=staging") == [staging]
    assert ids("flow=check-out") == [staging, failed, old]
    assert ids(f"since={yesterday}") == [staging, failed]
    assert ids(f"until={yesterday}T00:00:00Z") == [old]


@pytest.mark.parametrize("query", ["status=green", "cursor=x", "since=soon", "limit=0", "limit=501", "flow=nope"])
def test_a_filter_that_means_nothing_is_told_so(bob: Api, query: str) -> None:
    answer = bob.get(f"/executions?{query}")
    assert answer.status in {404, 422}
    assert answer.body["detail"]


# --- one


def test_another_workspaces_execution_is_not_there(bob: Api) -> None:
    execution = start(bob).body["id"]
    mallory = api_of(make_workspace("other"), Role.ADMIN, "mallory")
    for path in (
        f"/executions/{execution}",
        f"/executions/{execution}/report",
        f"/executions/{execution}/steps/steps/one",
    ):
        assert mallory.get(path).status == 404
    assert mallory.post(f"/executions/{execution}/cancel").status == 404
    assert mallory.post(f"/executions/{execution}/rerun").status == 404
    assert mallory.get("/executions").body["items"] == []


@pytest.mark.parametrize("path", ["/executions/999999", "/executions/99999999999999999999", "/executions/x"])
def test_what_is_not_there_is_404(bob: Api, path: str) -> None:
    assert bob.get(path).status == 404


def test_a_snapshot_has_its_steps_and_its_number(bob: Api) -> None:
    execution = start(bob).body["id"]
    answer = bob.get(f"/executions/{execution}")
    assert [one["path"] for one in answer.body["steps"]] == ["steps/one"]
    assert answer.body["steps"][0]["status"] == "pending"
    SnapshotOut.model_validate(answer.body, strict=False)  # it is written by hand, and promised by the schema
    assert set(answer.body["steps"][0]) == set(StepRunOut.model_fields)
    assert answer.body["event_number"] == answer.body["execution"]["event_number"] == 1


def test_a_snapshot_that_is_known_already_is_not_sent_again(bob: Api) -> None:
    execution = start(bob).body["id"]
    etag = bob.get(f"/executions/{execution}").raw["ETag"]
    assert bob.get(f"/executions/{execution}", If_None_Match=etag).status == 304
    Execution.objects.filter(pk=execution).update(event_number=2)
    assert bob.get(f"/executions/{execution}", If_None_Match=etag).status == 200


def test_waiting_for_what_has_happened_returns_at_once(bob: Api) -> None:
    execution = start(bob).body["id"]
    assert bob.get(f"/executions/{execution}?after=0&wait=20").body["event_number"] == 1
    finish(execution, Status.PASSED)  # and where nothing more can happen
    assert bob.get(f"/executions/{execution}?after=99&wait=20").status == 200


def make_attempt(execution: int, number: int = 1, **changes: Any) -> Attempt:
    step = StepRun.objects.get(execution=execution, path="steps/one")
    now = timezone.now()
    values = {"status": "failed", "due_at": now - timedelta(milliseconds=40), "started_at": now, "finished_at": now}
    StepRun.objects.filter(pk=step.pk).update(attempts=number)
    return Attempt.objects.create(step_run=step, number=number, fence=number, **(values | changes))


def test_a_step_has_every_attempt_with_what_it_sent_and_got(bob: Api) -> None:
    execution = start(bob).body["id"]
    first = make_attempt(execution, 1, failure_kind="timeout", failure_code="read", failure_message="Too slow.")
    LateResult.objects.create(attempt=first, fence=1, status="passed", message="It came after all.")
    second = make_attempt(
        execution,
        2,
        status="passed",
        assertions=[{"expression": "status == 200", "passed": True, "actual": 200, "expected": 200, "message": ""}],
        captured=[{"name": "id", "path": "body.id", "value": "\ud800\x00", "source": "one"}],
    )
    Payload.objects.create(
        attempt_id=second.pk, created_at=timezone.now(), request={"url": "http://x"}, response={"body": "\x00"}
    )
    answer = bob.get(f"/executions/{execution}/steps/steps/one")
    assert answer.status == 200
    one, two = answer.body["attempts"]
    assert one["failure"] == {"kind": "timeout", "code": "read", "message": "Too slow."}
    assert one["late_results"][0]["message"] == "It came after all."
    assert one["queue_ms"] == 40
    assert (two["request"], two["response"]) == ({"url": "http://x"}, {"body": "\x00"})
    assert two["captured"][0]["value"] == "\ud800\x00"
    assert bob.get(f"/executions/{execution}/steps/steps/two").status == 404


def test_the_report_has_the_last_attempts_assertions_and_outputs(bob: Api) -> None:
    execution = start(bob).body["id"]
    make_attempt(execution, 1, assertions=[{"expression": "no", "passed": False}])
    make_attempt(
        execution,
        2,
        status="passed",
        assertions=[{"expression": "yes", "passed": True, "actual": 1, "expected": 1, "message": ""}],
        captured=[{"name": "id", "path": "body.id", "value": 7, "source": "one"}],
    )
    report = bob.get(f"/executions/{execution}/report").body
    assert set(report["execution"]) == {"id", "status", "flow", "environment", "duration_ms", "url"}
    step = report["steps"][0]
    assert set(step) == {
        "path", "id", "action", "status", "attempts", "duration_ms", "failure", "assertions", "outputs",
    }  # fmt: skip
    assert (step["attempts"], step["assertions"][0]["expression"], step["outputs"]) == (2, "yes", {"id": 7})


# --- cancelling and running again


def test_cancelling_is_recorded_with_who_did_it(bob: Api) -> None:
    execution = start(bob).body["id"]
    cancelled = bob.post(f"/executions/{execution}/cancel")
    assert (cancelled.status, cancelled.body["status"]) == (200, "cancelled")
    assert cancelled.body["cancel_requested_by"] == f"{bob.user} (token test)"
    assert AuditEntry.objects.filter(verb="execution.cancelled", target=str(execution)).exists()


def test_what_has_ended_cannot_be_cancelled(bob: Api) -> None:
    execution = start(bob).body["id"]
    finish(execution, Status.PASSED)
    answer = bob.post(f"/executions/{execution}/cancel")
    assert answer.status == 409
    assert answer.body["type"] == "urn:stepwell:problem:already_final"


def test_a_rerun_is_linked_to_the_original(bob: Api) -> None:
    first = start(bob, environment="staging", variables={"A": 1}).body["id"]
    finish(first, Status.FAILED)
    second = bob.post(f"/executions/{first}/rerun", {})
    assert second.status == 201
    assert (second.body["rerun_of"], second.body["rerun_mode"], second.body["family"]) == (first, "today", first)
    assert second.body["environment"] == "staging"
    third = bob.post(f"/executions/{second.body['id']}/rerun", {"variables": {"A": 2}})
    assert third.body["family"] == first
    assert Execution.objects.get(pk=third.body["id"]).overrides == {"A": 2}


def test_a_rerun_carries_a_key_too(bob: Api) -> None:
    first = start(bob).body["id"]
    finish(first, Status.FAILED)
    answers = [bob.post(f"/executions/{first}/rerun", {}, Idempotency_Key="r1") for _ in range(2)]
    assert [one.status for one in answers] == [201, 200]
    assert answers[0].body["id"] == answers[1].body["id"]


def test_a_rerun_that_cannot_be_says_why(bob: Api) -> None:
    first = start(bob).body["id"]
    finish(first, Status.FAILED)
    answer = bob.post(f"/executions/{first}/rerun", {"mode": "from_step", "from_step": "steps/nope"})
    assert answer.status == 409
    assert "steps/nope" in answer.body["detail"]
    assert bob.post(f"/executions/{first}/rerun", {"mode": "backwards"}).status == 422


# --- what a page draws


def test_the_family_of_a_run_is_told_from_every_member(bob: Api) -> None:
    original = start(bob).body["id"]
    finish(original, Status.FAILED)
    second = bob.post(f"/executions/{original}/rerun", {}).body["id"]
    finish(second, Status.PASSED)
    third = bob.post(f"/executions/{second}/rerun", {}).body["id"]
    stranger = start(bob).body["id"]
    for member in (original, second, third):
        assert [one["id"] for one in bob.get(f"/executions/{member}/family").body] == [original, second, third]
    assert [one["id"] for one in bob.get(f"/executions/{stranger}/family").body] == [stranger]


def test_the_attempts_of_a_run_are_told_without_what_they_recorded(bob: Api) -> None:
    execution = Execution.objects.get(pk=start(bob).body["id"])
    step = StepRun.objects.filter(execution=execution).first() or StepRun.objects.create(
        execution=execution,
        flow=execution.flow,
        flow_version=execution.flow_version,
        path="steps/one",
        key="steps/one",
        step_id="one",
        section="steps",
        action="log",
        position=0,
        status="failed",
        due_at=timezone.now(),
    )
    now = timezone.now()
    for number in (1, 2):
        Attempt.objects.create(
            step_run=step, number=number, fence=number, status="failed", due_at=now, started_at=now, finished_at=now
        )
    lines = bob.get(f"/executions/{execution.pk}/attempts").body
    assert [(one["path"], one["number"], one["status"]) for one in lines] == [
        (step.path, 1, "failed"),
        (step.path, 2, "failed"),
    ]
    assert set(lines[0]) == {"path", "number", "status", "due_at", "started_at", "finished_at"}
