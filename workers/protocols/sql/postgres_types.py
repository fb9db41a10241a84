"""PostgreSQL's values as JSON types and Decimal: NUMERIC exact, dates and UUIDs as text, JSON as it is."""

import base64
import re
from decimal import Decimal
from typing import Any

import psycopg
from psycopg.adapt import AdaptersMap, Buffer, Loader
from psycopg.types.json import Jsonb

from flows.language import jsontext

_OFFSET = re.compile(r"[+-]\d\d$")


class _Text(Loader):
    def load(self, data: Buffer) -> Any:
        return bytes(data).decode("utf-8", "replace")


class _Timestamp(Loader):
    """ISO 8601 as JSON APIs write it: `2024-01-31T10:00:00+00:00`."""

    def load(self, data: Buffer) -> Any:
        text = bytes(data).decode("ascii").replace(" ", "T", 1) if bytes(data)[:1].isdigit() else bytes(data).decode()
        return f"{text}:00" if "T" in text and _OFFSET.search(text[11:]) else text


class _Number(Loader):
    def load(self, data: Buffer) -> Any:
        number = Decimal(bytes(data).decode("ascii"))
        return number if number.is_finite() else bytes(data).decode("ascii")


class _Bytes(Loader):
    def load(self, data: Buffer) -> Any:
        text = bytes(data)
        raw = bytes.fromhex(text[2:].decode("ascii")) if text[:2] == b"\\x" else text
        return base64.b64encode(raw).decode("ascii")


class _Json(Loader):
    def load(self, data: Buffer) -> Any:
        return jsontext.loads(bytes(data))


def _adapters() -> AdaptersMap:
    adapters = AdaptersMap(psycopg.adapters)
    for name in ("date", "time", "timetz", "interval", "uuid", "inet", "cidr", "record"):
        adapters.register_loader(name, _Text)
    for name in ("timestamp", "timestamptz"):
        adapters.register_loader(name, _Timestamp)
    for kind in ("int4", "int8", "num", "date", "ts", "tstz"):
        adapters.register_loader(f"{kind}range", _Text)
        adapters.register_loader(f"{kind}multirange", _Text)
    for name in ("json", "jsonb"):
        adapters.register_loader(name, _Json)
    adapters.register_loader("numeric", _Number)
    adapters.register_loader("bytea", _Bytes)
    return adapters


ADAPTERS = _adapters()


def adapted(value: Any) -> Any:
    """A parameter as psycopg sends it: objects, and lists that hold any, as JSON; other lists as arrays."""
    if isinstance(value, dict) or (isinstance(value, list) and any(isinstance(item, dict | list) for item in value)):
        return Jsonb(value, dumps=jsontext.dumps)
    return value
