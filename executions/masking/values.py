"""Finds known secret values, in any of their forms, in one pass over a text."""

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Final

from ahocorasick_rs import AhoCorasick

from executions.masking.forms import forms_of
from executions.masking.marks import MARK, OPENING, mark

_CHUNK: Final = 1 << 18  # characters searched at a time, so that a text of nothing but secrets needs little memory
_SURROGATES: Final = re.compile(r"[\ud800-\udfff]")

Secrets = tuple[tuple[str, str], ...]  # (name, value)
Span = tuple[int, int, int]  # start, end, which pattern


def find_all(automaton: AhoCorasick, text: str, *, overlapping: bool) -> list[tuple[int, int, int]]:
    """(pattern, start, end) of each match. Lone surrogates, which the automaton cannot read, match only each other."""
    try:
        return automaton.find_matches_as_indexes(text, overlapping)
    except UnicodeEncodeError:
        return automaton.find_matches_as_indexes(_searchable(text), overlapping)


def matches_in(
    automaton: AhoCorasick, text: str, *, longest: int, overlapping: bool = False
) -> Iterable[tuple[int, int, int]]:
    """The same, a part of the text at a time; a match at a seam may come twice."""
    if len(text) <= _CHUNK:
        return find_all(automaton, text, overlapping=overlapping)
    return (
        (pattern, at + start, at + end)
        for at in range(0, len(text), _CHUNK)
        for pattern, start, end in find_all(automaton, text[at : at + _CHUNK + longest - 1], overlapping=overlapping)
        if start < _CHUNK
    )


def _searchable(text: str) -> str:
    return _SURROGATES.sub("\ufffd", text)


@lru_cache(maxsize=64)
def finder_for(secrets: Secrets) -> "ValueFinder":
    """The finder for these secrets; building one costs milliseconds, and each step of an execution asks again."""
    return ValueFinder(secrets)


class ValueFinder:
    """Replaces the values of some secrets by their marks. Immutable."""

    def __init__(self, secrets: Secrets) -> None:
        patterns: dict[str, str] = {}
        for name, value in secrets:  # values as they are come first: they name a text better than another's encoding
            patterns.setdefault(_searchable(value), mark(name))
        for name, value in secrets:
            for form in forms_of(value):
                patterns.setdefault(_searchable(form), mark(name))
        self._marks = list(patterns.values())
        self._known = frozenset(self._marks)
        self._longest = max(map(len, patterns), default=0)
        self._shortest = min(map(len, patterns), default=1)
        self._automaton = AhoCorasick(patterns)

    def has_any(self, text: str) -> bool:
        return len(text) >= self._shortest and bool(find_all(self._automaton, text, overlapping=False))

    def mask(self, text: str) -> str:
        """`text` with every secret value replaced; the same object when there is none. Known marks are left alone."""
        if not self.has_any(text):
            return text
        if OPENING not in text:
            return self._replace(text)
        pieces: list[str] = []
        end = 0
        for match in MARK.finditer(text):
            if match.group() in self._known:
                pieces += (self._replace(text[end : match.start()]), match.group())
                end = match.end()
        pieces.append(self._replace(text[end:]))
        return "".join(pieces)

    def _replace(self, text: str) -> str:
        pieces: list[str] = []
        end = 0
        for start, stop, pattern in self._regions(text):
            pieces += (text[end:start], self._marks[pattern])
            end = stop
        return "".join((*pieces, text[end:])) if pieces else text

    def _regions(self, text: str) -> Iterator[Span]:
        """Overlapping matches joined, so that no tail of one secret shows beside another; the longest names it."""
        region: Span | None = None
        longest = 0
        for start, stop, pattern in self._spans(text):
            if region is None or start >= region[1]:
                if region is not None:
                    yield region
                region, longest = (start, stop, pattern), stop - start
                continue
            if stop - start > longest:
                region, longest = (region[0], region[1], pattern), stop - start
            region = (region[0], max(region[1], stop), region[2])
        if region is not None:
            yield region

    def _spans(self, text: str) -> Iterable[Span]:
        """Every match, in the order of where it starts."""
        found = matches_in(self._automaton, text, longest=self._longest, overlapping=True)
        return sorted((start, stop, pattern) for pattern, start, stop in found)
