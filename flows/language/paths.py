"""Output paths: `$…` is JSONPath; anything else an expression; where that does not parse, JMESPath over the result."""

from typing import Any

from flows.language.expressions.budget import Budget
from flows.language.expressions.errors import EvaluationError, ExpressionSyntaxError, ValueMissing
from flows.language.expressions.evaluate import Run, run_expression
from flows.language.expressions.parse import Expression, parse
from flows.language.expressions.queries import parse_jmespath, search_jmespath
from flows.language.scope import Scope
from flows.language.values import Missing, is_missing, to_plain

_JMESPATH_MARKS = ("`", "[?", "[*]", "[]", "&", " | ", "|[", ".*", "@")


class PathSyntaxError(ExpressionSyntaxError):
    """The path is neither a JSONPath, nor an expression, nor a JMESPath."""


def capture(path: str, scope: Scope) -> Any | Missing:
    """The value `path` leads to in `scope`, which has the result (`Scope.with_result`).

    A Missing (see `values.is_missing`) when it finds nothing: the caller decides whether that fails the step. Raises
    EvaluationError when the path cannot be evaluated, PathSyntaxError when it cannot be read.
    """
    read = _read(path)
    if read is None:
        return _by_jmespath(path, scope)
    try:
        value = run_expression(read, Run(scope, place=f"output:{path}"))
    except ValueMissing as exc:
        return exc.missing
    if is_missing(value):
        return None if value.soft else value
    return to_plain(value)


def check_path(text: str) -> None:
    """Raises PathSyntaxError, with the column, when `text` is no path."""
    _read(text)


def path_root_names(text: str) -> frozenset[str]:
    """The names the path may look up besides the result. Raises PathSyntaxError."""
    read = _read(text)
    return frozenset() if read is None else read.root_names()


def _read(text: str) -> Expression | None:
    """The expression in `text`, or None when it is a JMESPath."""
    try:
        return parse(text)
    except ExpressionSyntaxError as exc:
        problem = exc
    try:
        if not text.lstrip().startswith("$"):
            parse_jmespath(text)
            return None
    except ExpressionSyntaxError as exc:
        if any(mark in text for mark in _JMESPATH_MARKS):
            problem = exc
    raise PathSyntaxError(problem.message, problem.column) from problem


def _by_jmespath(text: str, scope: Scope) -> Any | Missing:
    """Over the result; where that finds nothing and there is a body, over the body. Null is JMESPath's nothing."""
    budget, view = Budget(), scope.result_view()
    roots = [view, view["body"]] if isinstance(view.get("body"), dict | list) else [view]
    problem: EvaluationError | None = None
    for root in roots:
        try:
            found = search_jmespath(text, root, budget)
        except EvaluationError as exc:
            problem = problem or exc
            continue
        if found is not None:
            return to_plain(found)
    if problem is not None:
        raise problem
    return Missing(text)
