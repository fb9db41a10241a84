"""Make an API token."""

from datetime import datetime

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone

from workspaces.errors import NotAllowed, TokenInvalid
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
    actor: str = "",
    within: ApiToken | None = None,
) -> tuple[ApiToken, str]:
    """A token that acts for `user`, and its secret, which exists nowhere else.

    `within` is the token it is made with, which it can neither outdo nor outlive. Raises NotAllowed beyond the user's
    role or that token's, TokenInvalid when it would be over before it begins.
    """
    held = workspace.role_of(user)
    if held is None or not held.includes(role):
        raise NotAllowed(
            f"{user.get_username()} is {held.value if held else 'not a member'} in {workspace.slug}: "
            f"a token of theirs cannot be {role.value}."
        )
    if within is not None:
        expires_at = _within(within, role, expires_at)
    if expires_at is not None and expires_at <= timezone.now():
        raise TokenInvalid("The token would have expired already. Name a moment to come.")
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
            actor=actor,
            verb="token.created",
            target=name,
            hint=token.hint,
            user=user.get_username(),
            role=role.value,
            expires_at=expires_at.isoformat() if expires_at else None,
        )
    return token, secret


def _within(parent: ApiToken, role: Role, expires_at: datetime | None) -> datetime | None:
    if not Role(parent.role).includes(role):
        raise NotAllowed(f"The token {parent.name} is {parent.role}: it cannot make one that is {role.value}.")
    if parent.expires_at is None or (expires_at is not None and expires_at <= parent.expires_at):
        return expires_at
    if expires_at is None:
        return parent.expires_at
    raise NotAllowed(f"The token {parent.name} expires at {parent.expires_at:%Y-%m-%d %H:%M}: what it makes does too.")
