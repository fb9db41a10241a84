"""Values of Redis keys as JSON types, each kind as what it is."""

import base64
from collections.abc import Iterator
from typing import Any

from flows.language import jsontext
from workers.errors import TargetRefused
from workers.protocols.redis import RedisClient

MOST_ITEMS = 10_000  # of a list, sorted set or stream; more is cut, and said so
_MOST_BYTES = 64 * 1024 * 1024

_READERS: dict[
    str, tuple[tuple[Any, ...], tuple[Any, ...]]
] = {  # type -> (command for its size, command for its items)
    "string": (("STRLEN",), ("GET",)),
    "list": (("LLEN",), ("LRANGE", 0, MOST_ITEMS - 1)),
    "set": (("SCARD",), ("SMEMBERS",)),
    "hash": (("HLEN",), ("HGETALL",)),
    "zset": (("ZCARD",), ("ZRANGE", 0, MOST_ITEMS - 1, "WITHSCORES")),
    "stream": (("XLEN",), ("XRANGE", "-", "+", "COUNT", MOST_ITEMS)),
}


def read(client: RedisClient, key: str) -> dict[str, Any]:
    """`value`, `type`, `ttl`, `exists`, `json` and `truncated` of a key. Raises StepError or Aborted."""
    kind = client.call("TYPE", key).decode("ascii")
    absent = {"value": None, "json": None, "exists": False, "type": "none", "ttl": None, "truncated": False}
    if kind == "none":
        return absent
    if kind not in _READERS:
        raise TargetRefused(f"The key {key} holds a value of type {kind}, which cannot be read", code="wrongtype")
    size_command, read_command = _READERS[kind]
    size, ttl = client.call_all([_with_key(size_command, key), ("PTTL", key)])
    if kind in ("string", "set", "hash") and size > (_MOST_BYTES if kind == "string" else 10 * MOST_ITEMS):
        unit = "bytes" if kind == "string" else "members"
        raise TargetRefused(f"The key {key} holds {size} {unit}, too many to read", code="too_large")
    raw = client.call(*_with_key(read_command, key))
    if not raw and raw != b"":
        return absent  # it expired in between
    return {
        "value": _value(kind, raw),
        "json": _parsed(raw) if kind == "string" else None,
        "exists": True,
        "type": kind,
        "ttl": None if ttl < 0 else seconds(ttl),
        "truncated": kind in ("list", "zset", "stream") and size > MOST_ITEMS,
    }


def text(raw: bytes) -> str:
    """Bytes as text; what is not UTF-8 as base64."""
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return base64.b64encode(raw).decode("ascii")


def stored(value: Any) -> str:
    """What `redis_set` writes: text as it is, anything else as JSON."""
    return value if isinstance(value, str) else jsontext.dumps(value)


def seconds(milliseconds: int) -> float | int:
    return milliseconds // 1000 if milliseconds % 1000 == 0 else milliseconds / 1000


def _value(kind: str, raw: Any) -> Any:
    if kind == "string":
        return text(raw)
    if kind == "list":
        return [text(item) for item in raw]
    if kind == "set":
        return sorted(text(item) for item in raw)
    if kind == "hash":
        return {text(name): text(value) for name, value in _pairs(raw)}
    if kind == "zset":
        return [{"member": text(member), "score": _score(score)} for member, score in _pairs(raw)]
    return [
        {"id": text(entry), "fields": {text(name): text(value) for name, value in _pairs(fields)}}
        for entry, fields in raw
    ]


def _parsed(raw: bytes) -> Any:
    try:
        return jsontext.loads(raw.decode("utf-8"))
    except (UnicodeDecodeError, jsontext.NotJson):
        return None


def _score(raw: bytes) -> Any:
    number = float(raw)
    if number in (float("inf"), float("-inf")):
        return raw.decode("ascii")
    return int(number) if number.is_integer() and abs(number) < 2**53 else number


def _pairs(flat: list[bytes]) -> Iterator[tuple[bytes, bytes]]:
    items = iter(flat)
    return zip(items, items, strict=True)


def _with_key(command: tuple[Any, ...], key: str) -> tuple[Any, ...]:
    return (command[0], key, *command[1:])
