import pytest

from tests.cast import make_member, make_user, make_workspace
from workspaces.errors import NotAllowed
from workspaces.models import ApiToken, AuditEntry, Role
from workspaces.operations.create_token import create_token
from workspaces.operations.revoke_token import revoke_token

pytestmark = pytest.mark.django_db


def test_only_the_hash_of_a_token_is_kept() -> None:
    workspace = make_workspace()
    token, secret = create_token(workspace=workspace, user=make_member(workspace, Role.EDITOR), name="ci")
    stored = ApiToken.objects.filter(pk=token.pk).values().get()
    assert secret.startswith("stw_")
    assert secret not in str(stored)
    assert stored["hash"] == ApiToken.hash_of(secret)


def test_a_token_cannot_do_more_than_its_user() -> None:
    workspace = make_workspace()
    with pytest.raises(NotAllowed, match="viewer"):
        create_token(workspace=workspace, user=make_member(workspace, Role.VIEWER), name="ci", role=Role.EDITOR)


def test_who_is_no_member_gets_no_token() -> None:
    with pytest.raises(NotAllowed, match="not a member"):
        create_token(workspace=make_workspace(), user=make_user("mallory"), name="ci", role=Role.VIEWER)


def test_making_and_revoking_are_in_the_audit_log_and_the_secret_is_not() -> None:
    workspace = make_workspace()
    token, secret = create_token(workspace=workspace, user=make_member(workspace, Role.EDITOR), name="ci")
    revoke_token(token=token, by=None)
    revoke_token(token=token, by=None)
    entries = list(AuditEntry.objects.filter(workspace=workspace).order_by("id"))
    assert [one.verb for one in entries] == ["token.created", "token.revoked"]
    assert all(secret not in str(vars(one)) for one in entries)
