"""Finds where a `${…}` or `{{…}}` ends: at its closer, at depth 0 and outside strings."""

import re

_DEFAULT = re.compile(r"\s*([^\W\d]|\$[^\W\d])[\w-]*(?:\.[\w-]+)*\s*:")
_OPENING = {"(": ")", "[": "]", "{": "}"}


def default_form(inside: str) -> tuple[str, str] | None:
    """(name, default text) when `inside` reads `NAME:text`, else None."""
    found = _DEFAULT.match(inside)
    if not found:
        return None
    name, text = found[0][:-1], inside[found.end() :]
    if name[:1].isspace():  # `{{ NAME:x }}` is padded for the eye
        text = text.strip()
    return name.strip(), text


def find_closer(source: str, begin: int, closer: str) -> int | None:
    """The offset of the closer of what begins at `begin`, or None if it is never closed."""
    in_default = _DEFAULT.match(source, begin) is not None
    found = _scan(source, begin, closer, strict=not in_default)
    if found is None and in_default:
        return _scan(source, begin, closer, strict=None)
    return found


def _scan(source: str, begin: int, closer: str, *, strict: bool | None) -> int | None:
    """`strict`: as an expression; False: as free text, where `it's` opens no string; None: no strings at all."""
    at, depth = begin, 0
    while at < len(source):
        char = source[at]
        if depth == 0 and source.startswith(closer, at):
            return at
        if char in "\"'" and strict is not None and (strict or not source[at - 1].isalnum()):
            end = _end_of_string(source, at)
            if end is None:
                return None
            at = end
            continue
        if char == "{" or (strict and char in _OPENING):
            depth += 1
        elif char == "}" or (strict and char in ")]"):
            depth = max(0, depth - 1)
        at += 1
    return None


def _end_of_string(source: str, at: int) -> int | None:
    quote, at = source[at], at + 1
    while at < len(source):
        if source[at] == "\\":
            at += 2
        elif source[at] == quote:
            return at + 1
        else:
            at += 1
    return None
