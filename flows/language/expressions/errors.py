"""
ExpressionError             base of all that can go wrong with an expression; anything else is our bug
├── ExpressionSyntaxError   the text is not an expression; says where
└── EvaluationError         it is one, but has no value here
    ├── ValueMissing        a path leads nowhere; carries the near names
    └── LimitReached        it would take too long or become too large
"""

from flows.language.values import Missing


class ExpressionError(Exception):
    """Base. `str()` is a sentence for people."""


class ExpressionSyntaxError(ExpressionError):
    """The text cannot be read. `column` counts from 1 within the text."""

    def __init__(self, message: str, column: int) -> None:
        super().__init__(message)
        self.message = message
        self.column = column


class EvaluationError(ExpressionError):
    """The expression has no value here."""

    candidates: tuple[str, ...] = ()


class ValueMissing(EvaluationError):
    """Something was used that is not there."""

    def __init__(self, missing: Missing) -> None:
        super().__init__(missing.sentence())
        self.missing = missing
        self.candidates = missing.candidates


class LimitReached(EvaluationError):
    """The expression was stopped before it could hang or fill the memory."""
