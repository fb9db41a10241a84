"""What is too long to send at once: its beginning, in its own shape, and any piece of the text of the rest."""

from dataclasses import dataclass
from typing import Any, Final, Literal

from executions.errors import NoSuchPlace
from flows.language import jsontext

SENT_AT_ONCE: Final = 64 * 1024  # characters of a part of a record
DEEPEST: Final = 12  # levels that are looked into for something short enough to send
RECORD: Final = 64  # members; an object of more is a table, of which the first rows are sent

Kind = Literal["text", "list", "object"]


@dataclass(frozen=True)
class Shortened:
    """A value of which only the beginning was sent: so many of its characters, items or members."""

    pointer: str
    kind: Kind
    shown: int
    total: int
    size: int  # characters of its whole text


@dataclass(frozen=True)
class Piece:
    """Characters of a value's text, from `offset` on."""

    text: str
    offset: int
    total: int

    @property
    def next(self) -> int | None:
        end = self.offset + len(self.text)
        return end if end < self.total else None


def shorten(value: Any, limit: int = SENT_AT_ONCE) -> tuple[Any, list[Shortened]]:
    """The beginning of `value`, and a note of everything that was left out.

    An object with few members keeps all of them, and the long ones share the room; of a list and of an object with many
    the first are kept. So what is sent has the shape of the whole, and its text about `limit` characters.
    """
    found: list[Shortened] = []
    return _beginning(value, _size(value), limit, "", found), found


def piece_of(value: Any, pointer: str, offset: int, limit: int) -> Piece:
    """A piece of the text of what `pointer` (RFC 6901) names: a text as it is, anything else as JSON.

    Raises NoSuchPlace.
    """
    text, _ = text_of(value, pointer)
    return Piece(text[offset : offset + limit], min(offset, len(text)), len(text))


def text_of(value: Any, pointer: str) -> tuple[str, bool]:
    """What `pointer` names as text, and whether it is one by itself; anything else is written as JSON.

    Raises NoSuchPlace.
    """
    node = _at(value, pointer)
    return (node, True) if isinstance(node, str) else (jsontext.dumps(node), False)


def _beginning(value: Any, size: int, limit: int, pointer: str, found: list[Shortened]) -> Any:
    if size <= limit or not value:  # of nothing there is no beginning, however small the room
        return value
    if isinstance(value, str):
        found.append(Shortened(pointer, "text", limit, size, size))
        return value[:limit]
    if isinstance(value, dict):
        return _of_object(value, size, limit, pointer, found)
    return _of_list(value, size, limit, pointer, found) if isinstance(value, list) else value


def _of_object(value: dict[str, Any], size: int, limit: int, pointer: str, found: list[Shortened]) -> dict[str, Any]:
    sizes = {key: _size(member) for key, member in value.items()}
    if len(value) <= RECORD and _depth(pointer) < DEEPEST:
        share = _share(list(sizes.values()), limit - sum(map(len, value)))
        return {
            key: _beginning(member, sizes[key], share, f"{pointer}/{_escaped(key)}", found)
            for key, member in value.items()
        }
    kept = _how_many([len(key) + len('"":') + of for key, of in sizes.items()], limit)
    if kept == len(value):  # only escapes made it longer
        return value
    found.append(Shortened(pointer, "object", kept, len(value), size))
    return dict(list(value.items())[:kept])


def _of_list(value: list[Any], size: int, limit: int, pointer: str, found: list[Shortened]) -> list[Any]:
    sizes = [_size(item) for item in value]
    kept = _how_many(sizes, limit)
    if kept == 0 and _depth(pointer) < DEEPEST:  # even the first is too long
        first = _beginning(value[0], sizes[0], limit, f"{pointer}/0", found)
        if len(value) > 1:
            found.append(Shortened(pointer, "list", 1, len(value), size))
        return [first]
    if kept == len(value):
        return value
    found.append(Shortened(pointer, "list", kept, len(value), size))
    return value[:kept]


def _share(sizes: list[int], limit: int) -> int:
    """What each may have at most, so that the short ones leave their room to the long ones."""
    room = max(limit, 0)
    for left, size in zip(range(len(sizes), 0, -1), sorted(sizes), strict=True):
        if size > room // left:
            return room // left
        room -= size
    return max(sizes, default=0)


def _how_many(sizes: list[int], limit: int) -> int:
    limit -= 1  # a bracket; the other one, and the commas, are counted with each
    for at, size in enumerate(sizes):
        limit -= size + 1
        if limit < 0:
            return at
    return len(sizes)


def _size(value: Any) -> int:
    return len(value) if isinstance(value, str) else len(jsontext.dumps(value))


def _depth(pointer: str) -> int:
    return pointer.count("/")


def _escaped(key: str) -> str:
    return key.replace("~", "~0").replace("/", "~1")


def _at(value: Any, pointer: str) -> Any:
    node = value
    for token in pointer.split("/")[1:]:
        key = token.replace("~1", "/").replace("~0", "~")
        try:
            node = node[int(key)] if isinstance(node, list) and key.isascii() and key.isdigit() else node[key]
        except (KeyError, IndexError, TypeError) as exc:
            raise NoSuchPlace(f"The record has nothing at {pointer}.") from exc
    return node
