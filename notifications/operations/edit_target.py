"""Change a target."""

from collections.abc import Mapping
from typing import Any

from django.contrib.auth.models import User
from django.db import IntegrityError, transaction

from notifications.checks import lay_over_target
from notifications.errors import TargetInvalid
from notifications.models import Target
from workspaces.operations.record_audit import record_audit


def edit_target(*, target: Target, changes: Mapping[str, Any], by: User | None, actor: str) -> Target:
    """Another name or address; what signs stays the same. What waits to be sent goes to the new address.

    Raises TargetInvalid.
    """
    try:
        with transaction.atomic():
            locked = Target.objects.select_for_update(of=("self",)).select_related("workspace").get(pk=target.pk)
            lay_over_target(locked, changes)
            locked.save()
            record_audit(
                workspace=locked.workspace,
                by=by,
                actor=actor,
                verb="target.edited",
                target=locked.name,
                changed=sorted(changes),
                hint=locked.hint,
            )
    except IntegrityError as exc:
        raise TargetInvalid(f"There is a target {changes.get('name')!r} in this workspace already.") from exc
    return locked
