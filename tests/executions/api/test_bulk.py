"""One order for many executions: each by itself, bounded, once for each key."""

from typing import Any

import pytest

from executions import bulk
from executions.models import BulkOrder, Execution
from executions.status import Status
from tests.cast import Api, api_of, make_workspace
from tests.executions.api.conftest import finish, start
from workspaces.models import AuditEntry, Role


def test_named_executions_are_cancelled_each_with_its_own_result(bob: Api) -> None:
    waiting, ended = start(bob), start(bob)
    finish(ended, Status.PASSED)
    answer = bob.post("/executions/bulk", {"verb": "cancel", "ids": [waiting, ended, 999_999, waiting]})
    assert answer.status == 200
    assert [(one["id"], one["result"]) for one in answer.body["items"]] == [
        (waiting, "done"),
        (ended, "refused"),
        (999_999, "refused"),
    ]
    assert "passed already" in answer.body["items"][1]["detail"]
    assert (answer.body["done"], answer.body["refused"], answer.body["left"]) == (1, 2, 0)
    assert Execution.objects.get(pk=waiting).status == "cancelled"
    entry = AuditEntry.objects.get(verb="execution.bulk_cancelled")
    assert (entry.details["ids"], entry.actor) == ([waiting, ended, 999_999], f"{bob.user} (token test)")


def test_everything_that_matches_is_run_again(bob: Api) -> None:
    failed, passed = start(bob, labels={"commit": "abc"}), start(bob)
    finish(failed, Status.FAILED)
    finish(passed, Status.PASSED)
    [item] = bob.post("/executions/bulk", {"verb": "rerun", "q": "status:failed"}).body["items"]
    again = Execution.objects.get(pk=item["started"])
    assert (item["id"], again.rerun_of_id, again.labels) == (failed, failed, {"commit": "abc"})


def test_what_has_ended_is_no_part_of_a_cancellation_by_search(bob: Api) -> None:
    ended, waiting = start(bob), start(bob)
    finish(ended, Status.FAILED)
    answer = bob.post("/executions/bulk", {"verb": "cancel", "q": "flow:check-out"}).body
    assert [(one["id"], one["result"]) for one in answer["items"]] == [(waiting, "done")]


def test_an_order_is_bounded_and_says_what_it_left(bob: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bulk, "MOST", 2)
    ids = [start(bob) for _ in range(5)]
    by_search = bob.post("/executions/bulk", {"verb": "cancel", "q": ""}).body
    assert [one["id"] for one in by_search["items"]] == ids[:2:-1]
    assert (by_search["left"], by_search["is_left_capped"]) == (3, False)
    assert bob.post("/executions/bulk", {"verb": "cancel", "ids": ids}).body["left"] == 3


def test_an_order_sent_again_is_for_the_same_executions_and_starts_nothing_twice(bob: Api) -> None:
    failed = start(bob)
    finish(failed, Status.FAILED)
    body = {"verb": "rerun", "q": "status:failed"}
    first = bob.post("/executions/bulk", body, Idempotency_Key="k1")
    started = first.body["items"][0]["started"]
    # Even when by now the search would find another one
    finish(started, Status.FAILED)
    again = bob.post("/executions/bulk", body, Idempotency_Key="k1")
    assert again.body == first.body
    assert Execution.objects.count() == 2
    assert AuditEntry.objects.filter(verb="execution.bulk_rerun").count() == 1
    other = bob.post("/executions/bulk", {**body, "q": ""}, Idempotency_Key="k1")
    assert (other.status, other.body["type"]) == (409, "urn:stepwell:problem:key_used_before")


def test_a_cancellation_sent_again_says_the_same(bob: Api) -> None:
    waiting = start(bob)
    body = {"verb": "cancel", "ids": [waiting]}
    first = bob.post("/executions/bulk", body, Idempotency_Key="k2")
    assert bob.post("/executions/bulk", body, Idempotency_Key="k2").body == first.body
    assert BulkOrder.objects.count() == 1


@pytest.mark.parametrize(
    "body", [{"verb": "cancel"}, {"verb": "cancel", "ids": [1], "q": ""}, {"verb": "delete", "ids": [1]}]
)
def test_an_order_that_cannot_be_read_does_nothing(bob: Api, body: dict[str, Any]) -> None:
    assert bob.post("/executions/bulk", body).status == 422
    assert not AuditEntry.objects.filter(verb__startswith="execution.bulk").exists()


def test_a_viewer_orders_nothing_and_nobody_orders_elsewhere(bob: Api) -> None:
    waiting = start(bob)
    charlie = api_of(bob.workspace, Role.VIEWER, "charlie")
    assert charlie.post("/executions/bulk", {"verb": "cancel", "ids": [waiting]}).status == 403
    mallory = api_of(make_workspace("other"), Role.ADMIN, "mallory")
    answer = mallory.post("/executions/bulk", {"verb": "cancel", "ids": [waiting]}).body
    assert answer["items"][0]["result"] == "refused"
    assert mallory.post("/executions/bulk", {"verb": "cancel", "q": ""}).body["items"] == []
    assert Execution.objects.get(pk=waiting).status == "queued"
