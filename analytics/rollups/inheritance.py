"""What people said of a failure stays said when a new definition of fingerprints gives it a new group.

The old group is kept as it was. Its heirs are found by what is known of both: the same kind and text at the same step,
or the old group's own example, told apart by the new definition.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence

from django.db.models import Q

from analytics.failures.fingerprint import VERSION
from analytics.models import FailureGroup, GroupState

Place = tuple[int, str, str]  # flow, step, kind


def inherit(new: Sequence[FailureGroup], *, names_of: Callable[[Sequence[int]], dict[int, set[str]]]) -> None:
    """Give groups that are not saved yet the state, cause and note of those they come from.

    `names_of` tells the fingerprints that the failures of some executions have now.
    """
    elders = _elders(new)
    if not elders:
        return
    renamed = names_of([one.sample_execution for same in elders.values() for one in same])
    for group in new:
        _take_over(group, [one for one in elders[_place(group)] if _is_same(one, group, renamed)])


def _elders(new: Iterable[FailureGroup]) -> defaultdict[Place, list[FailureGroup]]:
    """Groups of the last definition before this one, at the same steps."""
    at_places = Q()
    for flow, key, kind in {_place(one) for one in new}:
        at_places |= Q(flow=flow, step_key=key, kind=kind)
    found: defaultdict[Place, list[FailureGroup]] = defaultdict(list)
    if not at_places or not FailureGroup.objects.filter(version__lt=VERSION).exists():
        return found
    for one in FailureGroup.objects.filter(at_places, version__lt=VERSION).order_by("version", "pk"):
        found[_place(one)].append(one)
    return found


def _place(group: FailureGroup) -> Place:
    return group.flow_id, group.step_key, group.kind


def _is_same(elder: FailureGroup, group: FailureGroup, renamed: dict[int, set[str]]) -> bool:
    if (elder.sub, elder.text) == (group.sub, group.text):
        return True
    return group.fingerprint in renamed.get(elder.sample_execution, ())


def _take_over(group: FailureGroup, elders: Sequence[FailureGroup]) -> None:
    """Of several that became one, only what was said of all of them: nothing that was open may hide."""
    if not elders:
        return
    newest = max(elder.version for elder in elders)
    elders = [one for one in elders if one.version == newest]
    states, causes = {one.state for one in elders}, {one.category for one in elders}
    said = max(elders, key=lambda one: (one.changed_at is not None, one.changed_at or one.last_seen))
    group.state = states.pop() if len(states) == 1 else GroupState.OPEN
    group.category = causes.pop() if len(causes) == 1 else ""
    group.note = "\n\n".join(dict.fromkeys(one.note for one in elders if one.note))
    group.changed_at, group.changed_by = said.changed_at, said.changed_by
    group.asked_itself_at = said.asked_itself_at or said.first_seen  # no news to anybody
