"""Exact arithmetic over int, float and Decimal.

What people read is what they get: a float stands for the number its shortest text shows, so `0.1 + 0.2 == 0.3`, and
`59.9` from JSON equals `59.90` from SQL.
"""

import decimal
import re
from decimal import Decimal

from flows.language.expressions.budget import MAX_NUMBER_BITS
from flows.language.expressions.errors import EvaluationError, LimitReached
from flows.language.values import Number

_CONTEXT = decimal.Context(prec=40, Emax=9999, Emin=-9999)
_TEXT = re.compile(r"\s*([+-]?\d+)(\.\d+)?(?:[eE]([+-]?\d+))?\s*", re.ASCII)
_MAX_DIGITS = 1000
_MAX_EXPONENT = 400


class BadNumber(ValueError):
    """The text is no number we handle; the message says why."""


def read_number(text: str) -> Number:
    """The number written in `text`: int, float where that is exact as written, else Decimal. Raises BadNumber."""
    if len(text) > _MAX_DIGITS:
        raise BadNumber(f"A number of {len(text)} characters is too long; {_MAX_DIGITS} are allowed.")
    found = _TEXT.fullmatch(text)
    if not found:
        raise BadNumber(f"{text!r} is not a number.")
    whole, fraction, exponent = found.groups()
    if fraction is None and exponent is None:
        return int(whole)
    if exponent and (len(exponent) > 5 or abs(int(exponent)) > _MAX_EXPONENT):
        raise BadNumber(f"The exponent of {text.strip()} is too large; {_MAX_EXPONENT} is allowed.")
    exact = Decimal(text.strip())
    as_float = float(exact)
    return as_float if Decimal(repr(as_float)) == exact else exact


def exact(value: Number) -> int | Decimal:
    """`value` as a number that compares and adds without rounding."""
    return Decimal(repr(value)) if isinstance(value, float) else value


def equal(left: Number, right: Number) -> bool:
    """Whether two numbers are the same, whatever they are stored as."""
    return exact(left) == exact(right)


def less(left: Number, right: Number) -> bool:
    """Whether `left` comes before `right`."""
    return exact(left) < exact(right)


def calculate(operator: str, left: Number, right: Number) -> Number:
    """`left operator right` for `+ - * / %`. Raises EvaluationError."""
    if operator in "/%" and right == 0:
        raise EvaluationError(f"{left} {operator} 0 has no result.")
    if isinstance(left, int) and isinstance(right, int):
        return _whole(operator, left, right)
    try:
        result = _decimal(operator, exact(left), exact(right))
    except decimal.DecimalException as exc:
        raise EvaluationError(f"{left} {operator} {right} is outside the numbers we handle.") from exc
    if isinstance(left, Decimal) or isinstance(right, Decimal):
        return result
    return _as_float(result)


def _whole(operator: str, left: int, right: int) -> Number:
    if left.bit_length() + right.bit_length() > MAX_NUMBER_BITS:
        raise LimitReached("The number becomes too large.")
    if operator == "+":
        return left + right
    if operator == "-":
        return left - right
    if operator == "*":
        return left * right
    if operator == "%":
        return left % right
    if left % right == 0:
        return left // right
    return _as_float(_decimal("/", left, right))


def _decimal(operator: str, left: int | Decimal, right: int | Decimal) -> Decimal:
    a, b = Decimal(left), Decimal(right)
    if operator == "+":
        return _CONTEXT.add(a, b)
    if operator == "-":
        return _CONTEXT.subtract(a, b)
    if operator == "*":
        return _CONTEXT.multiply(a, b)
    if operator == "/":
        return _CONTEXT.divide(a, b)
    remainder = _CONTEXT.remainder(
        a, b
    )  # takes the sign of the left; ours takes that of the right, as for whole numbers
    return _CONTEXT.add(remainder, b) if remainder and (remainder < 0) != (b < 0) else remainder


def _as_float(value: Decimal) -> Number:
    number = float(value)
    if number in (float("inf"), float("-inf")):
        raise EvaluationError("The number becomes too large.")
    return number


def whole(value: Number) -> int:
    """`value` without its fraction. Raises LimitReached for what has thousands of digits."""
    small(value)
    return int(exact(value))


def small(value: Number) -> Number:
    """`value`, unless it has so many digits that writing them out would hang us."""
    if isinstance(value, Decimal) and (not value.is_finite() or abs(value.adjusted()) > _MAX_EXPONENT):
        raise LimitReached(f"The number {value} is too large to be written out.")
    if isinstance(value, float) and value in (float("inf"), float("-inf")):
        raise LimitReached("The number is infinite.")
    return value
