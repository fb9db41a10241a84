"""Make a user who comes in by a link, once, and sets a password then."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from workspaces.errors import MemberInvalid, NotAllowed
from workspaces.models import LoginLink, Membership, Role, Workspace
from workspaces.operations.login_link import create_login_link
from workspaces.operations.record_audit import record_audit

LIFETIME: Final = timedelta(days=3)
FIRST_PAGE: Final = "/password/"


@dataclass(frozen=True)
class Invitation:
    path: str
    expires_at: datetime


def invite_user(*, workspace: Workspace, name: str, email: str, role: Role, by: User) -> tuple[Membership, Invitation]:
    """A new user, a member of this workspace alone, and a link for three days. Raises MemberInvalid."""
    user = User(username=name, email=User.objects.normalize_email(email))
    user.set_unusable_password()
    try:
        user.full_clean()
    except ValidationError as exc:
        raise MemberInvalid(" ".join(exc.messages)) from exc
    try:
        with transaction.atomic():
            user.save()
            member = Membership.objects.create(workspace=workspace, user=user, role=role)
            record_audit(workspace=workspace, by=by, verb="member.invited", target=name, role=role.value)
            return member, _invitation(user, by)
    except IntegrityError as exc:
        raise MemberInvalid(f"There is a user {name!r} already.") from exc


def renew_invitation(*, member: Membership, by: User) -> Invitation:
    """Another link instead of the one before.

    Raises NotAllowed for somebody who has signed in or belongs elsewhere too: its holder would be them there.
    """
    user = member.user
    elsewhere = user.memberships.exclude(workspace=member.workspace).exists()
    is_new = user.last_login is None and not user.has_usable_password()
    if not by.is_superuser and (not is_new or elsewhere or user.is_staff or user.is_superuser):
        raise NotAllowed(f"{user.get_username()} has signed in before. Only who runs the server makes a link for them.")
    with transaction.atomic():
        LoginLink.objects.filter(user=user, used_at=None).delete()
        record_audit(workspace=member.workspace, by=by, verb="member.invited_again", target=user.get_username())
        return _invitation(user, by)


def _invitation(user: User, by: User) -> Invitation:
    path = create_login_link(user=user, by=by, lifetime=LIFETIME)
    return Invitation(path=f"{path}?next={FIRST_PAGE}", expires_at=timezone.now() + LIFETIME)
