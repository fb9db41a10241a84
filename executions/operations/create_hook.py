"""Make an address that starts a flow."""

from collections.abc import Mapping
from typing import Any

from django.contrib.auth.models import User
from django.db import IntegrityError, transaction

from executions.errors import HookInvalid
from executions.hooks.checks import lay_over
from executions.hooks.models import Hook
from workspaces.models import Workspace
from workspaces.operations.record_audit import record_audit

HINT_LENGTH = 8


def create_hook(
    *, workspace: Workspace, wanted: Mapping[str, Any], by: User | None, actor: str = ""
) -> tuple[Hook, str]:
    """The hook, and its token, which exists nowhere else. `wanted` has at least a name and a flow.

    Raises HookInvalid, FlowUnknown, EnvironmentUnknown.
    """
    token = Hook.new_token()
    hook = Hook(workspace=workspace, hash=Hook.hash_of(token), hint=token[:HINT_LENGTH], created_by=by)
    lay_over(hook, wanted)
    try:
        with transaction.atomic():
            hook.save()
            record_audit(
                workspace=workspace,
                by=by,
                actor=actor,
                verb="hook.created",
                target=hook.name,
                hint=hook.hint,
                flow=hook.flow.slug,
            )
    except IntegrityError as exc:
        raise HookInvalid(f"There is a hook {hook.name!r} in this workspace already.") from exc
    return hook, token
