"""JSON values as messages. Whatever does not fit is named with its place, before anything is sent."""

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from google.protobuf import json_format
from google.protobuf.descriptor import FieldDescriptor

from flows.language.problems import nearest
from workers.errors import StepMisconfigured

_MOST_DIGITS = 400  # more than the largest double has
_DEEPEST = 100


def to_message(value: Any, kind: Any, pool: Any, place: str) -> Any:
    """A message of the class `kind`. Numbers and texts of numbers both do for 64-bit integers.

    Raises StepMisconfigured (`bad_request`) with the nearest name for a field, or a value of an enum, there is not.
    """
    value = _plain(value, place, 0)
    _check(value, kind.DESCRIPTOR, place)
    message = kind()
    try:
        json_format.ParseDict(value, message, descriptor_pool=pool, max_recursion_depth=_DEEPEST)
    except json_format.ParseError as exc:
        said = re.sub(r"(?: at '?\S*'?)?\.?$", "", str(exc).partition("\n")[0])
        raise _bad(place, f"does not fit {kind.DESCRIPTOR.full_name}: {said}") from exc
    except (TypeError, ValueError, AttributeError, RecursionError) as exc:
        raise _bad(place, f"does not fit {kind.DESCRIPTOR.full_name}") from exc
    return message


def _plain(value: Any, place: str, depth: int) -> Any:
    """`value` without Decimals: json_format would cut their fractions off."""
    if depth > _DEEPEST:
        raise _bad(place, f"is nested deeper than {_DEEPEST} levels")
    if isinstance(value, Decimal):
        if not value.is_finite() or value.adjusted() > _MOST_DIGITS:
            raise _bad(place, "is not a number that a message can hold")
        return int(value) if value == value.to_integral_value() else float(value)
    if isinstance(value, Mapping):
        return {str(name): _plain(item, f"{place}.{name}", depth + 1) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item, f"{place}[{index}]", depth + 1) for index, item in enumerate(value)]
    return value


def _check(value: Any, descriptor: Any, place: str) -> None:
    """Names of fields and of enum values; what a value may be is json_format's to say."""
    if descriptor.full_name.startswith("google.protobuf."):
        return  # these have a JSON form of their own
    if not isinstance(value, dict):
        raise _bad(place, f"is {_kind(value)}; {descriptor.full_name} wants an object")
    for name, item in value.items():
        field = _field(descriptor, name)
        if field is None:
            raise _bad(
                place, f"has the field {name}, which {descriptor.full_name} does not know.{_hint(name, descriptor)}"
            )
        _check_field(item, field, f"{place}.{name}")


def _check_field(value: Any, field: Any, place: str) -> None:
    if value is None:
        return
    if field.is_repeated and _is_map(field):
        inner = field.message_type.fields_by_name["value"]
        if isinstance(value, dict):
            for key, item in value.items():
                _check_one(item, inner, f"{place}.{key}")
    elif field.is_repeated:
        if not isinstance(value, list):
            raise _bad(place, f"is {_kind(value)}; {field.full_name} is repeated and wants a list")
        for index, item in enumerate(value):
            _check_one(item, field, f"{place}[{index}]")
    else:
        _check_one(value, field, place)


def _check_one(value: Any, field: Any, place: str) -> None:
    if field.cpp_type == FieldDescriptor.CPPTYPE_MESSAGE:
        _check(value, field.message_type, place)
    elif field.cpp_type == FieldDescriptor.CPPTYPE_ENUM and isinstance(value, str):
        names = field.enum_type.values_by_name
        if value not in names and not value.lstrip("-").isdigit():
            found = nearest(value, names)
            hint = f" The nearest is {found}." if found else ""
            raise _bad(place, f"is {value[:50]!r}, which {field.enum_type.full_name} does not know.{hint}")


def _field(descriptor: Any, name: str) -> Any:
    found = descriptor.fields_by_name.get(name) or descriptor.fields_by_camelcase_name.get(name)
    return found or next((field for field in descriptor.fields if field.json_name == name), None)


def _is_map(field: Any) -> bool:
    return field.message_type is not None and field.message_type.GetOptions().map_entry


def _hint(name: str, descriptor: Any) -> str:
    names = [field.name for field in descriptor.fields]
    found = nearest(name, names)
    if found:
        return f" The nearest is {found}."
    return f" It has {', '.join(names[:20])}." if names else " It has no fields."


def _kind(value: Any) -> str:
    if value is None:
        return "null"
    for kind, shown in ((bool, "a boolean"), (str, "text"), (int | float, "a number"), (list, "a list")):
        if isinstance(value, kind):
            return shown
    return "an object"


def _bad(place: str, what: str) -> StepMisconfigured:
    return StepMisconfigured(f"{place} {what}", code="bad_request")
