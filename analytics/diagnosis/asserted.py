"""Assertions on how long a step took. Pure."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Final

_NAMES: Final = ("duration_ms", "response.time", "timing.")


def is_about_time(assertion: Mapping[str, Any]) -> bool:
    """Whether an assertion is one on how long the step took."""
    return any(name in str(assertion.get("expression", "")) for name in _NAMES)


def asserted_ms(assertion: Mapping[str, Any]) -> float | None:
    """The limit that an assertion on the duration sets."""
    expected = assertion.get("expected")
    if not is_about_time(assertion) or isinstance(expected, bool) or not isinstance(expected, int | float | Decimal):
        return None
    return float(expected)
