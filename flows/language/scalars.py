"""What a plain YAML scalar is, by the core schema of YAML 1.2: `yes`, `on` and `2026-01-01` are text, `0123` is 123."""

import re
from decimal import Decimal
from typing import Any

_NULL = frozenset({"", "~", "null", "Null", "NULL"})
_BOOL = {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}
_INT = re.compile(r"[-+]?[0-9]+")
_OCTAL = re.compile(r"0o[0-7]+")
_HEX = re.compile(r"0x[0-9a-fA-F]+")
_FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE]([-+]?[0-9]+))?")
_NOT_A_NUMBER = re.compile(r"[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)")
_BEGINS_A_NUMBER = frozenset("+-.0123456789")

_MAX_DIGITS = 1000  # int() of more takes long, and from 4,300 on refuses
_MAX_EXPONENT = 1000

_PREFIX = "tag:yaml.org,2002:"


class BadScalar(Exception):
    """The value cannot be used; the message says why."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


def plain(text: str) -> Any:
    """The value of an unquoted scalar. Raises BadScalar."""
    if text in _NULL:
        return None
    if text in _BOOL:
        return _BOOL[text]
    if text[0] in _BEGINS_A_NUMBER:
        return _number(text)
    return text


def tagged(tag: str, text: str) -> Any:
    """The value of a scalar with a tag of the core schema. Raises BadScalar."""
    name = tag.removeprefix(_PREFIX)
    if name == "str":
        return text
    wanted: Any = {"null": type(None), "bool": bool, "int": int, "float": (int, float, Decimal)}.get(name)
    if tag == name or wanted is None:
        shown = tag if tag == name else f"!!{name}"
        raise BadScalar("unknown_tag", f"The tag {shown[:60]} is not read. Leave it out.")
    value = plain(text)
    if not isinstance(value, wanted) or (isinstance(value, bool) and name != "bool"):
        raise BadScalar("bad_value", f"This is not what its tag !!{name} says it is.")
    return float(value) if name == "float" and isinstance(value, int) else value


def _number(text: str) -> Any:
    if _INT.fullmatch(text):
        _refuse_long(text)
        return int(text)
    if match := _FLOAT.fullmatch(text):
        return _fraction(text, match[1])
    if _OCTAL.fullmatch(text):
        _refuse_long(text)
        return int(text[2:], 8)
    if _HEX.fullmatch(text):
        _refuse_long(text)
        return int(text[2:], 16)
    if _NOT_A_NUMBER.fullmatch(text):
        raise BadScalar("bad_value", f'{text} is no value a flow can carry. Put it in quotes for the text "{text}".')
    return text


def _fraction(text: str, exponent: str | None) -> float | Decimal:
    """A float, or a Decimal where a float would be another number."""
    _refuse_long(text)
    if exponent and (len(exponent) > 6 or abs(int(exponent)) > _MAX_EXPONENT):
        raise BadScalar("bad_value", f"The number {text[:60]} is out of range. Put it in quotes if it is text.")
    number, exact = float(text), Decimal(text)
    return number if Decimal(repr(number)) == exact else exact


def _refuse_long(text: str) -> None:
    if len(text) > _MAX_DIGITS:
        raise BadScalar(
            "bad_value",
            f"A number of {len(text):,} digits; {_MAX_DIGITS:,} are allowed. Put it in quotes if it is text.",
        )
