"""Finds the places in free text where secrets stand, known or not: after secret names, in URLs, as keys and JWTs.

One pass of an automaton over the text in lower case gives hints; only around a hint is anything looked at more closely,
so that text without one costs next to nothing and no text costs more than its length.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache
from typing import Final

from ahocorasick_rs import AhoCorasick

from executions.masking.assignments import Replacement, name_around, replacements_after
from executions.masking.marks import MARK, is_masked
from executions.masking.names import HINTS
from executions.masking.urls import password_span
from executions.masking.values import find_all, matches_in

_URL: Final = "://"
_JWT: Final = "eyj"
_PEM: Final = "private key-----"
_PATTERNS: Final = (_URL, _JWT, _PEM, *HINTS)
_AUTOMATON: Final = AhoCorasick(_PATTERNS)
_SHORTEST: Final = min(map(len, _PATTERNS))
_LONGEST: Final = max(map(len, _PATTERNS))
_SHORT: Final = 40  # characters of a text worth remembering

_TOKEN: Final = re.compile(r"eyJ[\w-]{8,}+\.[\w-]{8,}+(?:\.[\w-]{16,}+){1,3}")
_TOKEN_RUN: Final = re.compile(r"[\w-]*+")
_ASCII_LOWER: Final = {upper: upper + 32 for upper in range(ord("A"), ord("Z") + 1)}

Hit = tuple[int, int, int]  # which pattern, start, end
MarkFor = Callable[[str], str]


def mask_places(text: str, mark_for: MarkFor) -> str:
    """`text` with what stands in secret places replaced; the same object when there is none."""
    if len(text) < _SHORTEST or (len(text) <= _SHORT and _is_known_harmless(text)):
        return text
    lower = text.lower()
    if len(lower) != len(text):  # a few letters have a longer lower case; places must stay where they are
        lower = text.translate(_ASCII_LOWER)
    hints = matches_in(_AUTOMATON, lower, longest=_LONGEST)
    if not hints:
        return text
    pieces: list[str] = []
    end = 0
    for start, stop, mark in _replacements(text, hints, mark_for):
        pieces += (text[end:start], mark)
        end = stop
    if not pieces:
        return text
    pieces.append(text[end:])
    return "".join(pieces)


@lru_cache(maxsize=4096)
def _is_known_harmless(text: str) -> bool:
    """Whether a short text has no hint. Keys, methods, levels, states: the same few hundred come with every step."""
    return not find_all(_AUTOMATON, text.lower(), overlapping=False)


def _replacements(text: str, hints: Iterable[Hit], mark_for: MarkFor) -> Iterator[Replacement]:
    """In order, never overlapping."""
    done = 0  # everything before is settled
    no_token_before = 0
    for pattern, start, stop in hints:
        if start < done:
            continue
        if pattern == 0:
            span = password_span(text, start)
            found = [(*span, mark_for("password"))] if span and not is_masked(text[slice(*span)]) else []
            done = span[1] if span else done
        elif pattern == 1:
            if start < no_token_before:
                continue
            found = list(_token(text, start, mark_for))
            no_token_before = _end_of_run(text, start)
        elif pattern == 2:
            found = list(_private_key(text, start, mark_for))
        elif start > 0 and text[start - 1] == "‹" and (mark := MARK.match(text, start - 1)):
            done = mark.end()
            continue
        else:
            first, last = name_around(text, start, stop)
            found, done = replacements_after(text, max(first, done), last, mark_for)
        yield from found
        if found:
            done = max(done, found[-1][1])


def _token(text: str, start: int, mark_for: MarkFor) -> Iterator[Replacement]:
    """A JWT is as good as a password until it expires."""
    found = _TOKEN.match(text, start)
    if found:
        yield start, found.end(), mark_for("jwt")


def _end_of_run(text: str, start: int) -> int:
    """No other `eyJ` of one run of letters begins a token where the first did not; trying each would be quadratic."""
    run = _TOKEN_RUN.match(text, start)
    return run.end() if run else start


def _private_key(text: str, at: int, mark_for: MarkFor) -> Iterator[Replacement]:
    """A PEM block, up to the end of the text if it was cut off."""
    start = text.rfind("-----BEGIN ", max(0, at - 40), at)
    if start < 0:
        return
    footer = text.find("-----END ", at)
    end = text.find("-----", footer + 9) if footer >= 0 else -1
    yield start, end + 5 if end >= 0 else len(text), mark_for("private_key")
