"""Let somebody who has an account into a workspace."""

from django.contrib.auth.models import User
from django.db import IntegrityError, transaction
from django.db.models import Q

from workspaces.errors import MemberInvalid
from workspaces.models import Membership, Role, Workspace
from workspaces.operations.record_audit import record_audit


def add_member(*, workspace: Workspace, who: str, role: Role, by: User | None, actor: str = "") -> Membership:
    """`who` is a user name or an e-mail address. Raises MemberInvalid."""
    user = _found(who)
    if user.last_login is None and not user.has_usable_password():
        # Whoever made the account may still hold its link, and would come in as them.
        raise MemberInvalid(f"{user.get_username()} has never signed in. Add them once they have.")
    try:
        with transaction.atomic():
            member = Membership.objects.create(workspace=workspace, user=user, role=role)
            record_audit(
                workspace=workspace,
                by=by,
                actor=actor,
                verb="member.added",
                target=user.get_username(),
                role=role.value,
            )
    except IntegrityError as exc:
        raise MemberInvalid(f"{user.get_username()} is a member already.") from exc
    return member


def _found(who: str) -> User:
    named = User.objects.filter(username=who, is_active=True).first()
    if named is not None:
        return named
    found = list(User.objects.filter(Q(email__iexact=who) & ~Q(email=""), is_active=True)[:2])
    if not found:
        raise MemberInvalid(f"There is no active user {who!r}. Create one, and send them the link.")
    if len(found) > 1:
        raise MemberInvalid(f"Several users have the address {who}. Say the user name.")
    return found[0]
