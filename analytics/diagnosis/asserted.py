"""What an assertion was about: time, or something where nothing is. Pure."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Final

from analytics.diagnosis.evidence import Facts

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


def is_empty(facts: Facts) -> bool:
    """A list or a count without anything in it, where something was expected."""
    actual = (facts.assertion or {"actual": None}).get("actual")
    has_nothing = actual in ([], {}, 0, "") and not isinstance(actual, bool)
    return has_nothing or any(one.what == "empty" for one in facts.shapes)
