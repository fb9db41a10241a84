"""What a person says of a group of failures."""

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone

from analytics.models import FailureGroup, GroupState
from analytics.questions.failures import find_group
from workspaces.models import Workspace
from workspaces.operations.record_audit import record_audit


def change_group(
    *,
    workspace: Workspace,
    fingerprint: str,
    state: GroupState | None = None,
    category: str | None = None,
    note: str | None = None,
    by: User | None,
    actor: str,
) -> FailureGroup:
    """Set what is given. A group that is resolved opens again with the next failure; a muted one does not.

    Raises GroupUnknown.
    """
    group = find_group(workspace, fingerprint)
    given = {"state": state, "category": category, "note": note}
    changes = {name: str(value) for name, value in given.items() if value is not None}
    with transaction.atomic():
        changed = {**changes, "changed_at": timezone.now(), "changed_by": actor}
        if state is not None:
            changed["has_regressed"] = False
        FailureGroup.objects.filter(pk=group.pk).update(**changed)
        record_audit(
            workspace=workspace, by=by, actor=actor, verb="failure_group.changed", target=fingerprint,
            **{name: value for name, value in changes.items() if name != "note"},
        )  # fmt: skip
    return find_group(workspace, fingerprint)
