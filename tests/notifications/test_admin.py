"""What runs by itself in the admin: lists that open, pages that keep secrets, orders under the role of their giver."""

from typing import Any

import pytest
from django.contrib.auth.models import Permission, User
from django.test import Client

from executions.batches.models import Batch
from executions.hooks.models import Hook
from executions.limits import RunLimit
from notifications.models import Delivery, Rule, Target
from tests.cast import Api, api_of, make_member, make_workspace
from workspaces.models import AuditEntry, Role

pytestmark = pytest.mark.django_db
TEXT = "flow: {name: Check out, steps: [{id: pay, action: log, config: {message: x}}]}"
SECRET = "s3cr3t-part"
ALL: list[Any] = [Batch, Hook, RunLimit, Target, Rule, Delivery]


@pytest.fixture
def bob() -> Api:
    """With one of each in his workspace."""
    bob = api_of(make_workspace(), Role.ADMIN, "bob")
    bob.post("/flows", {"text": TEXT})
    bob.post("/batches", {"flow": "check-out", "format": "csv", "data": f"A\n{SECRET}\n"})
    bob.post("/hooks", {"name": "shop", "flow": "check-out"})
    bob.patch("/limits", {"workspace": 3, "flows": {"check-out": 1}})
    address = f"https://hooks.example.org/{SECRET}"
    target = bob.post("/notifications/targets", {"name": "chat", "kind": "slack", "address": address}).body["target"]
    bob.post("/notifications/rules", {"target": target["id"], "occasion": "failure", "flow": "check-out"})
    bob.post(f"/notifications/targets/{target['id']}/test")
    assert all(model.objects.exists() for model in ALL)
    return bob


def client_of(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def order(client: Client, model: Any, action: str) -> str:
    chosen = [str(number) for number in model.objects.values_list("pk", flat=True)]
    return client.post(address(model), {"action": action, "_selected_action": chosen}, follow=True).content.decode()


def address(model: Any) -> str:
    return f"/admin/{model._meta.app_label}/{model._meta.model_name}/"


@pytest.mark.parametrize("model", ALL)
def test_lists_and_pages_open_and_tell_no_secret(bob: Api, model: Any) -> None:
    admin = client_of(User.objects.create_superuser("the-admin"))
    for path in (address(model), f"{address(model)}{model.objects.first().pk}/change/"):
        page = admin.get(path)
        assert page.status_code == 200
        assert SECRET not in page.content.decode()
    assert admin.get(f"{address(model)}add/").status_code == 403


def test_what_can_be_done_is_done_and_noted(bob: Api) -> None:
    admin = client_of(User.objects.create_superuser("the-admin"))
    Delivery.objects.update(status="failed", tries=6)
    order(admin, Delivery, "send_chosen_again")
    order(admin, Target, "test_chosen")
    order(admin, Hook, "revoke_chosen")
    order(admin, RunLimit, "lift_chosen")
    order(admin, Rule, "delete_chosen")
    order(admin, Batch, "cancel_chosen")
    assert list(Delivery.objects.values_list("status", "tries")) == [("pending", 0)] * 2
    assert (RunLimit.objects.count(), Rule.objects.count(), Hook.objects.filter(revoked_at=None).count()) == (0, 0, 0)
    assert Batch.objects.get().cancel_requested_by == "the-admin"
    noted = set(AuditEntry.objects.filter(actor="the-admin").values_list("verb", flat=True))
    wanted = {"delivery.resent", "target.tested", "hook.revoked", "limits.set", "rule.deleted", "batch.cancelled"}
    assert wanted <= noted


def test_a_viewer_sees_and_may_do_nothing_and_strangers_see_nothing(bob: Api) -> None:
    viewer = make_member(bob.workspace, Role.VIEWER, "vera")
    stranger = make_member(make_workspace(), Role.ADMIN, "mallory")
    for user in (viewer, stranger):
        user.is_staff = True
        user.save()
        user.user_permissions.set(Permission.objects.filter(codename__startswith="view_"))
    said = order(client_of(viewer), Hook, "revoke_chosen")
    assert "this needs the role editor" in said
    order(client_of(viewer), RunLimit, "lift_chosen")
    order(client_of(stranger), Hook, "revoke_chosen")
    assert (Hook.objects.filter(revoked_at=None).count(), RunLimit.objects.count()) == (1, 2)
    assert "shop" not in client_of(stranger).get(address(Hook)).content.decode()
