"""Who the API says that one is."""

import pytest
from django.contrib.auth.models import User
from django.test import Client

from tests.cast import api_of, make_workspace
from workspaces.models import Membership, Role

pytestmark = pytest.mark.django_db


def test_a_token_has_one_workspace_and_its_own_role() -> None:
    workspace = make_workspace()
    body = api_of(workspace, Role.VIEWER, "charlie").get("/me").body
    assert body["workspace"] == workspace.slug
    assert [(one["slug"], one["role"]) for one in body["workspaces"]] == [(workspace.slug, "viewer")]
    assert body["is_operator"] is False


def test_a_browser_is_told_every_workspace_it_could_name() -> None:
    first, second, _others = make_workspace(), make_workspace(), make_workspace()
    user = User.objects.create_user("dana")
    Membership.objects.create(workspace=first, user=user, role=Role.EDITOR)
    Membership.objects.create(workspace=second, user=user, role=Role.VIEWER)
    client = Client()
    client.force_login(user)
    body = client.get(f"/api/v1/me?workspace={second.slug}").json()
    assert body["workspace"] == second.slug
    assert [(one["slug"], one["role"]) for one in body["workspaces"]] == [
        (first.slug, "editor"),
        (second.slug, "viewer"),
    ]
