"""Change what a hook starts."""

from collections.abc import Mapping
from typing import Any

from django.contrib.auth.models import User
from django.db import IntegrityError, transaction

from executions.errors import HookInvalid
from executions.hooks.checks import lay_over
from executions.hooks.models import Hook
from workspaces.operations.record_audit import record_audit


def edit_hook(*, hook: Hook, changes: Mapping[str, Any], by: User | None, actor: str = "") -> Hook:
    """Set what `changes` names, as for `create_hook`; its address stays. The next call takes it as it is then.

    Raises HookInvalid (also for one that was revoked), FlowUnknown, EnvironmentUnknown.
    """
    try:
        with transaction.atomic():
            rows = Hook.objects.select_for_update(of=("self",)).select_related("workspace", "flow", "environment")
            locked = rows.get(pk=hook.pk)
            if locked.revoked_at is not None:
                raise HookInvalid(f"The hook {locked.name!r} has been revoked. Make another one instead.")
            lay_over(locked, changes)
            locked.save()
            record_audit(
                workspace=locked.workspace,
                by=by,
                actor=actor,
                verb="hook.edited",
                target=locked.name,
                changed=sorted(changes),
                flow=locked.flow.slug,
            )
    except IntegrityError as exc:
        raise HookInvalid(f"There is a hook {changes.get('name')!r} in this workspace already.") from exc
    return locked
