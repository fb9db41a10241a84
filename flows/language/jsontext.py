"""Typed values as JSON text and back, without losing a digit.

Everything a flow handles is JSON plus `Decimal` (SQL's NUMERIC). Text is pure ASCII, so that NUL, lone surrogates and
other guests of real payloads survive any store. A number that a float cannot hold exactly as written comes back as
Decimal.
"""

from decimal import Decimal
from typing import Any

import simplejson

# Made once: simplejson.dumps makes one for every call that asks for anything but its defaults.
_ENCODER = simplejson.JSONEncoder(use_decimal=True, ensure_ascii=True, allow_nan=False, separators=(",", ":"))


class NotJson(ValueError):
    """The text is not JSON; the message says where."""


def dumps(value: Any) -> str:
    """`value` as compact ASCII JSON. Raises ValueError for NaN and infinities, TypeError for foreign types."""
    return _ENCODER.encode(value)


def loads(text: str | bytes) -> Any:
    """The value in `text`. Raises NotJson."""
    try:
        return simplejson.loads(text, parse_float=_number, parse_constant=_no_constant)
    except (ValueError, RecursionError) as exc:
        raise NotJson(str(exc)) from exc


def _number(text: str) -> float | Decimal:
    number = float(text)
    return number if repr(number) == text else Decimal(text)


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is not JSON")
