"""Who gets in, in which workspace, and as what."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from tests.cast import Api, api_of, make_member, make_workspace
from workspaces.models import ApiToken, Membership, Role
from workspaces.operations.revoke_token import revoke_token

pytestmark = pytest.mark.django_db


def test_a_token_opens_its_own_workspace() -> None:
    alice = api_of(make_workspace(), Role.ADMIN)
    assert alice.get("/flows").status == 200


@pytest.mark.parametrize("header", ["", "Bearer ", "Bearer stw_wrong", "Bearer stw_\x80", "Basic YTpi", "stw_wrong"])
def test_anything_else_is_turned_away(header: str) -> None:
    response = Client().get("/api/v1/flows", headers={"Authorization": header})
    assert response.status_code == 401
    assert response["Content-Type"] == "application/problem+json"
    assert "Bearer" in response["WWW-Authenticate"]


def test_a_revoked_token_opens_nothing() -> None:
    bob = api_of(make_workspace(), Role.EDITOR)
    revoke_token(token=bob.token, by=None)
    assert bob.get("/flows").status == 401


def test_an_expired_token_opens_nothing() -> None:
    bob = api_of(make_workspace(), Role.EDITOR)
    ApiToken.objects.filter(pk=bob.token.pk).update(expires_at=timezone.now() - timedelta(seconds=1))
    assert bob.get("/flows").status == 401


def test_the_token_of_somebody_who_left_opens_nothing() -> None:
    bob = api_of(make_workspace(), Role.EDITOR)
    Membership.objects.filter(user=bob.user).delete()
    assert bob.get("/flows").status == 401


def test_the_token_of_a_deactivated_user_opens_nothing() -> None:
    bob = api_of(make_workspace(), Role.EDITOR)
    bob.user.is_active = False
    bob.user.save()
    assert bob.get("/flows").status == 401


def test_a_token_never_does_more_than_its_user_may_now() -> None:
    # Given a token made by an editor who became a viewer since
    bob = api_of(make_workspace(), Role.EDITOR)
    Membership.objects.filter(user=bob.user).update(role=Role.VIEWER)
    # Then it reads and does not write
    assert bob.get("/flows").status == 200
    answer = bob.put("/environments/staging", {"variables": {}})
    assert answer.status == 403
    assert "editor" in answer.body["detail"]


def test_a_wrong_token_does_not_fall_back_to_a_session() -> None:
    client = Client()
    client.force_login(make_member(make_workspace(), Role.ADMIN))
    assert client.get("/api/v1/flows", headers={"Authorization": "Bearer stw_wrong"}).status_code == 401


def test_a_token_remembers_when_it_was_last_used() -> None:
    alice = api_of(make_workspace(), Role.ADMIN)
    alice.get("/flows")
    assert ApiToken.objects.get(pk=alice.token.pk).last_used_at is not None


def test_a_browser_chooses_among_its_workspaces() -> None:
    # Given somebody in two workspaces, with a flow environment in the second
    first, second, foreign = make_workspace("first"), make_workspace("second"), make_workspace("foreign")
    user = make_member(first, Role.ADMIN)
    Membership.objects.create(workspace=second, user=user, role=Role.EDITOR)
    Api(second, user, Role.EDITOR).put("/environments/staging", {"variables": {"A": 1}})
    client = Client()
    client.force_login(user)
    # Then the first is the default, the second is named, and a third does not exist
    assert client.get("/api/v1/environments").json()["items"] == []
    named = client.get(f"/api/v1/environments?workspace={second.slug}").json()["items"]
    assert [one["name"] for one in named] == ["staging"]
    assert client.get(f"/api/v1/environments?workspace={foreign.slug}").status_code == 404


def test_a_browser_needs_its_csrf_token_to_write() -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(make_member(make_workspace(), Role.EDITOR))
    body: dict[str, object] = {"variables": {}}
    answer = client.put("/api/v1/environments/staging", body, content_type="application/json")
    assert answer.status_code == 403
