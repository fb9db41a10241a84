"""Two runs beside each other, over HTTP."""

from typing import Any, Final, Literal

from ninja import Field, Schema

from executions.comparing.comparison import Pair, StepCompared
from executions.comparing.differences import Difference
from executions.comparing.results import Kind, Told
from executions.comparing.schemas import DifferenceOut, RunOut, SinceOut, ToldOut
from executions.lookup import StepLine
from executions.models import Attempt
from executions.schemas import milliseconds

IN_A_ROW: Final = 4  # differences that the list of steps shows of each
IN_FULL: Final = 500

Where = Literal["assertion", "response", "request"]


class CompareQuery(Schema):
    left: int | None = Field(
        None, ge=1, description="The earlier run, as a rule; left out, the last pass before `right`."
    )
    right: int = Field(ge=1)


class StepCompareQuery(CompareQuery):
    path: str = Field(min_length=1, max_length=1024)


class StepSideOut(Schema):
    status: str
    duration_ms: int | None
    attempts: int
    message: str | None

    @classmethod
    def of(cls, step: StepLine) -> "StepSideOut":
        return cls(
            status=step.status,
            duration_ms=milliseconds(step.started_at, step.finished_at),
            attempts=step.attempts,
            message=step.message or None,
        )


class PlacedDifferenceOut(DifferenceOut):
    where: Where


class PairOut(Schema):
    """One step in both runs; null where a run has it not."""

    path: str
    id: str
    action: str
    left: StepSideOut | None
    right: StepSideOut | None
    is_different: bool
    kind: Kind | None = Field(description="How the fates differ.")
    differences: list[PlacedDifferenceOut]
    more: int = Field(description="Differences beyond those listed.")
    ignored: int
    not_compared: list[Literal["request", "response"]] = Field(description="Too large, in part or in whole.")

    @classmethod
    def of(cls, pair: Pair) -> "PairOut":
        step = pair.right or pair.left
        placed = _placed(pair)
        return cls(
            path=pair.path,
            id=step.step_id if step else "",
            action=step.action if step else "",
            left=StepSideOut.of(pair.left) if pair.left else None,
            right=StepSideOut.of(pair.right) if pair.right else None,
            is_different=pair.is_different,
            kind=pair.kind,
            differences=[
                PlacedDifferenceOut(**vars(DifferenceOut.of(one)), where=where) for where, one in placed[:IN_A_ROW]
            ],
            more=max(0, len(placed) - IN_A_ROW),
            ignored=len(pair.request.ignored) + len(pair.response.ignored),
            not_compared=[part for part, told in _parts(pair) if told.is_too_large or told.stopped_at is not None],
        )


def _parts(pair: Pair) -> list[tuple[Literal["request", "response"], Told]]:
    return [("request", pair.request), ("response", pair.response)]


def _placed(pair: Pair) -> list[tuple[Where, Difference]]:
    return [
        *(("assertion", one) for one in pair.assertions),
        *(("response", one) for one in pair.response.found),
        *(("request", one) for one in pair.request.found),
    ]


class CompareOut(Schema):
    left: RunOut | None = Field(description="Null: there was no pass to compare with.")
    right: RunOut
    is_last_pass: bool = Field(description="`left` is the last pass of the flow and environment of `right` before it.")
    since: SinceOut | None
    steps: list[PairOut]


class AssertionSideOut(Schema):
    passed: bool
    actual: Any
    expected: Any
    operator: str | None


class AssertionPairOut(Schema):
    expression: str
    left: AssertionSideOut | None
    right: AssertionSideOut | None
    is_different: bool


class AttemptSideOut(Schema):
    number: int
    duration_ms: int | None
    queue_ms: int | None
    timing: Any


class StepCompareOut(Schema):
    path: str
    request: ToldOut
    response: ToldOut
    assertions: list[AssertionPairOut]
    left: AttemptSideOut | None = Field(description="The last attempt, which is what is compared.")
    right: AttemptSideOut | None

    @classmethod
    def of(cls, compared: StepCompared) -> "StepCompareOut":
        pair = compared.pair
        return cls(
            path=pair.path,
            request=ToldOut.of(pair.request, IN_FULL),
            response=ToldOut.of(pair.response, IN_FULL),
            assertions=_assertions(compared),
            left=_attempt(compared.left),
            right=_attempt(compared.right),
        )


def _attempt(attempt: Attempt | None) -> AttemptSideOut | None:
    if attempt is None:
        return None
    return AttemptSideOut(
        number=attempt.number,
        duration_ms=milliseconds(attempt.started_at, attempt.finished_at),
        queue_ms=milliseconds(attempt.due_at, attempt.started_at),
        timing=attempt.timing,
    )


def _assertions(compared: StepCompared) -> list[AssertionPairOut]:
    left, right = _by_expression(compared.left), _by_expression(compared.right)
    different = {one.path for one in compared.pair.assertions}
    rows = []
    for expression in [*right, *(one for one in left if one not in right)]:
        difference = Difference(expression, "changed", _actual(left, expression), _actual(right, expression))
        shown = DifferenceOut.of(difference)
        rows.append(
            AssertionPairOut(
                expression=expression,
                left=_side(left.get(expression), shown.left),
                right=_side(right.get(expression), shown.right),
                is_different=expression in different or (expression in left) != (expression in right),
            )
        )
    return rows


def _by_expression(attempt: Attempt | None) -> dict[str, dict[str, Any]]:
    return {one["expression"]: one for one in (attempt.assertions or [])} if attempt else {}


def _actual(assertions: dict[str, dict[str, Any]], expression: str) -> Any:
    return assertions.get(expression, {}).get("actual")


def _side(assertion: dict[str, Any] | None, actual: Any) -> AssertionSideOut | None:
    if assertion is None:
        return None
    expected = DifferenceOut.of(Difference("", "changed", assertion.get("expected"), None)).left
    return AssertionSideOut(
        passed=bool(assertion.get("passed")), actual=actual, expected=expected, operator=assertion.get("operator")
    )
