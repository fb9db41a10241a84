"""Values inside sentences. A text is shown whole or not at all: half a secret could not be recognised and masked."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

import simplejson

from flows.language.values import is_missing, iso

_MAX_TEXT = 300


def shown(value: Any, *, most: int = 160) -> str:
    """`value` as JSON, shortened to about `most` characters by leaving out whole elements."""
    written, length = [], 0
    for piece in _pieces(value, depth=0):
        written.append(piece)
        length += len(piece)
        if length > max(most, _MAX_TEXT if isinstance(value, str) else 0):
            return "".join(written) + (" …" if isinstance(value, list | dict) else "")
    return "".join(written)


def _pieces(value: Any, depth: int) -> Iterator[str]:
    if is_missing(value):
        yield "missing"
    elif isinstance(value, str):
        yield _quoted(value)
    elif isinstance(value, datetime):
        yield iso(value)
    elif depth > 20:
        yield "…"
    elif isinstance(value, Mapping):
        yield from _object_pieces(value, depth)
    elif isinstance(value, list | tuple):
        yield from _list_pieces(value, depth)
    else:
        yield simplejson.dumps(value, use_decimal=True)


def _object_pieces(value: Mapping[Any, Any], depth: int) -> Iterator[str]:
    yield "{"
    for index, (key, item) in enumerate(value.items()):
        yield f"{', ' if index else ''}{_quoted(str(key))}: "
        yield from _pieces(item, depth + 1)
    yield "}"


def _list_pieces(value: list[Any] | tuple[Any, ...], depth: int) -> Iterator[str]:
    yield "["
    for index, item in enumerate(value):
        if index:
            yield ", "
        yield from _pieces(item, depth + 1)
    yield "]"


def _quoted(text: str) -> str:
    if len(text) > _MAX_TEXT:
        return f"‹text of {len(text)} characters›"
    return simplejson.dumps(text, ensure_ascii=False)
