"""Delete a target."""

from django.contrib.auth.models import User
from django.db import transaction

from executions.endings import listen
from notifications.models import Rule, Target
from workspaces.operations.record_audit import record_audit


def delete_target(*, target: Target, by: User | None, actor: str) -> None:
    """It goes with its rules and the log of what it was told."""
    with transaction.atomic():
        workspace = target.workspace
        record_audit(workspace=workspace, by=by, actor=actor, verb="target.deleted", target=target.name)
        target.delete()
        listen(workspace, "notifications", wants=Rule.objects.filter(workspace=workspace).exists())
