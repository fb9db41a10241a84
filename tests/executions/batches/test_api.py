"""Batches over HTTP: one execution for each row, so many at once, with a result of their own."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from executions.batches.models import Batch, BatchRow
from executions.endings import Ending
from executions.models import Execution
from executions.operations.prune import keep_house, prune_executions
from executions.operations.see_to_endings import see_to_endings, sweep_waiting
from executions.status import Status
from flows.models import Environment, Flow
from flows.operations.quarantine import quarantine
from tests.cast import Answer, Api, api_of, make_workspace
from workspaces.models import Role

pytestmark = pytest.mark.django_db
TEXT = """
flow:
  name: Check out
  env: {SKU: kettle, COUNT: 1}
  steps:
    - {id: one, action: log, config: {message: hello}}
"""


@pytest.fixture
def bob() -> Api:
    bob = api_of(make_workspace(), Role.EDITOR, "bob")
    bob.post("/flows", {"text": TEXT})
    return bob


def start(bob: Api, data: str = "SKU,COUNT\nmug,1\npan,2\npot,3\n", headers: Any = None, **body: Any) -> Answer:
    wanted = {"flow": "check-out", "data": data, "format": "csv", "parallel": 2} | body
    return bob.post("/batches", wanted, **(headers or {}))


def finish(execution: Execution, status: Status = Status.PASSED) -> None:
    rows = Execution.objects.filter(pk=execution.pk)
    rows.update(status=Status.RUNNING, started_at=timezone.now())
    rows.update(status=status, outcome=status, finished_at=timezone.now())


def finish_all(*statuses: Status) -> None:
    """Let executions end, in the order they were started, until the batch has no more."""
    for status in statuses:
        finish(Execution.objects.active().earliest("id"), status)
        see_to_endings()


def test_so_many_rows_run_at_once_and_the_next_follow(bob: Api) -> None:
    started = start(bob, label_column="SKU", labels={"team": "shop"}, source="rows.csv")
    assert started.status == 201
    batch = started.body
    assert (batch["status"], batch["counts"]["running"], batch["counts"]["waiting"]) == ("running", 2, 1)
    first = Execution.objects.earliest("id")
    assert (first.overrides, first.labels) == (
        {"SKU": "mug", "COUNT": 1},
        {"team": "shop", "row": "1", "row_label": "mug"},
    )
    finish_all(Status.PASSED)
    assert Execution.objects.count() == 3
    finish_all(Status.PASSED, Status.PASSED)
    done = bob.get(f"/batches/{batch['id']}").body
    assert (done["status"], done["counts"]["passed"], done["finished_at"] is not None) == ("passed", 3, True)
    rows = bob.get(f"/batches/{batch['id']}/rows").body["items"]
    assert [(row["number"], row["label"], row["execution"]["status"]) for row in rows] == [
        (1, "mug", "passed"),
        (2, "pan", "passed"),
        (3, "pot", "passed"),
    ]
    page = bob.get(f"/batches/{batch['id']}/rows?limit=2").body
    assert [row["number"] for row in bob.get(f"/batches/{batch['id']}/rows?cursor={page['next']}").body["items"]] == [3]
    assert [one["id"] for one in bob.get("/batches?flow=check-out").body["items"]] == [batch["id"]]


@pytest.mark.parametrize(
    ("statuses", "expected"),
    [
        ([Status.PASSED, Status.FAILED, Status.PASSED], "failed"),
        ([Status.PASSED, Status.FAILED, Status.TIMED_OUT], "timed_out"),
        ([Status.CANCELLED, Status.PASSED, Status.PASSED], "cancelled"),
    ],
)
def test_its_result_is_the_worst_of_its_rows(bob: Api, statuses: list[Status], expected: str) -> None:
    batch = start(bob).body["id"]
    finish_all(*statuses)
    assert bob.get(f"/batches/{batch}").body["status"] == expected


def test_a_mistake_starts_nothing_and_is_told_with_its_place(bob: Api) -> None:
    wrong = start(bob, "SKU,COUNT\nmug,1\npan,many\n")
    assert (wrong.status, wrong.body["type"]) == (422, "urn:stepwell:problem:rows_invalid")
    (mistake,) = wrong.body["mistakes"]
    assert (mistake["row"], mistake["column"]) == (2, "COUNT")
    assert not Batch.objects.exists()
    assert not Execution.objects.exists()


def test_the_rows_that_did_not_pass_run_again(bob: Api) -> None:
    batch = start(bob).body["id"]
    assert bob.post(f"/batches/{batch}/rerun").status == 409
    finish_all(Status.PASSED, Status.FAILED, Status.PASSED)
    again = bob.post(f"/batches/{batch}/rerun").body
    assert (again["rerun_of"], again["counts"]["total"]) == (batch, 1)
    (row,) = bob.get(f"/batches/{again['id']}/rows").body["items"]
    assert row["number"] == 2
    assert Execution.objects.latest("id").overrides == {"SKU": "pan", "COUNT": 2}
    finish_all(Status.PASSED)
    nothing = bob.post(f"/batches/{again['id']}/rerun")
    assert (nothing.status, nothing.body["detail"]) == (409, f"Every row of batch {again['id']} passed.")
    assert bob.post(f"/batches/{again['id']}/rerun", {"only_failed": False}).body["counts"]["total"] == 1


def test_cancelled_what_waits_is_let_go_and_what_runs_winds_down(bob: Api) -> None:
    batch = start(bob).body["id"]
    running = Execution.objects.earliest("id")
    Execution.objects.filter(pk=running.pk).update(status=Status.RUNNING, started_at=timezone.now())
    body = bob.post(f"/batches/{batch}/cancel").body
    assert (body["status"], body["counts"]["cancelled"], body["counts"]["running"]) == ("running", 2, 1)
    finish(running, Status.CANCELLED)
    see_to_endings()
    assert bob.get(f"/batches/{batch}").body["status"] == "cancelled"
    assert bob.post(f"/batches/{batch}/cancel").status == 409


def test_a_row_that_cannot_start_holds_up_no_other(bob: Api) -> None:
    bob.put("/environments/staging", {"variables": {"A": 1}})
    batch = start(bob, environment="staging").body["id"]
    Environment.objects.all().delete()
    finish_all(Status.PASSED, Status.PASSED)
    body = bob.get(f"/batches/{batch}").body
    assert (body["status"], body["counts"]["failed"], body["counts"]["passed"]) == ("failed", 1, 2)
    assert "deleted" in bob.get(f"/batches/{batch}/rows").body["items"][2]["reason"]


def test_one_request_one_batch_however_often_it_is_sent(bob: Api) -> None:
    headers = {"Idempotency_Key": "k1"}
    first, again = start(bob, headers=headers), start(bob, headers=headers)
    assert (first.status, again.status, again.body["id"]) == (201, 200, first.body["id"])
    assert start(bob, "SKU\nother\n", headers=headers).status == 409
    assert Batch.objects.count() == 1


def test_an_end_that_nobody_saw_is_swept(bob: Api) -> None:
    batch = start(bob).body["id"]
    for _ in range(3):
        finish(Execution.objects.active().earliest("id"))
        Ending.objects.all().delete()
        sweep_waiting()
    assert bob.get(f"/batches/{batch}").body["status"] == "passed"


def test_what_rows_gave_is_encrypted_and_forgotten_in_the_end(bob: Api) -> None:
    batch = start(bob, "PASSWORD\nhunter22secret\n").body["id"]
    assert Execution.objects.get().overrides == {"PASSWORD": "‹secret:PASSWORD›"}
    assert b"hunter22" not in bytes(BatchRow.objects.get().ciphertext)
    finish_all(Status.FAILED)
    Batch.objects.update(finished_at=timezone.now() - timedelta(days=30))
    keep_house()
    assert bytes(BatchRow.objects.get().ciphertext) == b""
    assert "no longer kept" in bob.post(f"/batches/{batch}/rerun").body["detail"]


def test_a_row_that_fails_in_quarantine_only_is_told_and_stops_nobody(bob: Api) -> None:
    batch = start(bob, "SKU\nmug\npan\n").body["id"]
    quarantine(flow=Flow.objects.get(), step_key="", reason="Known.", days=3, by=None, actor="bob")
    finish_all(Status.FAILED, Status.FAILED)
    shown = bob.get(f"/batches/{batch}").body
    assert (shown["status"], shown["counts"]["failed"], shown["counts"]["quarantined"]) == ("failed", 2, 2)
    rows = bob.get(f"/batches/{batch}/rows").body["items"]
    assert [row["execution"]["quarantined"] for row in rows] == ["Known.", "Known."]


def test_old_batches_go_with_retention(bob: Api) -> None:
    start(bob, "SKU\nmug\n")
    young = start(bob, "SKU\npan\n").body["id"]
    finish_all(Status.PASSED, Status.PASSED)
    long_ago = timezone.now() - timedelta(days=40)
    Batch.objects.exclude(pk=young).update(finished_at=long_ago)
    prune_executions(older_than_days=30)
    assert list(Batch.objects.values_list("pk", flat=True)) == [young]


def test_who_may_do_what(bob: Api) -> None:
    batch = start(bob).body["id"]
    charlie = api_of(bob.workspace, Role.VIEWER, "charlie")
    mallory = api_of(make_workspace(), Role.ADMIN, "mallory")
    assert (charlie.get(f"/batches/{batch}").status, start(charlie).status) == (200, 403)
    assert [charlie.post(f"/batches/{batch}/{verb}").status for verb in ("cancel", "rerun")] == [403, 403]
    assert [mallory.post(f"/batches/{batch}/{verb}").status for verb in ("cancel", "rerun")] == [404, 404]
    assert mallory.get(f"/batches/{batch}/rows").status == 404
