"""Leave routes to what their addresses look like, again."""

from django.contrib.auth.models import User
from django.db import transaction

from analytics.models import RouteOverride
from analytics.rollups.naming import lock_names, name_service
from workspaces.operations.record_audit import record_audit


def forget_override(*, override: RouteOverride, by: User | None, actor: str) -> int:
    """How many endpoints are called otherwise than before."""
    workspace, service, pattern = override.workspace, override.service, override.pattern
    with transaction.atomic():
        lock_names(workspace.pk, service)
        override.delete()
        changed = name_service(workspace.pk, service)
        record_audit(
            workspace=workspace, by=by, actor=actor, verb="routes.left_to_inference", target=service,
            patterns=[pattern], endpoints=changed,
        )  # fmt: skip
    return changed
