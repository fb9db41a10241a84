"""The first step of a run that came to something else than in the last run that passed."""

from dataclasses import dataclass, field

from executions.comparing.alignment import aligned
from executions.comparing.differences import Difference
from executions.comparing.results import (
    Ignored,
    Kind,
    Told,
    assertion_differences,
    fate_kind,
    sentence_of,
    tell_apart,
    varying_paths,
)
from executions.comparing.sides import Bodies, Side
from executions.models import Execution
from executions.status import STEP_FINAL, Status, StepStatus


@dataclass(frozen=True)
class First:
    """The step where the runs part, and how."""

    path: str
    kind: Kind
    sentence: str
    differences: list[Difference] = field(default_factory=list)


@dataclass
class Divergence:
    first: First | None = None
    ignored: list[Ignored] = field(default_factory=list)  # of the steps up to there
    not_compared: list[str] = field(default_factory=list)  # steps whose responses were too large to compare


def divergence_of(left: Side, right: Side, passes: list[Execution]) -> Divergence:
    """Walk both runs side by side. `left` passed, and is the first of `passes`; `right` may still be running."""
    bodies, divergence = Bodies(), Divergence()
    paths = [path for path in aligned(list(left.steps), list(right.steps)) if _is_known(path, right)]
    parted = next((at for at, path in enumerate(paths) if fate_kind(left.steps.get(path), right.steps.get(path))), None)
    same = [path for path in paths[:parted] if path in left.attempts and path in right.attempts]
    pairs = bodies.pairs([(left.attempts[path].pk, right.attempts[path].pk) for path in same], "response")
    for path, (one, other) in zip(same, pairs, strict=True):
        divergence.first = _first_of(path, left, right, tell_apart(one, other), passes, bodies, divergence)
        if divergence.first is not None:
            return divergence
    if parted is not None:
        divergence.first = _by_fate(paths[parted], left, right)
    return divergence


def _is_known(path: str, right: Side) -> bool:
    """Of a run that goes on, only what has ended; its other steps are still to come."""
    if Status(right.execution.status).is_final:
        return True
    return path in right.steps and StepStatus(right.steps[path].status) in STEP_FINAL


def _first_of(
    path: str, left: Side, right: Side, told: Told, passes: list[Execution], bodies: Bodies, divergence: Divergence
) -> First | None:
    asserted = assertion_differences(left.attempts[path], right.attempts[path])
    if told.found and len(passes) > 1:
        told = told.without(varying_paths(passes, path, bodies))
    divergence.ignored += told.ignored
    if told.is_too_large or told.stopped_at is not None:
        divergence.not_compared.append(path)
    # An assertion may see what varies from run to run: then the response says whether it means anything.
    if asserted and (told.found or told.is_too_large or _is_verdict(left, right, path)):
        return First(path, "assertion", sentence_of("assertion", path, left, right, asserted), asserted)
    if told.found:
        return First(path, "response", sentence_of("response", path, left, right, told.found), told.found)
    return None


def _is_verdict(left: Side, right: Side, path: str) -> bool:
    of_left, of_right = (
        {one["expression"]: one.get("passed") for one in side.attempts[path].assertions or []} for side in (left, right)
    )
    return any(of_left.get(expression, passed) != passed for expression, passed in of_right.items())


def _by_fate(path: str, left: Side, right: Side) -> First:
    kind = fate_kind(left.steps.get(path), right.steps.get(path)) or "status"
    asserted = assertion_differences(left.attempts.get(path), right.attempts.get(path))
    return First(path, kind, sentence_of(kind, path, left, right, asserted), asserted)
