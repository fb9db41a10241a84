"""What the operators do to two values. Types are never converted: `1 == "1"` is false, `1 < "2"` is an error."""

from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from flows.language.expressions import numbers, patterns
from flows.language.expressions.budget import Budget
from flows.language.expressions.errors import EvaluationError, LimitReached
from flows.language.values import Headers, is_missing, is_number, type_name


def equal(left: Any, right: Any, budget: Budget) -> bool:
    """Whether two values are the same: numbers by what they are worth, lists and objects by what is in them."""
    if left is right:
        return True
    stack = [(left, right)]
    while stack:
        a, b = stack.pop()
        budget.tick()
        if a is b:
            continue
        if isinstance(a, dict) and isinstance(b, dict):
            if a.keys() != b.keys():
                return False
            stack.extend((value, b[key]) for key, value in a.items())
        elif isinstance(a, list) and isinstance(b, list):
            if len(a) != len(b):
                return False
            stack.extend(zip(a, b, strict=True))
        elif not _same_scalar(a, b):
            return False
    return True


def _same_scalar(a: Any, b: Any) -> bool:
    if isinstance(a, bool) or isinstance(b, bool):
        return a is b
    if is_number(a) and is_number(b):
        return numbers.equal(a, b)
    return type_name(a) == type_name(b) and not isinstance(a, list | dict) and bool(a == b)


def identity(value: Any, budget: Budget) -> Any:
    """Something hashable that is equal exactly when the values are."""
    budget.tick()
    if isinstance(value, list):
        return ("list", *(identity(item, budget) for item in value))
    if isinstance(value, dict):
        return ("object", frozenset((key, identity(item, budget)) for key, item in value.items()))
    return (type_name(value), numbers.exact(value) if is_number(value) else value)


def less(left: Any, right: Any) -> bool:
    """Whether `left` comes before `right`. Raises EvaluationError for what has no order."""
    require_order(left, right)
    return numbers.less(left, right) if is_number(left) and is_number(right) else bool(left < right)


def require_order(left: Any, right: Any) -> None:
    """Raises EvaluationError unless both are numbers, both texts or both dates."""
    both = (type_name(left), type_name(right))
    if both not in (("number", "number"), ("text", "text"), ("date", "date")):
        raise EvaluationError(_no_order(left, right))


def _no_order(left: Any, right: Any) -> str:
    a, b = type_name(left), type_name(right)
    if a == b:
        return f"Two values of type {a} have no order."
    hint = " Use int(…) or float(…) to make a number of a text." if {a, b} == {"text", "number"} else ""
    hint = hint or (" Use date(…) to make a date of a text." if {a, b} == {"text", "date"} else "")
    return f"{a} and {b} cannot be compared in order.{hint}"


def compare(operator: str, left: Any, right: Any, budget: Budget) -> bool:
    """`left operator right` for == != < <= > >=."""
    if operator == "==":
        return equal(left, right, budget)
    if operator == "!=":
        return not equal(left, right, budget)
    require_order(left, right)
    if operator == "<":
        return less(left, right)
    if operator == ">":
        return less(right, left)
    if operator == "<=":
        return not less(right, left)
    return not less(left, right)


def contains(whole: Any, part: Any, budget: Budget) -> bool:
    """Whether a list has the element, a text the text, an object the key."""
    if isinstance(whole, str) and isinstance(part, str):
        budget.text(len(whole))
        return part in whole
    if isinstance(whole, list):
        return any(equal(item, part, budget) for item in whole)
    if isinstance(whole, dict) and isinstance(part, str):
        return has_key(whole, part)
    if isinstance(whole, str | dict):
        raise EvaluationError(f"{_a(whole)} cannot contain {_a(part)}.")
    raise EvaluationError(f"{_a(whole)} contains nothing; a list, a text or an object does.")


def has_key(whole: dict[str, Any], key: str) -> bool:
    """Whether the object has this key (header fields: in any case)."""
    return key in whole or (isinstance(whole, Headers) and not is_missing(whole.find(key)))


def starts_with(text: Any, part: Any, _budget: Budget) -> bool:
    """Whether a text begins with another."""
    return _text(text, "startsWith").startswith(_text(part, "startsWith"))


def ends_with(text: Any, part: Any, _budget: Budget) -> bool:
    """Whether a text ends with another."""
    return _text(text, "endsWith").endswith(_text(part, "endsWith"))


def matches(text: Any, pattern: Any, budget: Budget) -> bool:
    """Whether the pattern is found anywhere in the text."""
    budget.text(len(_text(text, "matches")))
    return patterns.search(_text(pattern, "matches"), text)


def is_in(part: Any, whole: Any, budget: Budget) -> bool:
    """`contains`, the other way round."""
    return contains(whole, part, budget)


WORD_OPERATORS: dict[str, Callable[[Any, Any, Budget], bool]] = {
    "contains": contains,
    "in": is_in,
    "startsWith": starts_with,
    "endsWith": ends_with,
    "matches": matches,
}


def arithmetic(operator: str, left: Any, right: Any, budget: Budget) -> Any:
    """`left operator right` for + - * / %. `+` also joins texts and lists, and moves a date by seconds."""
    if is_number(left) and is_number(right):
        return numbers.calculate(operator, left, right)
    if isinstance(left, datetime) or isinstance(right, datetime):
        return _with_dates(operator, left, right)
    if operator == "+" and isinstance(left, str) and isinstance(right, str):
        budget.text(len(left) + len(right))
        return left + right
    if operator == "+" and isinstance(left, list) and isinstance(right, list):
        return budget.made(left + right)
    hint = " Use string(…) to join them as text." if operator == "+" and "text" in _types(left, right) else ""
    raise EvaluationError(f"{_a(left)} {operator} {_a(right)} has no result.{hint}")


def _with_dates(operator: str, left: Any, right: Any) -> Any:
    try:
        if operator == "-" and isinstance(left, datetime) and isinstance(right, datetime):
            return (left - right).total_seconds()
        if operator in "+-" and isinstance(left, datetime) and is_number(right):
            moved = timedelta(seconds=float(right))
            return left + moved if operator == "+" else left - moved
        if operator == "+" and isinstance(right, datetime) and is_number(left):
            return right + timedelta(seconds=float(left))
    except (OverflowError, ValueError) as exc:
        raise LimitReached("The date is outside the years 1 to 9999.") from exc
    raise EvaluationError(f"{_a(left)} {operator} {_a(right)} has no result. A date moves by a number of seconds.")


def negative(value: Any) -> Any:
    """`-value`."""
    if not is_number(value):
        raise EvaluationError(f"There is no negative of {_a(value)}.")
    return value.copy_negate() if isinstance(value, Decimal) else -value


def is_type(value: Any, wanted: str) -> bool:
    """Whether `value` has the type that `is` names."""
    names = {"string": "text", "array": "list"}
    return type_name(value) == names.get(wanted, wanted)


def _text(value: Any, operator: str) -> str:
    if isinstance(value, str):
        return value
    raise EvaluationError(f"{operator} works on texts, not on {_a(value)}.")


def _types(left: Any, right: Any) -> set[str]:
    return {type_name(left), type_name(right)}


def _a(value: Any) -> str:
    name = type_name(value)
    if name == "null":
        return name
    return f"an {name}" if name == "object" else f"a {name}"
