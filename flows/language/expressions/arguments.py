"""What a function takes. Every check names the function, the value and its type."""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from flows.language.expressions.errors import EvaluationError
from flows.language.expressions.nodes import Closure
from flows.language.expressions.showing import shown
from flows.language.values import is_number, type_name

MANY = 1000  # arguments: as many as one likes


@dataclass(frozen=True, slots=True)
class Function:
    """One function: how many arguments it takes, and whether the last may be a closure."""

    work: Callable[..., Any]
    least: int
    most: int
    closure: bool = False


def wanted_text(name: str, value: Any) -> str:
    """`value`, which must be a text. Raises EvaluationError."""
    if isinstance(value, str):
        return value
    raise EvaluationError(f"{name} wants a text, not {shown(value)} ({type_name(value)}).")


def wanted_list(name: str, value: Any) -> list[Any]:
    """`value`, which must be a list. Raises EvaluationError."""
    if isinstance(value, list):
        return value
    raise EvaluationError(f"{name} wants a list, not {shown(value)} ({type_name(value)}).")


def wanted_object(name: str, value: Any) -> dict[str, Any]:
    """`value`, which must be an object. Raises EvaluationError."""
    if isinstance(value, dict):
        return value
    raise EvaluationError(f"{name} wants an object, not {shown(value)} ({type_name(value)}).")


def wanted_number(name: str, value: Any) -> int | float | Decimal:
    """`value`, which must be a number. Raises EvaluationError."""
    if is_number(value):
        return value
    raise EvaluationError(f"{name} wants a number, not {shown(value)} ({type_name(value)}).")


def wanted_closure(name: str, value: Any) -> Closure:
    """`value`, which must be a condition in braces. Raises EvaluationError."""
    if isinstance(value, Closure):
        return value
    raise EvaluationError(f"{name} wants a condition in {{ }}, as in {name}(list, {{# > 1}}).")
