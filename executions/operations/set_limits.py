"""Set how many executions of a workspace, or of a flow, run at once."""

from collections.abc import Mapping

from django.contrib.auth.models import User
from django.db import transaction

from executions.endings import listen
from executions.limits import RunLimit
from executions.operations.admit_waiting import admit_waiting
from flows.lookup import find_flow
from workspaces.models import Workspace
from workspaces.operations.record_audit import record_audit


def set_limits(
    *, workspace: Workspace, changes: Mapping[str | None, int | None], by: User | None, actor: str = ""
) -> None:
    """By slug of a flow, or None for the whole workspace; None lifts a limit. What runs goes on.

    Raises FlowUnknown, and then nothing has changed.
    """
    with transaction.atomic():
        for slug, most in changes.items():
            flow = find_flow(workspace, slug) if slug is not None else None
            if most is None:
                RunLimit.objects.filter(workspace=workspace, flow=flow).delete()
            else:
                RunLimit.objects.update_or_create(workspace=workspace, flow=flow, defaults={"most": most})
        has_limits = RunLimit.objects.filter(workspace=workspace).exists()
        listen(workspace, "limits", wants=has_limits)
        record_audit(
            workspace=workspace,
            by=by,
            actor=actor,
            verb="limits.set",
            changes={slug or "workspace": most for slug, most in changes.items()},
        )
    admit_waiting(workspace.pk)  # there may be places now
