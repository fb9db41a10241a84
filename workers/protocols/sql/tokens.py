"""A query cut into code and what is not: strings, names, comments. Enough to bind parameters and to know a read."""

import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

_TOKEN = re.compile(
    r"""
      (?P<quoted> [eE]'(?:[^'\\]|\\.|'')*' | '(?:[^']|'')*' | "(?:[^"]|"")*" | `[^`]*` )
    | (?P<comment> --[^\n]* )
    | (?P<block> /\* )
    | (?P<dollar> \$(?:[A-Za-z_]\w*)?\$ )
    | (?P<number> \$\d+ )
    | (?P<colons> :: | := )
    | (?P<named> :[A-Za-z_]\w* )
    | (?P<question> \?\? | \?[|&]? )
    | (?P<word> [A-Za-z_\u0080-\uffff][\w$]* )
    | (?P<space> \s+ )
    | (?P<other> . )
    """,
    re.VERBOSE | re.DOTALL,
)

_DOLLAR = re.compile(r"(?=(\$(?:[A-Za-z_]\w*)?\$))")


@dataclass(frozen=True, slots=True)
class Token:
    kind: str  # quoted, comment, number, colons, named, question, word, space, other
    text: str


def tokens(query: str) -> Iterator[Token]:
    """Every character of `query`, in order: joining the texts gives it back."""
    position, dollars = 0, _dollar_quotes(query)
    while match := _TOKEN.match(query, position):
        kind, text = match.lastgroup or "other", match.group()
        if kind == "block":
            kind, text = "comment", query[position : _end_of_comment(query, position)]
        elif kind == "dollar":
            places = dollars[text]
            closing = bisect_left(places, match.end())
            found = closing < len(places)
            kind, text = ("quoted", query[position : places[closing] + len(text)]) if found else ("other", text)
        yield Token(kind, text)
        position += len(text)


def _dollar_quotes(query: str) -> dict[str, list[int]]:
    """Where each `$tag$` stands: looked up once, or a text full of openings would be searched again for every one."""
    places: dict[str, list[int]] = defaultdict(list)
    if "$" in query:
        for match in _DOLLAR.finditer(query):
            places[match.group(1)].append(match.start())
    return places


def _end_of_comment(query: str, start: int) -> int:
    """PostgreSQL's block comments nest."""
    depth = 0
    for match in re.compile(r"/\*|\*/").finditer(query, start):
        depth += 1 if match.group() == "/*" else -1
        if depth == 0:
            return match.end()
    return len(query)
