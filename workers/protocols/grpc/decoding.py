"""Messages as JSON values, by the rules of protobuf's own JSON mapping but for one: 64-bit integers are exact numbers.

Fields that know no absence show their default, `optional` ones and those of a `oneof` only when they are set. Enums are
names (a number without a name stays a number), bytes are base64, NaN and the infinities text.
"""

import base64
import math
import struct
from collections.abc import Callable
from typing import Any

from google.protobuf import json_format, message_factory
from google.protobuf.descriptor import FieldDescriptor
from google.protobuf.message import DecodeError

_TEXTUAL = frozenset({"google.protobuf.Timestamp", "google.protobuf.Duration", "google.protobuf.FieldMask"})
_MOST_OPENED = 20
_WRAPPERS = frozenset(
    f"google.protobuf.{name}Value"
    for name in ("Double", "Float", "Int64", "UInt64", "Int32", "UInt32", "Bool", "String", "Bytes")
)


class Reader:
    """Turns messages of one schema into JSON values."""

    def __init__(self, pool: Any, *, proto_names: bool = False) -> None:
        self._pool = pool
        self._proto_names = proto_names
        self._opened = 0  # Anys, each inside the one before
        self._special: dict[str, Callable[[Any], Any]] = {
            **dict.fromkeys(_TEXTUAL, self._text),
            **dict.fromkeys(_WRAPPERS, self._wrapped),
            "google.protobuf.Any": self._any,
            "google.protobuf.Struct": self._struct,
            "google.protobuf.Value": self._value,
            "google.protobuf.ListValue": self._list,
        }

    def read(self, message: Any) -> Any:
        """`message` as JSON types."""
        special = self._special.get(message.DESCRIPTOR.full_name)
        return special(message) if special is not None else self._fields(message)

    def _fields(self, message: Any) -> dict[str, Any]:
        shown: dict[str, Any] = {}
        for field in message.DESCRIPTOR.fields:
            if field.has_presence and not message.HasField(field.name):
                continue
            name = field.name if self._proto_names else field.json_name
            shown[name] = self._field(field, getattr(message, field.name))
        return shown

    def _field(self, field: Any, value: Any) -> Any:
        if not field.is_repeated:
            return self._one(field, value)
        if field.message_type is not None and field.message_type.GetOptions().map_entry:
            of = field.message_type.fields_by_name["value"]
            return {_key(key): self._one(of, value[key]) for key in value}
        return [self._one(field, item) for item in value]

    def _one(self, field: Any, value: Any) -> Any:
        if field.cpp_type == FieldDescriptor.CPPTYPE_MESSAGE:
            return self.read(value)
        if field.cpp_type == FieldDescriptor.CPPTYPE_ENUM:
            return self._enum(field.enum_type, value)
        if field.type == FieldDescriptor.TYPE_BYTES:
            return base64.b64encode(value).decode("ascii")
        if field.cpp_type == FieldDescriptor.CPPTYPE_FLOAT:
            return _number(_shortest(value))
        return _number(value) if isinstance(value, float) else value

    def _enum(self, enum: Any, number: int) -> Any:
        if enum.full_name == "google.protobuf.NullValue":
            return None
        found = enum.values_by_number.get(number)
        return found.name if found is not None else number

    def _text(self, message: Any) -> Any:
        try:
            return json_format.MessageToDict(message)
        except (ValueError, json_format.Error):  # out of range: shown as what was sent
            return self._fields(message)

    def _wrapped(self, message: Any) -> Any:
        return self._one(message.DESCRIPTOR.fields_by_name["value"], message.value)

    def _any(self, message: Any) -> Any:
        if not message.type_url:
            return {}
        plain = {"@type": message.type_url, "value": base64.b64encode(message.value).decode("ascii")}
        if self._opened == _MOST_OPENED:  # each is parsed by itself, so protobuf's own limit does not count them
            return plain
        try:
            kind = self._pool.FindMessageTypeByName(message.type_url.rpartition("/")[2])
            inner = message_factory.GetMessageClass(kind)()
            inner.ParseFromString(message.value)
        except (KeyError, DecodeError):  # a type that nothing describes
            return plain
        self._opened += 1
        read = self.read(inner)
        self._opened -= 1
        if kind.full_name in self._special:
            return {"@type": message.type_url, "value": read}
        return {"@type": message.type_url, **read}

    def _struct(self, message: Any) -> dict[str, Any]:
        return {name: self._value(message.fields[name]) for name in message.fields}

    def _list(self, message: Any) -> list[Any]:
        return [self._value(item) for item in message.values]

    def _value(self, message: Any) -> Any:
        kind = message.WhichOneof("kind")
        if kind is None or kind == "null_value":
            return None
        value = getattr(message, kind)
        if kind == "struct_value":
            return self._struct(value)
        if kind == "list_value":
            return self._list(value)
        if kind == "number_value":
            return int(value) if value.is_integer() and abs(value) < 2**53 else _number(value)
        return value


def _number(value: float) -> Any:
    if math.isfinite(value):
        return value
    return "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"


def _shortest(value: float) -> float:
    """A 32-bit float with as few digits as tell it apart: 0.1, not 0.10000000149011612."""
    if not math.isfinite(value):
        return value
    for digits in range(6, 9):
        shorter = float(f"{value:.{digits}g}")
        if struct.unpack("f", struct.pack("f", shorter))[0] == value:
            return shorter
    return value


def _key(key: Any) -> str:
    return str(key).lower() if isinstance(key, bool) else str(key)
