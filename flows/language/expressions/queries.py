"""JSONPath and JMESPath given as text: `jsonpath("…")`, `jmespath("…")`, and output paths."""

import json
import re
from typing import Any

from jmespath.exceptions import JMESPathError, JMESPathTypeError
from jmespath.functions import Functions
from jmespath.parser import Parser
from jmespath.visitor import TreeInterpreter

from flows.language.expressions.budget import MAX_SOURCE, Budget
from flows.language.expressions.errors import EvaluationError, ExpressionSyntaxError, LimitReached
from flows.language.expressions.jsonpath import JsonPath, compile_query


def compile_jsonpath(text: str) -> JsonPath:
    """The JSONPath in `text`. Raises EvaluationError."""
    try:
        return compile_query(text.strip())
    except ExpressionSyntaxError as exc:
        raise EvaluationError(exc.message) from exc


def parse_jmespath(text: str) -> Any:
    """The tree of the JMESPath in `text`. Raises ExpressionSyntaxError."""
    if len(text) > MAX_SOURCE:
        raise ExpressionSyntaxError(f"The path has {len(text)} characters; {MAX_SOURCE} are allowed.", 1)
    try:
        return Parser().parse(_LITERAL.sub(_with_quotes, text)).parsed
    except JMESPathError as exc:
        column = getattr(exc, "lex_position", None)
        reason = str(exc).splitlines()[0].rstrip(".:")
        raise ExpressionSyntaxError(f"{text} is not a JMESPath: {reason}.", (column or 0) + 1) from exc
    except (ValueError, RecursionError, LookupError, TypeError, ArithmeticError) as exc:
        raise ExpressionSyntaxError(f"{text} is not a JMESPath.", 1) from exc


def _refuse(name: str) -> Any:
    raise ValueError(f"{name} is not JSON")


_LITERAL = re.compile(r"""'(?:\\.|[^'\\])*'|"(?:\\.|[^"\\])*"|`((?:\\.|[^`\\])*)`""", re.S)


def _with_quotes(found: re.Match[str]) -> str:
    """What stands in backticks, as JSON: people write `pending` for `"pending"`, and the library only tolerates it."""
    inside = found[1]
    if inside is None:
        return found[0]
    try:
        json.loads(inside.replace("\\`", "`"), parse_constant=_refuse)
    except ValueError:
        text = json.dumps(inside.replace("\\`", "`").lstrip())
        return "`" + text.replace("`", "\\`") + "`"
    return found[0]


def search_jmespath(text: str, root: Any, budget: Budget) -> Any:
    """What the JMESPath in `text` finds in `root`; null when it finds nothing. Raises EvaluationError."""
    try:
        tree = parse_jmespath(text)
    except ExpressionSyntaxError as exc:
        raise EvaluationError(exc.message) from exc
    try:
        return _Bounded(budget).visit(tree, root)
    except JMESPathError as exc:
        raise EvaluationError(f"{text}: {_reason(exc)}.") from exc
    except RecursionError as exc:
        raise LimitReached(f"{text} is nested too deeply.") from exc
    except (TypeError, ValueError, ArithmeticError, AttributeError, LookupError) as exc:
        raise EvaluationError(f"{text} cannot be applied to what is there.") from exc


def _reason(exc: JMESPathError) -> str:
    """Why, without the value, which the library would write out whole."""
    if isinstance(exc, JMESPathTypeError):
        return f"{exc.function_name}() wants {' or '.join(exc.expected_types)}, not {exc.actual_type}"
    return str(exc).splitlines()[0].rstrip(".")


_FUNCTIONS: Any = Functions()


class _Bounded(TreeInterpreter):
    """The library's interpreter, with every visit and every list it builds counted."""

    def __init__(self, budget: Budget) -> None:
        super().__init__()
        self._budget = budget

    def visit(self, node: Any, *args: Any, **kwargs: Any) -> Any:
        self._budget.tick()
        return super().visit(node, *args, **kwargs)

    def visit_flatten(self, node: Any, value: Any) -> Any:
        base = self.visit(node["children"][0], value)
        if not isinstance(base, list):
            return None
        merged: list[Any] = []
        for item in base:
            self._budget.tick(1 + len(item) if isinstance(item, list) else 1)
            merged.extend(item if isinstance(item, list) else (item,))
        return merged

    def visit_multi_select_list(self, node: Any, value: Any) -> Any:
        return self._budget.made(super().visit_multi_select_list(node, value))

    def visit_multi_select_dict(self, node: Any, value: Any) -> Any:
        return self._budget.made(super().visit_multi_select_dict(node, value))

    def visit_function_expression(self, node: Any, value: Any) -> Any:
        arguments = [self.visit(child, value) for child in node["children"]]
        for argument in arguments:
            if isinstance(argument, list | dict | str):
                self._budget.weigh(argument)
        if node["value"] == "join" and len(arguments) == 2 and isinstance(arguments[1], list):
            between = len(arguments[0]) if isinstance(arguments[0], str) else 0
            self._budget.text(between * len(arguments[1]))
        return self._budget.made(_FUNCTIONS.call_function(node["value"], arguments))
