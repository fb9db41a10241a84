"""Whether a step came to the same in two runs: its fate, its assertions, its response. See docs/comparing.md."""

from collections.abc import Collection
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any, Final, Literal

from executions.comparing.differences import Difference, compare, joined
from executions.comparing.sides import TOO_LARGE, Bodies, Side
from executions.comparing.volatile import Reason, any_turn, reason_to_ignore
from executions.lookup import StepLine
from executions.models import Attempt, Execution
from flows.language import jsontext

Kind = Literal["status", "failure", "assertion", "response", "only_left", "only_right"]
ORDERED: Final = frozenset(("<", "<=", ">", ">="))  # how far below a limit a value lies is no result


@dataclass(frozen=True)
class Ignored:
    path: str
    reason: Reason


@dataclass
class Told:
    """How two recorded values differ: what counts, what does not, and from where on nobody looked."""

    found: list[Difference] = field(default_factory=list)
    ignored: list[Ignored] = field(default_factory=list)
    stopped_at: str | None = None
    is_too_large: bool = False

    def without(self, varying: Collection[str]) -> "Told":
        """Less what differs among earlier passes as well."""
        kept, ignored = _sorted_out(self.found, varying)
        return Told(kept, [*self.ignored, *ignored], self.stopped_at, self.is_too_large)


def tell_apart(left: Any, right: Any, *, looks: int | None = None) -> Told:
    """The differences of two recorded values that are not volatile by their looks."""
    if left is TOO_LARGE or right is TOO_LARGE:
        return Told(is_too_large=True)
    compared = compare(left, right, looks=looks) if looks else compare(left, right)
    kept, ignored = _sorted_out(compared.found, ())
    return Told(kept, ignored, compared.stopped_at)


def fate_kind(left: StepLine | None, right: StepLine | None) -> Kind | None:
    """How the fates differ, by the narrow rows alone."""
    if left is None or right is None:
        return "only_right" if left is None else "only_left"
    if (left.status, left.soft) != (right.status, right.soft):
        return "status"
    return "failure" if (left.failure_kind, left.failure_code) != (right.failure_kind, right.failure_code) else None


def assertion_differences(left: Attempt | None, right: Attempt | None) -> list[Difference]:
    """Assertions that came to something else, or saw another value; `path` is the expression.

    A limit that holds on both sides is the same, wherever below it the values lie.
    """
    if left is None or right is None:
        return []
    earlier = {one["expression"]: one for one in left.assertions or []}
    found = []
    for one in right.assertions or []:
        before = earlier.get(one["expression"])
        if before is None:
            continue
        is_news = one.get("operator") not in ORDERED and not _sees_the_same(before, one)
        if before.get("passed") != one.get("passed") or is_news:
            found.append(Difference(one["expression"], "changed", before.get("actual"), one.get("actual")))
    return found


def varying_paths(passes: list[Execution], path: str, bodies: Bodies) -> set[str]:
    """Where the responses of a step differ among runs that all passed."""
    rows = Attempt.objects.filter(step_run__execution__in=[one.pk for one in passes], step_run__path=path)
    latest = rows.order_by("step_run_id", "-number").distinct("step_run_id").values_list("pk", flat=True)
    read = [body for body in bodies.of(list(latest), "response").values() if body is not TOO_LARGE]
    return {any_turn(difference.path) for one, other in pairwise(read) for difference in compare(one, other).found}


def sentence_of(kind: Kind, path: str, left: Side, right: Side, differences: list[Difference]) -> str:
    """The difference of a step in one line."""
    one, other = left.steps.get(path), right.steps.get(path)
    if one is None or other is None:
        return "The other run has no such step." if one is None else "It was not reached."
    if kind == "status":
        return f"It is {other.status}, and was {one.status}."
    if kind == "failure":
        return f"It failed with {_failure(other)}, and before with {_failure(one)}."
    first = differences[0]
    if first.kind == "added":
        return f"{first.path} is {_brief(first.right)}, and was not there."
    if first.kind == "removed":
        return f"{first.path} is not there, and was {_brief(first.left)}."
    return f"{first.path} is {_brief(first.right)}, and was {_brief(first.left)}."


def _failure(step: StepLine) -> str:
    return step.failure_code or step.failure_kind or "no failure"


def _brief(value: Any) -> str:
    text = jsontext.dumps(value)
    return text if len(text) <= 120 else f"{text[:119]}…"


def _sees_the_same(before: dict[str, Any], now: dict[str, Any]) -> bool:
    """Whether both saw the same value, but for ids and times."""
    root = (now.get("parts") or [{}])[0].get("source") or joined("", "actual")
    told = compare(before.get("actual"), now.get("actual"))
    return all(
        reason_to_ignore(Difference(f"{root}{_step(one.path)}", one.kind, one.left, one.right)) for one in told.found
    )


def _step(path: str) -> str:
    return path if not path or path.startswith("[") else f".{path}"


def _sorted_out(found: list[Difference], varying: Collection[str]) -> tuple[list[Difference], list[Ignored]]:
    kept: list[Difference] = []
    ignored: list[Ignored] = []
    for one in found:
        reason = reason_to_ignore(one, varying)
        if reason is None:
            kept.append(one)
        else:
            ignored.append(Ignored(one.path, reason))
    return kept, ignored
