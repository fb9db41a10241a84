"""Environments and tokens in the admin: secrets go in and never come out."""

import json
from typing import Any

import pytest
from django.contrib.auth.models import Permission, User
from django.test import Client

from flows.encryption import decrypt
from flows.language import jsontext
from flows.models import Environment
from flows.operations.save_environment import save_environment
from tests.cast import make_member, make_workspace
from workspaces.models import ApiToken, Role, Workspace

pytestmark = pytest.mark.django_db
SECRET = "s3cr3t-of-the-shop"


@pytest.fixture
def admin() -> Client:
    client = Client()
    client.force_login(User.objects.create_superuser("the-admin"))
    return client


@pytest.fixture
def shop() -> Workspace:
    return make_workspace()


def form(shop: Workspace, **fields: Any) -> dict[str, Any]:
    return {
        "workspace": shop.pk, "name": "staging", "description": "", "worker_group": "", "variables": "{}",
        "secret_name": "", "secret_value": "", **fields,
    }  # fmt: skip


def test_an_environment_is_made_and_its_secret_never_shown(admin: Client, shop: Workspace) -> None:
    fields = form(shop, variables='{"PRICE": 0.10}', secret_name="KEY", secret_value=SECRET, worker_group="eu")
    assert admin.post("/admin/flows/environment/add/", fields).status_code == 302
    made = Environment.objects.get(workspace=shop)
    assert made.worker_group == "eu"
    assert jsontext.dumps(made.plain_variables()) == '{"PRICE":0.10}'
    assert jsontext.loads(decrypt(made.variables.get(name="KEY").ciphertext or b"")) == SECRET
    page = admin.get(f"/admin/flows/environment/{made.pk}/change/").content.decode()
    assert "KEY" in page
    assert "0.10" in page
    assert SECRET not in page


def test_variables_taken_out_are_deleted_and_secrets_stay(admin: Client, shop: Workspace) -> None:
    made = save_environment(
        workspace=shop, name="staging", variables={"A": 1, "B": 2}, secrets={"KEY": SECRET}, by=None
    )
    page = f"/admin/flows/environment/{made.pk}/change/"
    assert admin.post(page, form(shop, variables='{"B": 3}')).status_code == 302
    assert made.plain_variables() == {"B": 3} or Environment.objects.get(pk=made.pk).plain_variables() == {"B": 3}
    assert made.variables.filter(name="KEY").exists()
    assert admin.post(page, form(shop, variables='{"B": 3}', deleted_secrets=["KEY"])).status_code == 302
    assert not made.variables.filter(name="KEY").exists()


@pytest.mark.parametrize(
    "fields",
    [
        {"variables": "{"},
        {"variables": "[1]"},
        {"variables": json.dumps({"a b": 1})},
        {"variables": '{"A": 1, "A": NaN}'},
        {"secret_name": "KEY"},
        {"secret_name": "KEY", "secret_value": "abc"},
        {"secret_name": "KEY", "secret_value": "localhost"},
        {"secret_name": "a b", "secret_value": SECRET},
        {"name": "not/a name"},
    ],
)
def test_what_cannot_be_kept_is_told_in_the_form(admin: Client, shop: Workspace, fields: dict[str, Any]) -> None:
    response = admin.post("/admin/flows/environment/add/", form(shop, **fields))
    assert response.status_code == 200
    assert "errorlist" in response.content.decode()
    assert SECRET not in response.content.decode()
    assert not Environment.objects.exists()


def test_a_token_is_shown_once(admin: Client, shop: Workspace) -> None:
    bob = make_member(shop, Role.EDITOR, "bob")
    fields = {
        "workspace": shop.pk,
        "user": bob.pk,
        "name": "ci",
        "role": "editor",
        "expires_at_0": "",
        "expires_at_1": "",
    }
    shown = admin.post("/admin/workspaces/apitoken/add/", fields, follow=True).content.decode()
    token = ApiToken.objects.get(workspace=shop)
    secret = shown[shown.index("The token is stw_") + len("The token is ") :].split(".")[0]
    assert token.hash == ApiToken.hash_of(secret)
    assert secret not in admin.get(f"/admin/workspaces/apitoken/{token.pk}/change/").content.decode()
    admin.post("/admin/workspaces/apitoken/", {"action": "revoke", "_selected_action": [token.pk]})
    token.refresh_from_db()
    assert token.revoked_at is not None


def test_a_token_beyond_its_users_role_is_refused_in_the_form(admin: Client, shop: Workspace) -> None:
    charlie = make_member(shop, Role.VIEWER, "charlie")
    fields = {"workspace": shop.pk, "user": charlie.pk, "name": "ci", "role": "admin"}
    response = admin.post("/admin/workspaces/apitoken/add/", fields)
    assert "viewer" in response.content.decode()
    assert not ApiToken.objects.exists()


def test_staff_change_only_where_their_role_allows(shop: Workspace) -> None:
    # Given bob, who is staff with every permission, an editor here and nobody in the other workspace
    other = make_workspace("other")
    mine = save_environment(workspace=shop, name="staging", variables={"A": 1}, by=None)
    theirs = save_environment(workspace=other, name="staging", variables={"A": 1}, by=None)
    bob = make_member(shop, Role.EDITOR, "bob")
    bob.is_staff = True
    bob.save()
    bob.user_permissions.set(Permission.objects.all())
    client = Client()
    client.force_login(bob)
    # Then he changes his environment, and sees nothing of the other workspace, not even its name
    assert (
        client.post(f"/admin/flows/environment/{mine.pk}/change/", form(shop, variables='{"A": 2}')).status_code == 302
    )
    assert client.get(f"/admin/flows/environment/{theirs.pk}/change/").headers["Location"] == "/admin/"
    for page in ("/admin/flows/environment/", "/admin/flows/environment/add/", "/admin/executions/execution/"):
        assert other.slug not in client.get(page).content.decode()
    client.post("/admin/flows/environment/add/", form(other, name="evil"))
    # And neither tokens nor members are his to give
    fields = {"workspace": shop.pk, "user": bob.pk, "name": "ci", "role": "editor"}
    client.post("/admin/workspaces/apitoken/add/", fields)
    assert client.get(f"/admin/workspaces/workspace/{other.pk}/change/").status_code == 302
    assert client.post(f"/admin/workspaces/workspace/{shop.pk}/change/", {"name": "Mine"}).status_code == 403
    assert Environment.objects.filter(name="evil").count() == ApiToken.objects.count() == 0


def test_a_workspace_keeps_an_admin_among_its_members(admin: Client, shop: Workspace) -> None:
    alice = make_member(shop, Role.ADMIN, "alice")
    row = shop.memberships.get()
    fields = {
        "name": "Shop", "slug": shop.slug, "memberships-TOTAL_FORMS": "1", "memberships-INITIAL_FORMS": "1",
        "memberships-0-id": row.pk, "memberships-0-workspace": shop.pk, "memberships-0-user": alice.pk,
    }  # fmt: skip
    page = f"/admin/workspaces/workspace/{shop.pk}/change/"
    answer = admin.post(page, {**fields, "memberships-0-role": "viewer"})
    assert "keeps at least one active admin" in answer.content.decode()
    assert shop.memberships.get().role == Role.ADMIN
    assert admin.post(page, {**fields, "memberships-0-role": "admin"}).status_code == 302
