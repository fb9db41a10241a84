"""What differs from run to run without meaning anything. The rule is told to people in docs/comparing.md. Pure."""

import re
from collections.abc import Collection
from typing import Any, Final, Literal

from executions.comparing.differences import Difference

Reason = Literal["transport", "time", "id", "varies"]

# What carries a result and is not the result: how long, how large, under which number it was sent.
_TRANSPORT: Final = frozenset(("timing", "duration_ms", "elapsed_ms", "headers_all", "cookies", "size", "offset"))
_HEADERS: Final = re.compile(
    r"date|age|expires|last-modified|etag|set-cookie|content-length|server-timing|x-runtime|x-response-time|"
    r"traceparent|tracestate|.*(request|correlation|trace|span|transaction)-?id|cf-ray|via|x-cache.*|x-served-by|"
    r"x-ratelimit.*|ratelimit.*|retry-after|report-to|nel"
)
VERSION_HEADER: Final = re.compile(
    r"x-((service|app|api|server|deploy|image)-)?(version|revision|commit|build|release|sha)|x-git-(sha|commit)"
)
_KEY: Final = re.compile(r'(?:\.|^)(\w+)$|\["((?:[^"\\]|\\.)*)"\]$', re.ASCII)
_TURN: Final = re.compile(r"\[\d+\]")
_ID_NAME: Final = re.compile(r"(.*[_-])?(id|uuid|guid|nonce|token|etag|ref|reference)s?|.*[a-z](Id|ID|Uuid|Token)s?")
_TIME_NAME: Final = re.compile(
    r"(.*[_-])?(at|on|time|timestamp|ts|date|expires|iat|exp|nbf)|.*(At|Time|Date|Timestamp)"
)
_TIME: Final = re.compile(
    r"\d{4}-\d\d-\d\d([T ]\d\d:\d\d(:\d\d([.,]\d+)?)?\s?(Z|[+-]\d\d:?\d\d)?)?|"
    r"(Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d \S+"
)
_ID: Final = re.compile(
    r"[0-9a-fA-F]{8}-([0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}|[0-7][0-9A-HJKMNP-TV-Z]{25}|[0-9a-f]{16,}|[0-9A-F]{16,}"
)
_SECONDS: Final = range(10**9, 4 * 10**9)  # from 2001 on; and so in milliseconds


def reason_to_ignore(difference: Difference, varying: Collection[str] = ()) -> Reason | None:
    """Why the difference says nothing, if it does not. `varying`: what differs among earlier passing runs too."""
    key = key_of(difference.path)
    if _is_transport(difference.path, key):
        return "transport"
    if difference.kind != "changed":
        return "varies" if any_turn(difference.path) in varying else None
    left, right = difference.left, difference.right
    if _is_time(key, left) and _is_time(key, right):
        return "time"
    if _is_id(key, left) and _is_id(key, right) and type(left) is type(right):
        return "id"
    # Another kind of value is news, however often the value changes.
    is_alike = type(left) is type(right) or (_is_number(left) and _is_number(right))
    return "varies" if is_alike and any_turn(difference.path) in varying else None


def any_turn(path: str) -> str:
    """The path with every index left open."""
    return _TURN.sub("[*]", path)


def key_of(path: str) -> str:
    """The last name in a path; an item has the name of its list."""
    found = _KEY.search(_TURN.sub("", path))
    return (found[1] or found[2] or "") if found else ""


def _is_transport(path: str, key: str) -> bool:
    first = re.split(r"[.\[]", path, maxsplit=1)[0]
    if first in _TRANSPORT:
        return True
    if first in {"headers", "metadata", "trailers"}:
        return bool(_HEADERS.fullmatch(key.lower()) or VERSION_HEADER.fullmatch(key.lower()))
    return first == "messages" and key in {"offset", "timestamp", "partition"}


def _is_time(key: str, value: Any) -> bool:
    if isinstance(value, str):
        return bool(_TIME.fullmatch(value))
    is_moment = isinstance(value, int | float) and not isinstance(value, bool)
    return is_moment and bool(_TIME_NAME.fullmatch(key)) and (int(value) in _SECONDS or int(value) // 1000 in _SECONDS)


def _is_id(key: str, value: Any) -> bool:
    if isinstance(value, str):
        return bool(value) and bool(_ID.fullmatch(value) or _ID_NAME.fullmatch(key))
    return isinstance(value, int) and not isinstance(value, bool) and bool(_ID_NAME.fullmatch(key))


def _is_number(value: Any) -> bool:
    return not isinstance(value, bool) and not isinstance(value, str | dict | list) and value is not None
