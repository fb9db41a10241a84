"""Delete a rule."""

from django.contrib.auth.models import User
from django.db import transaction

from executions.endings import listen
from notifications.models import Rule
from workspaces.operations.record_audit import record_audit


def delete_rule(*, rule: Rule, by: User | None, actor: str) -> None:
    with transaction.atomic():
        workspace = rule.workspace
        record_audit(
            workspace=workspace,
            by=by,
            actor=actor,
            verb="rule.deleted",
            target=rule.target.name,
            occasion=rule.occasion,
        )
        rule.delete()
        listen(workspace, "notifications", wants=Rule.objects.filter(workspace=workspace).exists())
