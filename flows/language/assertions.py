"""Assertions and conditions, with everything a person needs to see why they came out as they did."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from flows.language.expressions.errors import ExpressionError, ExpressionSyntaxError
from flows.language.expressions.evaluate import Run, present, run_expression
from flows.language.expressions.explain import explain, known, parts
from flows.language.expressions.parse import Expression, parse
from flows.language.expressions.showing import shown
from flows.language.scope import Scope
from flows.language.templates import TemplateError, render_text
from flows.language.values import is_missing, to_plain, to_text, type_name

_MAX_RECORDED = 64_000  # characters of one value in the record; the payload holds it whole


@dataclass(frozen=True, slots=True, kw_only=True)
class AssertionRecord:
    """One assertion as evaluated.

    `actual` and `expected` are values, null for what is missing. `message` is empty when it passed, else the author's
    own or our sentence. `parts`: {source, value} of everything in it that was evaluated, `missing: true` where a path
    led nowhere. `error` says why it could not be evaluated. `notes` are remarks, such as which of two keys was read.
    """

    expression: str
    operator: str
    passed: bool
    actual: Any
    expected: Any
    message: str
    line: int | None
    parts: list[dict[str, Any]]
    error: str | None
    notes: list[str]

    def to_json(self) -> dict[str, Any]:
        """The record as JSON values. They are those of the record, not copies: nobody changes either."""
        return {name: getattr(self, name) for name in self.__slots__}


@dataclass(frozen=True, slots=True, kw_only=True)
class ConditionRecord:
    """One condition as evaluated. `value` is None when it could not be, and `error` says why."""

    expression: str
    value: bool | None
    parts: list[dict[str, Any]]
    error: str | None

    def to_json(self) -> dict[str, Any]:
        """Like an assertion's."""
        return {name: getattr(self, name) for name in self.__slots__}


@dataclass(frozen=True, slots=True)
class GroupRecord:
    """The assertions of an `assert_any` or `assert_none`, and whether the group held."""

    kind: str
    passed: bool
    records: tuple[AssertionRecord, ...]
    message: str


@dataclass(frozen=True, slots=True)
class _Outcome:
    """What became of one expression that must be true or false."""

    value: Any
    error: str | None
    run: Run
    expression: Expression | None


def check_assertion(
    expression: str, scope: Scope, *, message: str | None = None, line: int | None = None
) -> AssertionRecord:
    """Evaluate an assertion. Never raises for what the expression does: what cannot be evaluated has failed.

    `message` is the author's, a template; it is used when the assertion fails.
    """
    own = scope.with_notes([])
    outcome = _evaluate(expression, own)
    passed = outcome.value is True
    why = "" if passed else _authors(message, scope) or outcome.error or ""
    if outcome.expression is None:
        operator, actual, expected, written = "", None, True, []
    else:
        tree, values = outcome.expression.tree(outcome.run.splits), outcome.run.values or {}
        explanation = explain(tree, values)
        operator, actual, expected = explanation.operator, explanation.actual, explanation.expected
        written = _parts(parts(tree, values))
        why = why or ("" if passed else explanation.sentence)
    return AssertionRecord(
        expression=expression,
        operator=operator,
        passed=passed,
        actual=_recorded(known(actual)),
        expected=_recorded(known(expected)),
        message=why,
        line=line,
        parts=written,
        error=outcome.error,
        notes=own.notes,
    )


def check_condition(expression: str, scope: Scope) -> ConditionRecord:
    """Evaluate a condition (`run_condition`, `retry_on`). Never raises for what the expression does."""
    outcome = _evaluate(expression, scope)
    written = []
    if outcome.expression is not None:
        written = _parts(parts(outcome.expression.tree(outcome.run.splits), outcome.run.values or {}))
    value = outcome.value if isinstance(outcome.value, bool) and outcome.error is None else None
    return ConditionRecord(expression=expression, value=value, parts=written, error=outcome.error)


def check_any(records: Sequence[AssertionRecord]) -> GroupRecord:
    """`assert_any` holds when one of its assertions does (an empty one holds)."""
    passed = not records or any(record.passed for record in records)
    message = "" if passed else "None of these held: " + "; ".join(record.message for record in records)
    return GroupRecord("any", passed, tuple(records), message)


def check_none(records: Sequence[AssertionRecord]) -> GroupRecord:
    """`assert_none` holds when all its assertions could be evaluated and none is true."""
    held = [record for record in records if record.passed]
    broken = [record for record in records if record.error is not None]
    reasons = [f"{record.expression} holds, expected it not to" for record in held]
    reasons += [record.message for record in broken]
    return GroupRecord("none", not held and not broken, tuple(records), "; ".join(reasons))


def _evaluate(text: str, scope: Scope) -> _Outcome:
    run = Run(scope, place=text, trace=True)
    try:
        expression = parse(text)
    except ExpressionSyntaxError as exc:
        return _Outcome(None, f"{exc.message} (column {exc.column})", run, None)
    try:
        value = present(run_expression(expression, run))
    except ExpressionError as exc:
        return _Outcome(None, str(exc), run, expression)
    return _Outcome(value, _not_boolean(text, value), run, expression)


def _not_boolean(text: str, value: Any) -> str | None:
    if isinstance(value, bool):
        return None
    written = " ".join(text.split())
    return f"{written} is {shown(value)} ({type_name(value)}). It must be true or false: compare it with something."


def _authors(message: str | None, scope: Scope) -> str:
    """The author's message; as written where it cannot be rendered, because a failed assertion must still be told."""
    if not message:
        return ""
    try:
        return to_text(render_text(message, scope, "message"))
    except (TemplateError, ValueError, TypeError):
        return message


def _parts(found: Iterable[tuple[str, Any]]) -> list[dict[str, Any]]:
    return [
        {"source": source, "value": None, "missing": True}
        if is_missing(value)
        else {"source": source, "value": _recorded(value)}
        for source, value in found
    ]


def _recorded(value: Any) -> Any:
    """`value` for the record: whole, or, where it is very large, its beginning."""
    plain = to_plain(value)
    if not isinstance(plain, str | list | dict):
        return plain
    return plain if _is_small(plain) else shown(plain, most=2_000)


def _is_small(value: Any) -> bool:
    left, stack = _MAX_RECORDED, [value]
    while stack and left > 0:
        item = stack.pop()
        if isinstance(item, str):
            left -= len(item)
        elif isinstance(item, list):
            left -= len(item)
            stack.extend(item[:_MAX_RECORDED])
        elif isinstance(item, dict):
            left -= 4 * len(item)
            stack.extend(item.values())
            stack.extend(key for key in item if isinstance(key, str))
        else:
            left -= 4
    return left > 0
