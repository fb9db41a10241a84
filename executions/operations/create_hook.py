"""Make an address that starts a flow."""

from collections.abc import Mapping

from django.contrib.auth.models import User
from django.db import IntegrityError, transaction

from executions.errors import HookInvalid
from executions.hooks.models import Hook
from flows.language.paths import PathSyntaxError, check_path
from flows.lookup import find_environment, find_flow
from flows.operations.save_environment import VARIABLE_NAME
from workspaces.models import Workspace
from workspaces.operations.record_audit import record_audit

HINT_LENGTH = 8
MOST_PER_MINUTE = 6000


def create_hook(
    *,
    workspace: Workspace,
    name: str,
    flow: str,
    environment: str | None,
    variables: Mapping[str, str],
    labels: Mapping[str, str],
    per_minute: int,
    by: User | None,
    actor: str = "",
) -> tuple[Hook, str]:
    """The hook, and its token, which exists nowhere else. `variables`: name → path, such as `body.order.id`.

    Raises HookInvalid, FlowUnknown, EnvironmentUnknown.
    """
    found = find_environment(workspace, environment) if environment else None
    token = Hook.new_token()
    hook = Hook(
        workspace=workspace,
        flow=find_flow(workspace, flow),
        name=_checked(name, variables, per_minute),
        environment=found,
        environment_name=found.name if found else "",
        variables=dict(variables),
        labels=dict(labels),
        per_minute=per_minute,
        hash=Hook.hash_of(token),
        hint=token[:HINT_LENGTH],
        created_by=by,
    )
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
                flow=flow,
            )
    except IntegrityError as exc:
        raise HookInvalid(f"There is a hook {hook.name!r} in this workspace already.") from exc
    return hook, token


def _checked(name: str, variables: Mapping[str, str], per_minute: int) -> str:
    wanted = " ".join(name.split())
    if not wanted or len(wanted) > 100 or not wanted.isprintable():
        raise HookInvalid("A hook needs a name of up to 100 characters.")
    if not 1 <= per_minute <= MOST_PER_MINUTE:
        raise HookInvalid(f"per_minute is between 1 and {MOST_PER_MINUTE}.")
    for variable, path in variables.items():
        if not VARIABLE_NAME.fullmatch(variable):
            raise HookInvalid(f"{variable!r} cannot name a variable.")
        try:
            check_path(path)
        except PathSyntaxError as exc:
            raise HookInvalid(f"The path of {variable} cannot be read: {exc}") from exc
    return wanted
