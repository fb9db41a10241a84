"""The expression language (FLOW_LANGUAGE §4).

`parse(text)` gives an Expression, `evaluate(expression, scope)` its value. Bounded in time, depth and size; it reaches
neither Python nor the outside.
"""

from flows.language.expressions.errors import (
    EvaluationError,
    ExpressionError,
    ExpressionSyntaxError,
    LimitReached,
    ValueMissing,
)
from flows.language.expressions.evaluate import evaluate
from flows.language.expressions.parse import Expression, Root, parse

__all__ = [
    "EvaluationError",
    "Expression",
    "ExpressionError",
    "ExpressionSyntaxError",
    "LimitReached",
    "Root",
    "ValueMissing",
    "evaluate",
    "parse",
]
