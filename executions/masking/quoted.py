"""Where a quoted text or a JSON value inside another text ends, however often the whole was escaped."""

import re
from typing import Final

# A quote as it looks in plain text, in JSON (any number of backslashes before it), in a URL and in HTML.
QUOTE: Final = r"""\\*+["']|%2[27]|&quot;|&\#(?:34|39|x27);|&apos;"""

_STRUCTURE: Final = re.compile(r"""\\*+"|[{}\[\]]|[^\s\\"{}\[\],:]++""")
_COLON: Final = re.compile(r"\s*+:")
_NUMBER: Final = re.compile(r"-?\d[\d.eE+-]*+")


def end_of_quoted(text: str, at: int, opening: str) -> int:
    """Where the quoted text that begins at `at` ends; the end of the text if it was cut off.

    A quote written with k backslashes is closed by one with k: quotes inside have more, written as 2k + 1 and up.
    """
    if opening[-1] not in "\"'":
        end = text.find(opening, at)
        return len(text) if end < 0 else end
    level = opening.count("\\")
    quote = opening[-1]
    search = at
    while (found := text.find(quote, search)) >= 0:
        backslashes = _backslashes_before(text, found, at)
        if level == 0 and quote == "'" and text.startswith("''", found) and backslashes == 0:
            search = found + 2  # SQL doubles them
            continue
        if backslashes < level or backslashes % (2 * (level + 1)) == level:
            return found - min(level, backslashes)
        search = found + 1
    return len(text)


def _backslashes_before(text: str, at: int, no_further: int) -> int:
    start = at
    while start > no_further and text[start - 1] == "\\":
        start -= 1
    return at - start


def leaves_of_json(text: str, at: int) -> tuple[list[tuple[int, int, str]], int]:
    """The leaves of the JSON value that begins at `at`, and where it ends.

    Of each text (start, end, opening quote), of each number (start, end, "").
    """
    leaves: list[tuple[int, int, str]] = []
    depth = 0
    while (found := _STRUCTURE.search(text, at)) is not None:
        piece, at = found.group(), found.end()
        if piece in "{[":
            depth += 1
        elif piece in "}]":
            depth -= 1
        elif piece[-1] == '"':
            start, end = at, end_of_quoted(text, at, piece)
            at = end + len(piece)
            if depth == 0 or not _COLON.match(text, at):
                leaves.append((start, end, piece))
        elif _NUMBER.fullmatch(piece):
            leaves.append((found.start(), at, ""))
        if depth <= 0:
            break
    return leaves, min(at, len(text))
