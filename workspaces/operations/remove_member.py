"""Take a member out of a workspace."""

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone

from workspaces.models import ApiToken, Membership
from workspaces.operations.keep_an_admin import keep_an_admin
from workspaces.operations.record_audit import record_audit


def remove_member(*, member: Membership, by: User | None, actor: str = "") -> None:
    """Their tokens of this workspace are revoked, and stay so should they come back. Raises LastAdmin."""
    with transaction.atomic():
        keep_an_admin(leaving=member)
        mine = ApiToken.objects.filter(workspace=member.workspace, user=member.user, revoked_at=None)
        revoked = mine.update(revoked_at=timezone.now())
        Membership.objects.filter(pk=member.pk).delete()
        record_audit(
            workspace=member.workspace,
            by=by,
            actor=actor,
            verb="member.removed",
            target=member.user.get_username(),
            role=member.role,
            tokens_revoked=revoked,
        )
