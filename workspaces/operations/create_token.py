"""Make an API token."""

from datetime import datetime

from django.contrib.auth.models import User
from django.db import transaction

from workspaces.errors import NotAllowed
from workspaces.models import ApiToken, Role, Workspace
from workspaces.operations.record_audit import record_audit

HINT_LENGTH = 8


def create_token(
    *,
    workspace: Workspace,
    user: User,
    name: str,
    role: Role = Role.EDITOR,
    expires_at: datetime | None = None,
    by: User | None = None,
) -> tuple[ApiToken, str]:
    """A token that acts for `user`, and its secret, which exists nowhere else.

    Raises NotAllowed beyond the user's role.
    """
    held = workspace.role_of(user)
    if held is None or not held.includes(role):
        raise NotAllowed(
            f"{user.get_username()} is {held.value if held else 'not a member'} in {workspace.slug}: "
            f"a token of theirs cannot be {role.value}."
        )
    secret = ApiToken.new_secret()
    with transaction.atomic():
        token = ApiToken.objects.create(
            workspace=workspace,
            user=user,
            name=name,
            role=role,
            hash=ApiToken.hash_of(secret),
            hint=secret[:HINT_LENGTH],
            expires_at=expires_at,
        )
        record_audit(
            workspace=workspace,
            by=by,
            verb="token.created",
            target=name,
            hint=token.hint,
            user=user.get_username(),
            role=role.value,
        )
    return token, secret
