"""Two runs step by step: what came of each step, and where requests, responses and assertions differ."""

from dataclasses import dataclass, field
from typing import Any, Final

from executions.comparing.alignment import aligned
from executions.comparing.differences import Difference
from executions.comparing.results import Kind, Told, assertion_differences, fate_kind, tell_apart, varying_paths
from executions.comparing.sides import Bodies, Side
from executions.lookup import StepLine
from executions.models import Attempt, Execution

ONE_STEP: Final = 16 * 1024 * 1024  # characters of a body, when a single step is compared
LOOKS_AT_ONE: Final = 400_000
MOST_VARYING: Final = 60  # steps whose earlier passes are asked what varies


@dataclass(frozen=True)
class Pair:
    """One step in both runs, or in one of them."""

    path: str
    left: StepLine | None
    right: StepLine | None
    kind: Kind | None  # how the fates differ
    assertions: list[Difference] = field(default_factory=list)
    request: Told = field(default_factory=Told)
    response: Told = field(default_factory=Told)

    @property
    def is_different(self) -> bool:
        return bool(self.kind or self.assertions or self.request.found or self.response.found or self.is_retried)

    @property
    def is_retried(self) -> bool:
        """Whether one of them took more attempts."""
        return bool(self.left and self.right and self.left.attempts != self.right.attempts)


@dataclass(frozen=True)
class StepCompared:
    """One step in both runs, as far as it is there, with the last attempt of each."""

    pair: Pair
    left: Attempt | None
    right: Attempt | None


def comparison_of(left: Side, right: Side, passes: list[Execution]) -> list[Pair]:
    """Every step of both, aligned by path. Bodies are compared as far as there is room, in the order of the steps."""
    paths = aligned(list(left.steps), list(right.steps))
    both = [path for path in paths if path in left.attempts and path in right.attempts]
    numbers = [(left.attempts[path].pk, right.attempts[path].pk) for path in both]
    bodies = Bodies()
    told: dict[str, tuple[Told, Told]] = {}
    read = zip(both, bodies.pairs(numbers, "request"), bodies.pairs(numbers, "response"), strict=True)
    for path, request, response in read:
        told[path] = (tell_apart(*request), tell_apart(*response))
    unsure = [path for path in both if told[path][1].found][:MOST_VARYING] if len(passes) > 1 else []
    for path in unsure:
        told[path] = (told[path][0], told[path][1].without(varying_paths(passes, path, bodies)))
    return [_pair(path, left, right, *told.get(path, (Told(), Told()))) for path in paths]


def step_compared(left: Side, right: Side, path: str, passes: list[Execution]) -> StepCompared:
    """One step in full, with room for large bodies."""
    one, other = left.attempts.get(path), right.attempts.get(path)
    if one is None or other is None:
        return StepCompared(_pair(path, left, right, Told(), Told()), one, other)
    bodies = Bodies(one=ONE_STEP, room=6 * ONE_STEP)
    request = _told(bodies.of([one.pk, other.pk], "request"), one, other)
    response = _told(bodies.of([one.pk, other.pk], "response"), one, other)
    if response.found and len(passes) > 1:
        response = response.without(varying_paths(passes, path, bodies))
    return StepCompared(_pair(path, left, right, request, response), one, other)


def _told(read: dict[int, Any], one: Attempt, other: Attempt) -> Told:
    return tell_apart(read.get(one.pk), read.get(other.pk), looks=LOOKS_AT_ONE)


def _pair(path: str, left: Side, right: Side, request: Told, response: Told) -> Pair:
    one, other = left.steps.get(path), right.steps.get(path)
    asserted = assertion_differences(left.attempts.get(path), right.attempts.get(path))
    if not response.found and not response.is_too_large:
        # What an assertion saw and no response shows as different varies anyway, unless it held only once.
        verdicts = _verdicts(left.attempts.get(path)), _verdicts(right.attempts.get(path))
        asserted = [each for each in asserted if verdicts[0].get(each.path) != verdicts[1].get(each.path)]
    return Pair(path, one, other, fate_kind(one, other), asserted, request, response)


def _verdicts(attempt: Attempt | None) -> dict[str, bool]:
    return {one["expression"]: bool(one.get("passed")) for one in (attempt.assertions or [])} if attempt else {}
