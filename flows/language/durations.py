"""Durations: `300ms`, `2s`, `1m30s`, `1.5h`, or a number of seconds."""

import math
import re
from decimal import Decimal
from typing import Annotated, Any

from pydantic import BeforeValidator, WithJsonSchema

_UNITS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0}
_PART = re.compile(r"([0-9]+(?:\.[0-9]*)?|\.[0-9]+)[ \t]*(ms|s|m|h)[ \t]*")
_NUMBER = re.compile(r"[0-9]+(\.[0-9]*)?|\.[0-9]+")
_LONGEST_TEXT = 64
_LONGEST = 366 * 24 * 3600.0  # beyond it nobody meant it, and the arithmetic of databases overflows
_ADVICE = "Write 300ms, 2s, 1m30s, 1.5h or a number of seconds."


class BadDuration(ValueError):
    """What was given is no duration; the message says what would be one."""


def parse_duration(value: Any) -> float:
    """Seconds: finite, not negative. Raises BadDuration."""
    if isinstance(value, str):
        seconds = _seconds_in(value)
    elif isinstance(value, int | float | Decimal) and not isinstance(value, bool):
        seconds = _as_float(value)
    else:
        raise BadDuration(f"{_shown(value)} is not a duration. {_ADVICE}")
    if seconds < 0:
        raise BadDuration(f"{_shown(value)} is not a duration: it is negative. {_ADVICE}")
    if not seconds <= _LONGEST:  # NaN is not
        raise BadDuration(f"{_shown(value)} is not a duration: it is longer than a year. {_ADVICE}")
    return seconds


def format_duration(seconds: float) -> str:
    """The shortest text that `parse_duration` reads as `seconds`, to the millisecond: `1m30s`, `250ms`."""
    milliseconds = round(seconds * 1000)
    if milliseconds == 0:
        return "0s"
    parts = []
    for unit, size in (("h", 3_600_000), ("m", 60_000), ("s", 1000), ("ms", 1)):
        count, milliseconds = divmod(milliseconds, size)
        if count:
            parts.append(f"{count}{unit}")
    return "".join(parts)


def _seconds_in(written: str) -> float:
    text = written.strip()
    if 0 < len(text) <= _LONGEST_TEXT:
        if _NUMBER.fullmatch(text.removeprefix("+")):
            return float(text)
        total, at = 0.0, 0
        while part := _PART.match(text, at):
            total += float(part[1]) * _UNITS[part[2]]
            at = part.end()
        if at == len(text):
            return round(total, 9)
        if text.startswith("-") and _NUMBER.match(text, 1):
            raise BadDuration(f"{_shown(written)} is not a duration: it is negative. {_ADVICE}")
    raise BadDuration(f"{_shown(written)} is not a duration. {_ADVICE}")


def _as_float(value: int | float | Decimal) -> float:
    try:
        return float(value)
    except OverflowError:
        return math.inf


def _shown(value: Any) -> str:
    if isinstance(value, str):
        return f'"{value}"' if len(value) <= _LONGEST_TEXT else f"A text of {len(value)} characters"
    if isinstance(value, bool):
        return "true" if value else "false"
    if value is None:
        return "null"
    if isinstance(value, int | float | Decimal):
        return f"{value:.12g}" if not isinstance(value, int) or abs(value) < 10**15 else "The number"
    return "A list" if isinstance(value, list | tuple) else "An object" if isinstance(value, dict) else "The value"


_JSON_SCHEMA = {"anyOf": [{"type": "number", "minimum": 0}, {"type": "string", "minLength": 1}]}

Duration = Annotated[float, BeforeValidator(parse_duration), WithJsonSchema(_JSON_SCHEMA)]
