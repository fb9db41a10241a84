"""Passwords in the user part of URLs and DSNs: `postgresql://shop:PASSWORD@db/orders`."""

import re
from typing import Final

from executions.masking.marks import OPENING

_AUTHORITY: Final = re.compile(r"""[^\s/?#"<>]*+""")
# A password with a raw `/`, `?` or `#`: wrong in a URL, yet some database drivers take it.
_LOOSE: Final = re.compile(r"""[^\s"<>]{0,768}+""")
_NOT_IN_USER: Final = re.compile(r"[/?#@]")
_PORT: Final = re.compile(r"\d{1,5}(?:[^\d]|$)")
_WEB: Final = re.compile(r"(?:https?|wss?|ftp|file)$", re.IGNORECASE)


def password_span(text: str, at: int) -> tuple[int, int] | None:
    """Where the password stands in the URL whose `://` is at `at`, if it has one."""
    start = at + len("://")
    strict = _AUTHORITY.match(text, start)
    end = strict.end() if strict else start
    arroba = text.rfind("@", start, end)
    colon = _colon_after_user(text, start, arroba)
    if arroba < 0 and not _WEB.search(text[max(0, at - 5) : at]):
        loose = _LOOSE.match(text, start)
        arroba = text.find("@", start, loose.end() if loose else start)
        if arroba >= 0 and (rest := _AUTHORITY.match(text, arroba)):
            arroba = text.rfind("@", arroba, rest.end())
        colon = _colon_after_user(text, start, arroba)
        if colon >= 0 and (_PORT.match(text, colon + 1, arroba) or _NOT_IN_USER.search(text, start, colon)):
            return None
    return (colon + 1, arroba) if 0 <= colon < arroba - 1 else None


def _colon_after_user(text: str, start: int, end: int) -> int:
    """The first colon that is not part of a mark, or -1."""
    colon = text.find(":", start, max(start, end))
    while colon >= 0 and text.startswith(OPENING, colon + 1 - len(OPENING)):
        closing = text.find("›", colon, end)
        colon = text.find(":", closing, end) if closing >= 0 else -1
    return colon
