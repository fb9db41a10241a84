"""Making values fit into the room that they get. Pure. What is cut is marked where it was."""

import re
from collections.abc import Iterable, Sequence
from typing import Any, Final

from flows.language import jsontext

CHARS_PER_TOKEN: Final = 3  # a guess on the safe side: a call that counts would cost a round trip
MOST_CHARS: Final = 12_000 * CHARS_PER_TOKEN
# Of the whole, in hundredths: the failed step, what it consumed, how it differs from the last pass, history, the rest.
FAILED_STEP, CONSUMED, DIFFERENCES, HISTORY, REST = 40, 20, 20, 10, 10
LEAST: Final = 80  # characters: a mark always fits
FIRST_ITEMS: Final = 2
HTML_HEAD: Final = 1_000
_ERRORS: Final = re.compile(
    r"error|exception|fail|fatal|denied|refused|timed? ?out|unavailable|invalid|traceback|caused by", re.I
)
_TITLE: Final = re.compile(r"<title[^>]*>(.*?)</title>", re.I | re.S)

Path = tuple[str, ...]


def room_of(share: int) -> int:
    return MOST_CHARS * share // 100


def tokens_in(text: str) -> int:
    """About."""
    return -(-len(text) // CHARS_PER_TOKEN)


def fitted(value: Any, room: int, *, keep: Iterable[Path] = ()) -> Any:
    """`value`, or as much of it as its JSON has room for; what `keep` names, and what stands beside it, goes first."""
    return _fitted(value, max(room, LEAST), [tuple(path) for path in keep if path])


def _fitted(value: Any, room: int, keep: Sequence[Path]) -> Any:
    size = len(jsontext.dumps(value))
    if size <= room:
        return value
    if isinstance(value, str):
        return excerpt(value, room)
    if isinstance(value, dict) and room >= LEAST:
        return _object(value, room, keep)
    if isinstance(value, list) and room >= LEAST:
        return _list(value, room, keep)
    return f"[cut: {size} characters]"


def _object(value: dict[str, Any], room: int, keep: Sequence[Path]) -> dict[str, Any]:
    first = {path[0] for path in keep}
    names = sorted(value, key=lambda name: name not in first)  # stable: else as they come
    left, made, skipped = room - LEAST, dict[str, Any](), 0
    for at, name in enumerate(names):
        cost = len(jsontext.dumps(name)) + 2
        inner = [path[1:] for path in keep if path[0] == name and len(path) > 1]
        share = left - cost if name in first else (left // max(1, min(len(names) - at, 8))) - cost
        size = len(jsontext.dumps(value[name]))
        if min(size, share) + cost > left or (share < LEAST and size > share):
            skipped += 1
            continue
        made[name] = _fitted(value[name], max(share, 0), inner)
        left -= len(jsontext.dumps(made[name])) + cost
    shown = {name: made[name] for name in value if name in made}
    return {**shown, "[cut]": f"{skipped} of {len(value)} keys"} if skipped else shown


def _list(value: list[Any], room: int, keep: Sequence[Path]) -> list[Any]:
    """The first two, and those that `keep` names; then how many there are."""
    wanted = {int(path[0]) for path in keep if path[0].isdigit() and int(path[0]) < len(value)}
    chosen = sorted({*range(min(FIRST_ITEMS, len(value))), *sorted(wanted)[:4]})
    left, made = room - LEAST, list[Any]()
    for at, index in enumerate(chosen):
        share = left // (len(chosen) - at) - 1
        if share < LEAST // 2:
            break
        inner = [path[1:] for path in keep if path[0] == str(index) and len(path) > 1]
        item = _fitted(value[index], share, inner)
        left -= len(jsontext.dumps(item)) + 1
        made.append(item)
    return [*made, f"[cut: {len(made)} of {len(value)} items]"] if len(made) < len(value) else made


def excerpt(text: str, room: int) -> str:
    """The beginning of a text, the title of a page, and the lines that speak of errors."""
    mark = f"[cut: of {len(text)} characters]"
    room -= len(jsontext.dumps(mark))
    if room <= 0:
        return mark
    title = _TITLE.search(text[:20_000])
    head = text[:HTML_HEAD]
    lines = [line.strip()[:300] for line in text[HTML_HEAD : HTML_HEAD + 200_000].splitlines() if _ERRORS.search(line)]
    parts = [*([f"title: {title[1].strip()[:200]}"] if title else []), head, *dict.fromkeys(lines)]
    return f"{_within(chr(10).join(parts), room)}{mark}"


def _within(text: str, room: int) -> str:
    """As many characters as have room once they are escaped."""
    text = text[:room]
    while (size := len(jsontext.dumps(text)) - 2) > room:
        text = text[: max(0, len(text) - max(1, (size - room) // 6))]
    return text
