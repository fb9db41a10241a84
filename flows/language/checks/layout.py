"""Which steps a document has, before any of them is read: their ids, their number, how deep they are nested."""

from collections.abc import Iterator
from dataclasses import dataclass

from flows.language.actions import SPECS
from flows.language.checks.findings import Findings
from flows.language.document import ListNode, MapNode, Node, Place, Scalar
from flows.language.spec import SECTIONS

MAX_STEPS = 1000
MAX_NESTING = 10  # a step of `setup`, `steps` or `teardown` is not nested

BRANCHES = "branches"  # the config key of `parallel`
_ERROR_STEPS = "error_steps"


@dataclass(frozen=True, eq=False)
class Spot:
    """Where a step stands."""

    place: Place
    node: Node
    section: str
    index: int  # in its list
    level: int
    in_error_steps: bool


def lay_out(flow: MapNode, place: Place, findings: Findings) -> tuple[Spot, ...]:
    """The steps of the document in its order, as far as the limits let them be read."""
    spots: list[Spot] = []
    for section in SECTIONS:
        node = flow.get(section)
        if isinstance(node, ListNode):
            for spot in _walk(node, (*place, section), section, 0, False, findings):
                if len(spots) == MAX_STEPS:
                    message = f"A flow may have {MAX_STEPS:,} steps, nested ones included; this is one more."
                    findings.error("too_many_steps", message, spot.node, spot.place)
                    return tuple(spots)
                spots.append(spot)
    return tuple(spots)


def name_steps(spots: tuple[Spot, ...]) -> dict[Place, str]:
    """Place → id. Where none is written it is `step_3` by place in the list, or the next number that is free.

    The main steps choose first, so that the third of them is `step_3` whatever setup holds.
    """
    ids = {spot.place: written for spot in spots if (written := written_id(spot.node)) is not None}
    taken = set(ids.values())
    for spot in sorted(spots, key=lambda spot: (spot.level, spot.section != "steps")):
        if spot.place not in ids:
            number = spot.index + 1
            while f"step_{number}" in taken:
                number += 1
            ids[spot.place] = f"step_{number}"
            taken.add(ids[spot.place])
    return ids


def written_id(node: Node) -> str | None:
    """The id as it is written, be it good or bad; None when there is none."""
    found = node.get("id") if isinstance(node, MapNode) else None
    return found.text if isinstance(found, Scalar) and found.value is not None else None


def nested_lists(node: Node) -> Iterator[tuple[Place, ListNode]]:
    """The lists of steps right inside a step, with their place below it: those of its action, then `error_steps`."""
    if not isinstance(node, MapNode):
        return
    action, config = node.get("action"), node.get("config")
    spec = SPECS.get(action.text) if isinstance(action, Scalar) else None
    if spec is not None and isinstance(config, MapNode):
        for key in spec.step_keys:
            nested = config.get(key)
            if key == BRANCHES:
                yield from _branches(nested)
            elif isinstance(nested, ListNode):
                yield ("config", key), nested
    if isinstance(nested := node.get(_ERROR_STEPS), ListNode):
        yield (_ERROR_STEPS,), nested


def _branches(node: Node | None) -> Iterator[tuple[Place, ListNode]]:
    """A branch is a list of steps, or `{name, steps}`."""
    for index, branch in enumerate(node.items if isinstance(node, ListNode) else ()):
        place: Place = ("config", BRANCHES, index)
        if isinstance(branch, ListNode):
            yield place, branch
        elif isinstance(branch, MapNode) and isinstance(steps := branch.get("steps"), ListNode):
            yield (*place, "steps"), steps


def _walk(
    steps: ListNode, place: Place, section: str, level: int, in_error_steps: bool, findings: Findings
) -> Iterator[Spot]:
    if level > MAX_NESTING:
        message = f"Steps are nested more than {MAX_NESTING} deep here."
        findings.error("too_deep", message, steps, place)
        return
    for index, node in enumerate(steps.items):
        here: Place = (*place, index)
        yield Spot(here, node, section, index, level, in_error_steps)
        for below, nested in nested_lists(node):
            in_errors = in_error_steps or below == (_ERROR_STEPS,)
            yield from _walk(nested, (*here, *below), section, level + 1, in_errors, findings)
