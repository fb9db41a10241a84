"""Divergence and comparison over HTTP."""

from datetime import datetime
from typing import Any, Final, Literal

from ninja import Field, Schema

from executions.comparing.differences import Difference
from executions.comparing.divergence import Divergence, First
from executions.comparing.results import Ignored, Kind, Told
from executions.comparing.since import Since
from executions.comparing.volatile import Reason
from executions.models import Execution
from flows.language import jsontext

SHOWN: Final = 400  # characters of a value
MOST_SHOWN: Final = 20  # differences of the first step
BEFORE: Final = 40  # of which so many are the same, where two long texts part


class RunOut(Schema):
    """One side: enough to name it."""

    id: int
    status: str
    flow: str
    flow_name: str
    flow_version: int
    environment: str | None
    trigger: str
    actor: str
    queued_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    duration_ms: int | None

    @classmethod
    def of(cls, execution: Execution) -> "RunOut":
        return cls(
            id=execution.pk,
            status=execution.status,
            flow=execution.flow.slug,
            flow_name=execution.flow_name,
            flow_version=execution.flow_version.number,
            environment=execution.environment_name or None,
            trigger=execution.trigger,
            actor=execution.actor,
            queued_at=execution.queued_at,
            started_at=execution.started_at,
            finished_at=execution.finished_at,
            duration_ms=execution.duration_ms,
        )


class DifferenceOut(Schema):
    path: str = Field(description="As an expression writes it; of an assertion, its text.")
    kind: Literal["changed", "added", "removed"]
    left: Any
    right: Any
    is_shortened: bool = Field(description="Values are long: pieces of their texts, around where they part.")

    @classmethod
    def of(cls, difference: Difference) -> "DifferenceOut":
        left, right, is_shortened = _shown(difference.left, difference.right)
        return cls(path=difference.path, kind=difference.kind, left=left, right=right, is_shortened=is_shortened)


def _shown(left: Any, right: Any) -> tuple[Any, Any, bool]:
    texts = [value if isinstance(value, str) else jsontext.dumps(value) for value in (left, right)]
    if max(map(len, texts)) <= SHOWN:
        return left, right, False
    start = max(0, _common(*texts) - BEFORE)
    one, other = (_piece(text, start) for text in texts)
    return (one if left is not None else None), (other if right is not None else None), True


def _piece(text: str, start: int) -> str:
    end = start + SHOWN
    return f"{'…' if start else ''}{text[start:end]}{'…' if len(text) > end else ''}"


def _common(one: str, other: str) -> int:
    """How many characters both begin with."""
    low, high = 0, min(len(one), len(other))
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if one[:middle] == other[:middle] else (low, middle - 1)
    return low


class IgnoredOut(Schema):
    path: str
    reason: Reason

    @classmethod
    def of(cls, ignored: Ignored) -> "IgnoredOut":
        return cls(path=ignored.path, reason=ignored.reason)


class VariableChangeOut(Schema):
    name: str
    kind: Literal["added", "removed", "changed", "secret"]
    left: Any
    right: Any


class EnvironmentChangeOut(Schema):
    left: str
    right: str
    is_same: bool
    variables: int
    changes: list[VariableChangeOut]
    is_unexplained: bool = Field(description="Its revision changed by what is not kept: a secret deleted, say.")


class ServiceVersionOut(Schema):
    service: str
    header: str
    left: str | None
    right: str | None


class PlatformOut(Schema):
    workers: list[str]
    queue_ms: int | None


class SinceOut(Schema):
    left_version: int
    right_version: int
    environment: EnvironmentChangeOut
    overrides: list[VariableChangeOut]
    services: list[ServiceVersionOut]
    left_platform: PlatformOut
    right_platform: PlatformOut

    @classmethod
    def of(cls, since: Since) -> "SinceOut":
        environment = vars(since.environment)
        return cls(
            left_version=since.left_version,
            right_version=since.right_version,
            environment=EnvironmentChangeOut(**{**environment, "changes": _variables(since.environment.changes)}),
            overrides=_variables(since.overrides),
            services=[ServiceVersionOut(**vars(one)) for one in since.services],
            left_platform=PlatformOut(**vars(since.left_platform)),
            right_platform=PlatformOut(**vars(since.right_platform)),
        )


def _variables(changes: list[Any]) -> list[VariableChangeOut]:
    found = []
    for one in changes:
        left, right, _ = _shown(one.left, one.right)
        found.append(VariableChangeOut(name=one.name, kind=one.kind, left=left, right=right))
    return found


class FirstOut(Schema):
    path: str
    kind: Kind
    sentence: str
    differences: list[DifferenceOut]

    @classmethod
    def of(cls, first: First) -> "FirstOut":
        shown = [DifferenceOut.of(one) for one in first.differences[:MOST_SHOWN]]
        return cls(path=first.path, kind=first.kind, sentence=first.sentence, differences=shown)


class DivergenceOut(Schema):
    """Where a run parts from the last pass of the same flow and environment before it."""

    partner: RunOut | None = Field(description="The last pass; null if there was none.")
    first: FirstOut | None = Field(description="The first step with another result; null if all came to the same.")
    since: SinceOut | None
    ignored: int = Field(description="Differences, up to there, that are volatile: ids, times, what varies anyway.")
    not_compared: list[str] = Field(description="Steps whose responses were too large to be compared.")

    @classmethod
    def of(cls, partner: Execution, divergence: Divergence, since: Since) -> "DivergenceOut":
        return cls(
            partner=RunOut.of(partner),
            first=FirstOut.of(divergence.first) if divergence.first else None,
            since=SinceOut.of(since),
            ignored=len(divergence.ignored),
            not_compared=divergence.not_compared,
        )


class ToldOut(Schema):
    """How two recorded values differ."""

    differences: list[DifferenceOut]
    more: int = Field(description="Differences beyond those listed.")
    ignored: list[IgnoredOut]
    more_ignored: int
    not_compared: str | None = Field(description="What was left out because it would have been too much, and why.")

    @classmethod
    def of(cls, told: Told, most: int) -> "ToldOut":
        return cls(
            differences=[DifferenceOut.of(one) for one in told.found[:most]],
            more=max(0, len(told.found) - most),
            ignored=[IgnoredOut.of(one) for one in told.ignored[:most]],
            more_ignored=max(0, len(told.ignored) - most),
            not_compared=_not_compared(told),
        )


def _not_compared(told: Told) -> str | None:
    if told.is_too_large:
        return "It is too large to be compared here."
    if told.stopped_at is None:
        return None
    return f"From {told.stopped_at or 'its beginning'} on: there is too much to compare."
