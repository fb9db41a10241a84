"""Give a member another role."""

from django.contrib.auth.models import User
from django.db import transaction

from workspaces.models import Membership, Role
from workspaces.operations.keep_an_admin import keep_an_admin
from workspaces.operations.record_audit import record_audit


def change_role(*, member: Membership, role: Role, by: User | None, actor: str = "") -> Membership:
    """Their tokens do no more than the new role from now on. Raises LastAdmin."""
    with transaction.atomic():
        if role is not Role.ADMIN:
            keep_an_admin(leaving=member)
        before = member.role
        if Membership.objects.filter(pk=member.pk).exclude(role=role).update(role=role):
            record_audit(
                workspace=member.workspace,
                by=by,
                actor=actor,
                verb="member.role_changed",
                target=member.user.get_username(),
                old=before,
                new=role.value,
            )
    member.role = role.value
    return member
