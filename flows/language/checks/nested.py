"""Reads the steps inside a step: what of a config they are, and what stands where they should."""

from collections.abc import Sequence
from typing import Any

from flows.language.actions.base import ActionSpec
from flows.language.checks.fields import Fields
from flows.language.checks.layout import BRANCHES
from flows.language.document import ListNode, MapNode, Node, Place
from flows.language.plan import BRANCH
from flows.language.spec import StepSpec

_BRANCH_KEYS = ("name", "steps")
_MOST_BRANCHES = 100


def check_nested(spec: ActionSpec, config: MapNode, step: MapNode, fields: Fields, place: Place) -> None:
    """Report what is wrong with the lists of steps in `config`, and with `retry` on a step that holds some."""
    if not spec.step_keys:
        return
    for key in spec.step_keys:
        if (node := config.get(key)) is not None and not fields.is_empty(node):
            steps = fields.items(node, (*place, key), "a list of branches" if key == BRANCHES else "a list of steps")
            if key == BRANCHES and steps is not None:
                _check_branches(steps, fields, (*place, key))
    _check_there_are_some(spec, config, fields, place)
    if "retry" in step.entries:
        message = f"A {spec.name} is not tried again as a whole. Give retry to the steps inside it."
        fields.findings.error("bad_value", message, step.entries["retry"][0], (*place[:-1], "retry"))


def own_config(spec: ActionSpec | None, config: dict[str, Any]) -> dict[str, Any]:
    """The config without the steps in it: of branches, their names."""
    if spec is None or not spec.step_keys:
        return config
    own = {key: value for key, value in config.items() if key not in spec.step_keys}
    branches = config.get(BRANCHES)
    if BRANCHES in spec.step_keys and isinstance(branches, list):
        own[BRANCHES] = [
            {"name": branch["name"]} if isinstance(branch, dict) and branch.get("name") else {} for branch in branches
        ]
    elif spec.name == "parallel" and isinstance(steps := config.get("steps"), list):
        own[BRANCHES] = [{} for _ in steps]
    return own


def children_of(action: str, lists: Sequence[tuple[Place, list[StepSpec]]]) -> dict[str, list[StepSpec]]:
    """The lists of steps of one step by group: the config key, or for `parallel` a group for each branch."""
    if action != "parallel":
        return {str(below[-1]): steps for below, steps in lists}
    branches: list[list[StepSpec]] = []
    for below, steps in lists:
        branches += [[step] for step in steps] if below == ("config", "steps") else [steps]
    return {f"{BRANCH}{index}": steps for index, steps in enumerate(branches)}


def _check_branches(branches: ListNode, fields: Fields, place: Place) -> None:
    for index, branch in enumerate(branches.items):
        here: Place = (*place, index)
        if isinstance(branch, ListNode):
            _check_length(branch, fields, here)
            continue
        mapping = fields.mapping(branch, here)
        if mapping is None:
            continue
        fields.findings.unknown_keys(mapping, _BRANCH_KEYS, "A branch has", here)
        if (name := mapping.get("name")) is not None and not fields.is_empty(name):
            fields.text(name, (*here, "name"), numbers=True)
        steps = mapping.get("steps")
        if steps is None:
            fields.findings.error("missing_key", "This branch has no steps.", branch, here)
        elif (found := fields.items(steps, (*here, "steps"), "a list of steps")) is not None:
            _check_length(found, fields, (*here, "steps"))


def _check_length(steps: ListNode, fields: Fields, place: Place) -> None:
    if not steps.items:
        fields.findings.error("missing_key", "This branch has no steps.", steps, place)


def _check_there_are_some(spec: ActionSpec, config: MapNode, fields: Fields, place: Place) -> None:
    given = [key for key in spec.step_keys if _has_items(config.get(key))]
    if spec.name == "parallel" and len(given) == 2:
        message = "branches and steps are given; parallel takes one of them."
        fields.findings.error("duplicate_key", message, config, place)
    if not given and spec.name in ("for_each", "parallel"):
        wanted = "branches, or steps that are a branch each" if spec.name == "parallel" else "steps"
        fields.findings.error("missing_key", f"{spec.name} needs {wanted}.", config, place)
    if not given and spec.name == "condition":
        message = "This condition has no steps: whatever it comes to, nothing follows."
        fields.findings.warning("missing_key", message, config, place)
    for key in given:
        found = config.get(key)
        if spec.name == "parallel" and isinstance(found, ListNode) and len(found.items) > _MOST_BRANCHES:
            message = (
                f"parallel has {len(found.items)} branches; {_MOST_BRANCHES} are allowed. for_each has no such limit."
            )
            fields.findings.error("too_many_steps", message, found, (*place, key))


def _has_items(node: Node | None) -> bool:
    return node is not None and not (isinstance(node, ListNode) and not node.items)
