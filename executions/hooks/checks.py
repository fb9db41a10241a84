"""Laying what somebody wants over a hook, and refusing what could never start anything."""

from collections.abc import Mapping
from typing import Any, Final

from executions.errors import HookInvalid
from executions.hooks.models import Hook
from flows.language.paths import PathSyntaxError, check_path
from flows.lookup import find_environment, find_flow
from flows.operations.save_environment import VARIABLE_NAME

MOST_PER_MINUTE: Final = 6000


def lay_over(hook: Hook, changes: Mapping[str, Any]) -> None:
    """Set what `changes` names; nothing is saved. `variables`: name → path, such as `body.order.id`.

    Raises HookInvalid, FlowUnknown, EnvironmentUnknown.
    """
    if "name" in changes:
        hook.name = _name(changes["name"])
    if "flow" in changes:
        hook.flow = find_flow(hook.workspace, changes["flow"])
    if "environment" in changes:
        wanted = changes["environment"]
        hook.environment = find_environment(hook.workspace, wanted) if wanted else None
        hook.environment_name = hook.environment.name if hook.environment else ""
    if "variables" in changes:
        hook.variables = _variables(changes["variables"])
    if "labels" in changes:
        hook.labels = dict(changes["labels"])
    if "per_minute" in changes:
        hook.per_minute = changes["per_minute"]
    if not 1 <= hook.per_minute <= MOST_PER_MINUTE:
        raise HookInvalid(f"per_minute is between 1 and {MOST_PER_MINUTE}.")


def _name(wanted: str) -> str:
    name = " ".join(wanted.split())
    if not name or len(name) > 100 or not name.isprintable():
        raise HookInvalid("A hook needs a name of up to 100 characters.")
    return name


def _variables(wanted: Mapping[str, str]) -> dict[str, str]:
    for variable, path in wanted.items():
        if not VARIABLE_NAME.fullmatch(variable):
            raise HookInvalid(f"{variable!r} cannot name a variable.")
        try:
            check_path(path)
        except PathSyntaxError as exc:
            raise HookInvalid(f"The path of {variable} cannot be read: {exc}") from exc
    return dict(wanted)
