"""Write down who did what."""

from typing import Any

from django.contrib.auth.models import User

from workspaces.models import AuditEntry, Workspace


def record_audit(
    *, workspace: Workspace | None, by: User | None, verb: str, target: str = "", actor: str = "", **details: Any
) -> AuditEntry:
    """Add an audit entry, in the caller's transaction. `details` are facts for people and never values of secrets."""
    return AuditEntry.objects.create(
        workspace=workspace,
        user=by,
        actor=(actor or (by.get_username() if by else "system"))[:150],
        verb=verb,
        target=target[:255],
        details=details,
    )
