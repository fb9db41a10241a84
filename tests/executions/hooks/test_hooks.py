"""Addresses that start a flow when somebody posts to them."""

from typing import Any

import pytest
from django.test import Client

from executions.hooks.models import Hook
from executions.models import Execution
from flows.models import Environment, Flow
from tests.cast import Api, api_of, make_workspace
from workspaces.models import AuditEntry, Role

pytestmark = pytest.mark.django_db
TEXT = """
flow:
  name: Check out
  env: {ORDER: none, COUNT: 1}
  steps:
    - {id: one, action: log, config: {message: hello}}
"""


@pytest.fixture
def bob() -> Api:
    bob = api_of(make_workspace(), Role.EDITOR, "bob")
    bob.post("/flows", {"text": TEXT})
    bob.put("/environments/staging", {"variables": {"A": 1}})
    return bob


def make(bob: Api, **body: Any) -> Any:
    wanted = {"name": "shop", "flow": "check-out", "variables": {"ORDER": "body.order.id", "COUNT": "$.items"}} | body
    return bob.post("/hooks", wanted)


def call(url: str, body: str = '{"order": {"id": "o-1"}, "items": "3"}', **headers: str) -> Any:
    path = url[url.index("/hooks/") :]
    return Client().post(path, body, content_type="application/json", headers=headers)


def test_a_post_starts_the_flow_with_what_its_paths_find(bob: Api) -> None:
    made = make(bob, environment="staging", labels={"from": "shop"})
    assert made.status == 201
    token = made.body["url"].rpartition("/")[2]
    assert Hook.objects.get().hash == Hook.hash_of(token)
    assert token not in str(bob.get("/hooks").body)
    answer = call(made.body["url"])
    assert answer.status_code == 201
    execution = Execution.objects.get(pk=answer.json()["id"])
    assert (execution.trigger, execution.actor, execution.overrides) == (
        "webhook",
        "shop",
        {"ORDER": "o-1", "COUNT": 3},
    )
    assert (execution.environment_name, execution.labels) == ("staging", {"from": "shop"})
    entry = AuditEntry.objects.get(verb="hook.called")
    assert (entry.details["execution"], token in str(entry.details)) == (execution.pk, False)
    assert bob.get("/hooks").body["items"][0]["last_called_at"] is not None


def test_what_finds_nothing_leaves_the_flows_own_value(bob: Api) -> None:
    url = make(bob).body["url"]
    assert call(url, "{}").status_code == call(url, "").status_code == 201
    assert Execution.objects.earliest("id").overrides == {}


def test_secrets_that_are_posted_are_masked(bob: Api) -> None:
    call(make(bob, variables={"API_TOKEN": "body.token"}).body["url"], '{"token": "hunter22secret"}')
    assert Execution.objects.get().overrides == {"API_TOKEN": "‹secret:API_TOKEN›"}


def test_one_post_one_execution_however_often_it_is_sent(bob: Api) -> None:
    url = make(bob).body["url"]
    key = {"Idempotency-Key": "k1"}
    first, again = call(url, **key), call(url, **key)
    assert (first.status_code, again.status_code, again.json()["id"]) == (201, 200, first.json()["id"])
    assert call(url, '{"order": {"id": "o-2"}}', **key).status_code == 409
    assert Execution.objects.count() == 1


@pytest.mark.parametrize(
    ("body", "status"),
    [("{", 422), ("x" * 300_000, 413), ('{"items": "many"}', 422)],
)
def test_what_does_not_fit_is_refused_and_never_quoted(bob: Api, body: str, status: int) -> None:
    answer = call(make(bob).body["url"], body)
    assert answer.status_code == status
    assert answer["Content-Type"] == "application/problem+json"
    assert "many" not in answer.json()["detail"]
    assert not Execution.objects.exists()


def test_more_often_than_it_may_be_is_refused(bob: Api) -> None:
    url = make(bob, per_minute=2).body["url"]
    assert [call(url).status_code for _ in range(4)] == [201, 201, 429, 429]


def test_revoked_or_never_made_it_starts_nothing(bob: Api) -> None:
    made = make(bob).body
    assert bob.delete(f"/hooks/{made['hook']['id']}").body["revoked_at"] is not None
    assert call(made["url"]).status_code == call("/hooks/swh_nonsense").status_code == 404
    assert Client().get(made["url"][made["url"].index("/hooks/") :]).status_code == 405


def test_what_it_starts_may_be_gone(bob: Api) -> None:
    url = make(bob, environment="staging").body["url"]
    Environment.objects.all().delete()
    assert "deleted" in call(url).json()["detail"]
    Flow.objects.update(archived_at="2026-01-01T00:00Z")
    assert "archived" in call(url).json()["detail"]


def test_what_it_starts_can_be_changed_and_its_address_stays(bob: Api) -> None:
    made = make(bob).body
    address = f"/hooks/{made['hook']['id']}"
    changed = bob.patch(address, {"environment": "staging", "variables": {"ORDER": "body.id"}, "per_minute": 5})
    assert (changed.status, changed.body["environment"], changed.body["name"]) == (200, "staging", "shop")
    assert call(made["url"], '{"id": "o-9"}').status_code == 201
    execution = Execution.objects.get()
    assert (execution.environment_name, execution.overrides) == ("staging", {"ORDER": "o-9"})
    assert bob.get(address).body["per_minute"] == 5
    make(bob, name="other")
    assert bob.patch(address, {"name": "other"}).status == bob.patch(address, {"variables": {"A": "["}}).status == 422
    assert bob.patch(address, {"flow": "nobody"}).status == 404
    bob.delete(address)
    assert "revoked" in bob.patch(address, {"per_minute": 6}).body["detail"]
    assert AuditEntry.objects.filter(verb="hook.edited").count() == 1


def test_who_may_make_what(bob: Api) -> None:
    made = make(bob).body["hook"]["id"]
    charlie = api_of(bob.workspace, Role.VIEWER, "charlie")
    mallory = api_of(make_workspace(), Role.ADMIN, "mallory")
    assert (charlie.get("/hooks").status, make(charlie, name="x").status) == (200, 403)
    assert [who.patch(f"/hooks/{made}", {}).status for who in (charlie, mallory)] == [403, 404]
    assert (charlie.delete(f"/hooks/{made}").status, mallory.delete(f"/hooks/{made}").status) == (403, 404)
    assert "path of ORDER" in make(bob, name="y", variables={"ORDER": "body.["}).body["detail"]
    assert make(bob).status == 422
