"""Take a hook out of use."""

from django.contrib.auth.models import User
from django.db import transaction

from executions.database import database_now
from executions.hooks.models import Hook
from workspaces.operations.record_audit import record_audit


def revoke_hook(*, hook: Hook, by: User | None, actor: str = "") -> None:
    """From now on its address starts nothing. Again is no error."""
    with transaction.atomic():
        if Hook.objects.filter(pk=hook.pk, revoked_at=None).update(revoked_at=database_now()):
            record_audit(
                workspace=hook.workspace, by=by, actor=actor, verb="hook.revoked", target=hook.name, hint=hook.hint
            )
