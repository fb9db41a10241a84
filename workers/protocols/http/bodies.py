"""Bodies of HTTP messages as typed values, and back."""

import base64
from collections.abc import Mapping
from email.message import Message
from functools import lru_cache
from typing import Any

from flows.language import jsontext

_MAYBE_JSON = ("", "text/plain", "application/octet-stream", "text/json", "text/javascript", "application/javascript")


@lru_cache(maxsize=128)
def media_type(content_type: str | None) -> tuple[str, str | None]:
    """`application/json; charset=utf-8` as (`application/json`, `utf-8`)."""
    message = Message()
    message["Content-Type"] = content_type or ""
    charset = message.get_param("charset")
    kind = (content_type or "").partition(";")[0].strip().lower()
    return kind, charset if isinstance(charset, str) else None


def is_json(kind: str) -> bool:
    return kind == "application/json" or kind.endswith(("+json", "/json"))


def decode(content: bytes, content_type: str | None) -> tuple[Any, str]:
    """The value of a body and how it was read: `json`, `text` or `base64`.

    What says it is JSON is parsed, and so is an object or list that a server sent as plain text or without a type.
    """
    kind, charset = media_type(content_type)
    text = _as_text(content, kind, charset)
    if text is None:
        return base64.b64encode(content).decode("ascii"), "base64"
    if is_json(kind) or (kind in _MAYBE_JSON and text.lstrip()[:1] in ("{", "[")):
        try:
            return jsontext.loads(text), "json"
        except jsontext.NotJson:
            pass
    return text, "text"


def _as_text(content: bytes, kind: str, charset: str | None) -> str | None:
    if charset:
        try:
            return content.decode(charset)
        except (LookupError, UnicodeDecodeError):
            pass
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", "replace") if kind.startswith("text/") else None
    return None if "\x00" in text and not kind.startswith("text/") else text


def text_of(value: Any) -> str:
    """A scalar as it stands in a header, a form or a query string."""
    return value if isinstance(value, str) else jsontext.dumps(value)


def pairs_of(values: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Names with one text each; a list gives its name several times, null gives nothing."""
    pairs: list[tuple[str, str]] = []
    for name, value in values.items():
        several = value if isinstance(value, list) else [value]
        pairs += [(name, text_of(one)) for one in several if one is not None]
    return pairs
