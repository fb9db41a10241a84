"""Members, tokens, the audit log and workspaces over HTTP: who may do what, and what nobody may."""

import json
import threading
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import close_old_connections
from django.test import Client
from django.utils import timezone

from tests.cast import Answer, Api, api_of, make_member, make_user, make_workspace
from workspaces.errors import LastAdmin
from workspaces.models import ApiToken, AuditEntry, LoginLink, Membership, Role, Workspace
from workspaces.operations.change_role import change_role
from workspaces.operations.record_audit import record_audit

pytestmark = pytest.mark.django_db


@dataclass(frozen=True)
class Browser:
    """Somebody who is signed in, in one workspace."""

    client: Client
    workspace: Workspace

    def call(self, method: str, path: str, body: Any = None) -> Answer:
        join = "&" if "?" in path else "?"
        response = self.client.generic(
            method,
            f"/api/v1{path}{join}workspace={self.workspace.slug}",
            json.dumps(body) if body is not None else "",
            content_type="application/json",
        )
        text = response.content.decode()
        return Answer(response.status_code, json.loads(text) if text else None, response)


def browser_of(workspace: Workspace, user: User) -> Browser:
    client = Client()
    client.force_login(user)
    return Browser(client, workspace)


@pytest.fixture
def shop() -> Workspace:
    return make_workspace()


@pytest.fixture
def alice(shop: Workspace) -> Browser:
    return browser_of(shop, make_member(shop, Role.ADMIN, "alice"))


def member(shop: Workspace, user: User) -> Membership:
    return Membership.objects.get(workspace=shop, user=user)


# --- who may


@pytest.mark.parametrize("role", [Role.VIEWER, Role.EDITOR])
@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("GET", "/members", None),
        ("POST", "/members", {"user": "mallory", "role": "admin"}),
        ("POST", "/members", {"user": "made-up", "create": True}),
        ("PATCH", "/members/{id}", {"role": "admin"}),
        ("DELETE", "/members/{id}", None),
        ("POST", "/members/{id}/link", None),
        ("GET", "/tokens?all=true", None),
        ("POST", "/tokens", {"name": "ci", "role": "admin"}),
        ("GET", "/audit", None),
        ("POST", "/workspaces", {"slug": "mine", "name": "Mine"}),
        ("PATCH", "/workspace", {"name": "Mine"}),
    ],
)
def test_administration_is_for_admins(shop: Workspace, role: Role, method: str, path: str, body: Any) -> None:
    user = make_member(shop, role, "bob")
    answer = browser_of(shop, user).call(method, path.format(id=member(shop, user).pk), body)
    assert answer.status == 403
    assert answer.body["type"] == "urn:stepwell:problem:not_allowed"
    assert member(shop, user).role == role
    assert not AuditEntry.objects.exists()


def test_what_is_another_workspaces_is_not_there(alice: Browser) -> None:
    other = make_workspace("other")
    mallory = make_member(other, Role.VIEWER, "mallory")
    theirs, token = member(other, mallory).pk, Api(other, mallory, Role.VIEWER).token.pk
    assert alice.call("PATCH", f"/members/{theirs}", {"role": "admin"}).status == 404
    assert alice.call("DELETE", f"/members/{theirs}").status == 404
    assert alice.call("POST", f"/members/{theirs}/link").status == 404
    assert alice.call("POST", f"/tokens/{token}/revoke").status == 404
    assert "mallory" not in str(alice.call("GET", "/members").body)


# --- members


def test_somebody_with_an_account_is_added_by_name_or_address(alice: Browser, shop: Workspace) -> None:
    zoe = User.objects.create_user("zoe", email="Zoe@shop.example", password="correct-horse-7")
    yan = User.objects.create_user("yan", password="correct-horse-7")
    answer = alice.call("POST", "/members", {"user": "zoe@shop.example", "role": "editor"})
    assert (answer.status, answer.body["member"]["user"], answer.body["link"]) == (201, "zoe", None)
    assert alice.call("POST", "/members", {"user": "yan"}).status == 201
    assert (member(shop, zoe).role, member(shop, yan).role) == ("editor", "viewer")
    entry = AuditEntry.objects.filter(workspace=shop, verb="member.added").first()
    assert entry is not None
    assert (entry.target, entry.details) == ("zoe", {"role": "editor"})


def test_who_cannot_be_added_is_told(alice: Browser) -> None:
    for name in ("one", "two"):
        User.objects.create_user(name, email="both@shop.example", password="correct-horse-7")
    asked = {"nobody": "no active user", "both@shop.example": "Several", "": "", "a\0b": ""}
    for who, told in asked.items():
        answer = alice.call("POST", "/members", {"user": who})
        assert answer.status == 422
        assert told in answer.body["detail"]
    alice.call("POST", "/members", {"user": "one"})
    assert "member already" in alice.call("POST", "/members", {"user": "one"}).body["detail"]


def test_somebody_new_comes_in_by_a_link_and_sets_a_password(alice: Browser, shop: Workspace) -> None:
    answer = alice.call(
        "POST", "/members", {"user": "nina", "email": "nina@shop.example", "role": "editor", "create": True}
    )
    assert answer.status == 201
    assert answer.body["member"]["has_never_signed_in"] is True
    client = Client()
    response = client.get(answer.body["link"]["path"])
    assert (response.status_code, response["Location"]) == (302, "/password/")
    assert client.get("/api/v1/me").json()["workspaces"] == [{"slug": shop.slug, "name": shop.name, "role": "editor"}]
    assert Client().get(answer.body["link"]["path"]).status_code == 410


@pytest.mark.parametrize(
    "body", [{"user": "a b c!"}, {"user": "nina", "email": "no-address"}, {"user": "x" * 151}, {"user": "taken"}]
)
def test_a_user_that_cannot_be_made_is_told(alice: Browser, body: dict[str, str]) -> None:
    User.objects.create_user("taken")
    before = User.objects.count()
    assert alice.call("POST", "/members", {**body, "create": True}).status == 422
    assert User.objects.count() == before


def test_a_link_is_renewed_for_who_never_came_and_the_first_opens_nothing(alice: Browser, shop: Workspace) -> None:
    made = alice.call("POST", "/members", {"user": "nina", "create": True}).body
    again = alice.call("POST", f"/members/{made['member']['id']}/link")
    assert again.status == 200
    assert Client().get(made["link"]["path"]).status_code == 410
    assert Client().get(again.body["path"]).status_code == 302
    # And not once she has come
    assert alice.call("POST", f"/members/{made['member']['id']}/link").status == 403
    assert LoginLink.objects.filter(used_at=None).count() == 0


def test_an_admin_cannot_become_somebody_elsewhere(alice: Browser, shop: Workspace) -> None:
    """Whoever makes a user holds their link: it must not open what others give that user."""
    made = alice.call("POST", "/members", {"user": "nina", "create": True}).body
    other = make_workspace("other")
    oscar = browser_of(other, make_member(other, Role.ADMIN, "oscar"))
    answer = oscar.call("POST", "/members", {"user": "nina"})
    assert answer.status == 422
    assert "never signed in" in answer.body["detail"]
    # And of somebody who belongs elsewhere too, no link is made
    Membership.objects.create(workspace=other, user=User.objects.get(username="nina"), role=Role.ADMIN)
    assert alice.call("POST", f"/members/{made['member']['id']}/link").status == 403


def test_a_role_is_changed_and_a_member_removed_with_their_tokens(alice: Browser, shop: Workspace) -> None:
    bob = api_of(shop, Role.EDITOR, "bob")
    row = member(shop, bob.user)
    answer = alice.call("PATCH", f"/members/{row.pk}", {"role": "viewer"})
    assert (answer.status, answer.body["role"]) == (200, "viewer")
    assert bob.put("/environments/staging", {"variables": {}}).status == 403
    assert alice.call("DELETE", f"/members/{row.pk}").status == 204
    assert bob.get("/flows").status == 401
    # And coming back brings no old token back
    Membership.objects.create(workspace=shop, user=bob.user, role=Role.ADMIN)
    assert bob.get("/flows").status == 401
    verbs = list(AuditEntry.objects.filter(workspace=shop).order_by("pk").values_list("verb", flat=True))
    assert verbs[-2:] == ["member.role_changed", "member.removed"]


def test_the_last_admin_stays(alice: Browser, shop: Workspace) -> None:
    mine = alice.call("GET", "/members").body["items"][0]
    assert mine["is_you"] is True
    gone = make_member(shop, Role.ADMIN, "gone")  # who cannot sign in any more is no admin to count on
    User.objects.filter(pk=gone.pk).update(is_active=False)
    for answer in (
        alice.call("PATCH", f"/members/{mine['id']}", {"role": "editor"}),
        alice.call("DELETE", f"/members/{mine['id']}"),
    ):
        assert answer.status == 409
        assert answer.body["type"] == "urn:stepwell:problem:last_admin"
    assert alice.call("GET", "/members").status == 200
    make_member(shop, Role.ADMIN, "ada")
    assert alice.call("PATCH", f"/members/{mine['id']}", {"role": "editor"}).status == 200


@pytest.mark.django_db(transaction=True)
def test_two_admins_who_step_down_at_once_leave_one() -> None:
    shop = make_workspace()
    rows = [member(shop, make_member(shop, Role.ADMIN)) for _ in range(2)]
    start = threading.Barrier(2)
    outcomes: list[str] = []

    def step_down(row: Membership) -> None:
        start.wait()
        try:
            change_role(member=row, role=Role.VIEWER, by=None)
            outcomes.append("down")
        except LastAdmin:
            outcomes.append("stays")
        finally:
            close_old_connections()

    threads = [threading.Thread(target=step_down, args=(row,)) for row in rows]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["down", "stays"]


def test_pages_of_members_miss_nobody_who_comes_in_between(alice: Browser, shop: Workspace) -> None:
    for _ in range(4):
        make_member(shop, Role.VIEWER)
    first = alice.call("GET", "/members?limit=3").body
    make_member(shop, Role.VIEWER)
    second = alice.call("GET", f"/members?limit=3&cursor={first['next']}").body
    ids = [one["id"] for one in first["items"] + second["items"]]
    assert (len(ids), ids, second["next"]) == (6, sorted(set(ids)), None)


# --- tokens


def test_a_token_is_made_shown_once_used_and_revoked(shop: Workspace) -> None:
    bob = browser_of(shop, make_member(shop, Role.EDITOR, "bob"))
    until = (timezone.now() + timedelta(days=30)).isoformat()
    made = bob.call("POST", "/tokens", {"name": "ci", "role": "viewer", "expires_at": until})
    assert made.status == 201
    secret = made.body["secret"]
    client = Client(headers={"Authorization": f"Bearer {secret}"})
    assert client.get("/api/v1/flows").status_code == 200
    listed = bob.call("GET", "/tokens")
    assert secret not in str(listed.body)
    row = listed.body["items"][0]
    assert (row["name"], row["role"], row["state"], row["is_yours"]) == ("ci", "viewer", "in use", True)
    assert row["last_used_at"] is not None
    assert bob.call("POST", f"/tokens/{row['id']}/revoke").body["state"] == "revoked"
    assert client.get("/api/v1/flows").status_code == 401
    assert secret not in str(list(AuditEntry.objects.values()))


def test_everybody_sees_their_own_tokens_and_admins_all(alice: Browser, shop: Workspace) -> None:
    bob, carol = api_of(shop, Role.EDITOR, "bob"), api_of(shop, Role.VIEWER, "carol")
    assert [one["id"] for one in bob.get("/tokens").body["items"]] == [bob.token.pk]
    assert bob.post(f"/tokens/{carol.token.pk}/revoke").status == 404
    every = alice.call("GET", "/tokens?all=true").body["items"]
    assert [one["id"] for one in every] == [carol.token.pk, bob.token.pk]
    assert alice.call("POST", f"/tokens/{carol.token.pk}/revoke").status == 200
    assert carol.get("/tokens").status == 401


def test_a_token_makes_none_that_is_stronger_than_itself(shop: Workspace) -> None:
    # Given the viewer's token of an admin, which ends tomorrow
    alice = make_member(shop, Role.ADMIN, "alice")
    api = Api(shop, alice, Role.VIEWER)
    ends = timezone.now() + timedelta(days=1)
    ApiToken.objects.filter(pk=api.token.pk).update(expires_at=ends)
    # Then it makes no editor, none that outlives it, and no token of everybody's
    assert api.post("/tokens", {"name": "more", "role": "editor"}).status == 403
    longer = (ends + timedelta(seconds=1)).isoformat()
    assert api.post("/tokens", {"name": "longer", "role": "viewer", "expires_at": longer}).status == 403
    assert api.get("/tokens?all=true").status == 403
    # And one that says nothing of its end gets its maker's
    made = api.post("/tokens", {"name": "same", "role": "viewer"})
    assert made.status == 201
    assert ApiToken.objects.get(pk=made.body["token"]["id"]).expires_at == ends


def test_an_admins_token_gives_nobody_a_session_and_opens_no_workspace(shop: Workspace) -> None:
    root = User.objects.create_superuser("root")
    Membership.objects.create(workspace=shop, user=root, role=Role.ADMIN)
    api = Api(shop, root, Role.ADMIN)
    made = member(shop, make_member(shop, Role.VIEWER)).pk
    for method, path, body in (
        ("POST", "/members", {"user": "nina", "create": True}),
        ("POST", f"/members/{made}/link", {}),
        ("POST", "/workspaces", {"slug": "mine", "name": "Mine"}),
        ("PATCH", "/workspace", {"name": "Mine"}),
    ):
        answer = api._call(method, path, body, {})
        assert answer.status == 403
        assert "token cannot" in answer.body["detail"]


@pytest.mark.parametrize(
    "body",
    [
        {"name": ""},
        {"name": "x" * 65},
        {"name": "ci", "role": "root"},
        {"name": "ci", "expires_at": "2020-01-01T00:00:00Z"},
        {"name": "ci", "expires_at": "yesterday"},
        {"name": "a\0b"},
    ],
)
def test_a_token_that_makes_no_sense_is_refused(alice: Browser, body: dict[str, str]) -> None:
    assert alice.call("POST", "/tokens", body).status == 422
    assert not ApiToken.objects.exists()


# --- the audit log


def test_the_audit_log_is_filtered_and_paged_while_it_grows(alice: Browser, shop: Workspace) -> None:
    other = make_workspace("other")
    record_audit(workspace=other, by=None, verb="token.created", target="theirs")
    for number in range(5):
        record_audit(workspace=shop, by=None, actor="anna (token ci)", verb="flow.saved", target=f"flow-{number}")
    record_audit(workspace=shop, by=None, actor="anna", verb="token.created", target="ci")
    record_audit(workspace=shop, by=None, actor="annabel", verb="token.revoked", target="ci")
    first = alice.call("GET", "/audit?actor=anna&limit=4").body
    record_audit(workspace=shop, by=None, actor="anna", verb="flow.saved", target="late")
    second = alice.call("GET", f"/audit?actor=anna&limit=4&cursor={first['next']}").body
    found = [one["target"] for one in first["items"] + second["items"]]
    assert found == ["ci", "flow-4", "flow-3", "flow-2", "flow-1", "flow-0"]
    assert {one["verb"] for one in alice.call("GET", "/audit?verb=token.").body["items"]} == {
        "token.created",
        "token.revoked",
    }
    assert len(alice.call("GET", "/audit?target=ci").body["items"]) == 2
    assert alice.call("GET", "/audit?since=2099-01-01T00:00:00").body["items"] == []
    assert alice.call("GET", "/audit?until=tomorrow").status == 422
    assert "theirs" not in str(alice.call("GET", "/audit").body)


def test_an_odd_cursor_is_the_first_page(alice: Browser, shop: Workspace) -> None:
    record_audit(workspace=shop, by=None, verb="flow.saved")
    assert len(alice.call("GET", "/audit?cursor=%27%3B--").body["items"]) == 1


# --- workspaces


def test_the_owner_opens_a_workspace_and_names_it(shop: Workspace) -> None:
    root = browser_of(shop, User.objects.create_superuser("root"))
    made = root.call("POST", "/workspaces", {"slug": "annex", "name": "The annex"})
    assert (made.status, made.body) == (201, {"slug": "annex", "name": "The annex", "role": "admin"})
    assert root.call("POST", "/workspaces", {"slug": "annex", "name": "Again"}).status == 422
    assert root.call("POST", "/workspaces", {"slug": "No good", "name": "x"}).status == 422
    assert root.call("PATCH", "/workspace", {"name": "Shop 2"}).body["name"] == "Shop 2"
    assert Workspace.objects.get(pk=shop.pk).name == "Shop 2"
    assert AuditEntry.objects.filter(workspace=shop, verb="workspace.renamed", target=shop.slug).exists()


def test_me_says_who_owns_the_installation(shop: Workspace) -> None:
    root = User.objects.create_superuser("root")
    assert browser_of(shop, root).call("GET", "/me").body["is_owner"] is True
    assert browser_of(shop, make_member(shop, Role.ADMIN)).call("GET", "/me").body["is_owner"] is False
    assert make_user("x").is_superuser is False
