"""What stands after a secret name in free text: `password=x`, `"token": "x"`, `Cookie: x`, `<secret>x</secret>`, …"""

import re
from collections.abc import Callable, Iterator
from typing import Final

from executions.masking.headers import mask_under
from executions.masking.marks import is_masked
from executions.masking.names import STRONG, is_secret_name, words
from executions.masking.quoted import QUOTE, end_of_quoted, leaves_of_json

Replacement = tuple[int, int, str]  # start, end, what to put there
Span = tuple[int, int, str]  # start, end, quotes to put around the mark

_REACH: Final = 64  # characters a name is followed in each direction from the word that gave it away
_NAME_ON: Final = re.compile(rf"[\w.-]{{0,{_REACH}}}+")
_AFTER: Final = re.compile(
    rf"""(?P<close>(?:{QUOTE})?(?:\]|%5[Dd])?)\s{{0,8}}+
    (?P<sep>===?|!==?|=>|:=|[=:]|%3[AaDd]|\)=\()
    (?P<gap>\s{{0,8}}+)(?P<open>b?(?:{QUOTE}))?""",
    re.VERBOSE,
)
_QUOTED_NEXT: Final = re.compile(r"\s{1,8}+(?P<open>')")  # SQL: PASSWORD 'x'
_ELEMENT: Final = re.compile(r"[^<>]{0,256}+>(?:<!\[CDATA\[)?(?P<value>[^<\]]++)")
_BEARER: Final = re.compile(r"\s{1,4}+(?P<value>(?=[\w.~+/=-]{0,80}[\d._~+/=]|[\w-]{20})[\w.~+/=-]{8,}+)")
# Never a possessive group: before 3.11.5 Python lets one match what its alternatives forbid.
_FORM_VALUE: Final = re.compile(r"""(?:[^\s&;"<>#'\\,]++|'(?![\s,;:.)\]}]|$)|,(?!\s)|\\\\|\\(?!["'nrt]))*""")
_ENCODED_VALUE: Final = re.compile(r"""(?:[^\s&;"<>#'%]++|%(?!26|3[Bb]|2[237]|0[AaDd]|7[Dd]))*""")
_WORD_VALUE: Final = re.compile(r"""(?:[^\s\\]++|\\\\|\\(?!["'nrt]))*""")
_DSN: Final = re.compile(r"(?:^|\s)(?:host|hostaddr|dbname|user|port|sslmode)\s?=")
_LINE_START: Final = re.compile(r"(?:^|[\n\r{,(;&>]|\\[nr])[\s-]{0,32}$")
# Not a secret but the place of one: SQL parameters, templates, nothings.
_PLACEHOLDER: Final = re.compile(
    r"\$\d+|\?|%s|%\(\w+\)s|\$\{[\w.\s-]*\}|\{\{[\w.\s-]*\}\}|null|none|nil|true|false|undefined|\*+", re.IGNORECASE
)
_TEMPLATE: Final = re.compile(r"\$\{[\w.\s-]{0,80}\}|\{\{[\w.\s-]{0,80}\}\}")
_TRAILING: Final = ")]},.;'"


def name_around(text: str, start: int, end: int) -> tuple[int, int]:
    """The whole name around the word at `start:end`, escapes that only look like part of it left out."""
    first = start
    while first > 0 and start - first < _REACH and (text[first - 1].isalnum() or text[first - 1] in "_.-"):
        first -= 1
    if first > 0 and first < start and text[first - 1] == "\\" and text[first] in "nrt":
        first += 1
    elif first > 0 and start - first >= 2 and text[first - 1] == "%":
        first += 2
    on = _NAME_ON.match(text, end)
    last = on.end() if on else end
    while last > end and text[last - 1] in ".-":
        last -= 1
    return first, last


def replacements_after(
    text: str, first: int, last: int, mark_for: Callable[[str], str]
) -> tuple[list[Replacement], int]:
    """What to replace of the value that follows the name at `first:last`, and how far the text is settled by that.

    Nothing, if the name promises no secret.
    """
    name = text[first:last]
    if not is_secret_name(name):
        return [], last
    spans, settled = _spans_after(text, first, last, name)
    return list(_hidden(text, spans, name, mark_for)), max(settled, last)


def _hidden(text: str, spans: list[Span], name: str, mark_for: Callable[[str], str]) -> Iterator[Replacement]:
    for start, end, quote in spans:
        shown = text[start:end]
        if not shown or is_masked(shown) or _PLACEHOLDER.fullmatch(shown):
            continue
        hidden = mask_under(name, shown, mark_for(name))
        if hidden != shown:
            yield start, end, f"{quote}{hidden}{quote}"


def _spans_after(text: str, first: int, last: int, name: str) -> tuple[list[Span], int]:
    """The parts of the value that hold the secret, and where the value ends."""
    found = _AFTER.match(text, last)
    if found is None:
        return _one(_without_separator(text, first, last, name), last)
    close, separator, opening, at = found["close"], found["sep"], found["open"], found.end()
    if opening is not None:
        return _one((at, end_of_quoted(text, at, opening.removeprefix("b"))), at)
    if separator == ")=(":  # PostgreSQL: Key (token)=(abc) already exists.
        end = text.find(")", at)
        return _one((at, len(text) if end < 0 else end), at)
    if close and separator in (":", "=>") and not close.endswith(("]", "D", "d")):
        leaves, settled = leaves_of_json(text, at)
        return [(start, end, "" if quote else close) for start, end, quote in leaves], settled
    if separator in ("=", ":=") or separator[-1] in "Dd":
        return _one((at, _end_of_assigned(text, first, at, separator)), at)
    if separator == ":":
        return _one(_after_colon(text, first, at, name, has_gap=bool(found["gap"])), at)
    return [], at


def _one(span: tuple[int, int] | None, at: int) -> tuple[list[Span], int]:
    return ([(*span, "")], span[1]) if span else ([], at)


def _without_separator(text: str, first: int, last: int, name: str) -> tuple[int, int] | None:
    if first and (text[first - 1] == "<" or (text[first - 1] == ":" and _in_tag(text, first))):
        found = _ELEMENT.match(text, last)
    elif name.lower() == "bearer":
        found = _BEARER.match(text, last)
    else:
        opening = _QUOTED_NEXT.match(text, last)
        return (opening.end(), end_of_quoted(text, opening.end(), "'")) if opening else None
    return found.span("value") if found else None


def _in_tag(text: str, colon: int) -> bool:
    """Whether the name is a qualified tag: `<wsse:Password>`."""
    opening = text.rfind("<", max(0, colon - 32), colon)
    return opening >= 0 and text[opening + 1 : colon - 1].isalnum()


def _end_of_assigned(text: str, first: int, at: int, separator: str) -> int:
    if separator[0] == "%":
        pattern = _ENCODED_VALUE
    elif first == 0 or text[first - 1].isspace():
        pattern = _WORD_VALUE if _DSN.search(text[max(0, first - 300) : at + 300]) else _FORM_VALUE
    else:
        pattern = _FORM_VALUE
    return _trimmed(text, at, pattern)


def _trimmed(text: str, at: int, pattern: re.Pattern[str]) -> int:
    """The end of the value at `at`, brackets and stops that belong to the sentence around it left out."""
    template = _TEMPLATE.match(text, at)
    if template and not text[template.end() : template.end() + 1].isalnum():
        return at  # the place of a secret, not one
    found = pattern.match(text, at)
    end = found.end() if found else at
    while end > at and text[end - 1] in _TRAILING:
        end -= 1
    return end


def _after_colon(text: str, first: int, at: int, name: str, *, has_gap: bool) -> tuple[int, int] | None:
    if text.startswith("//", at):
        return None
    parts = words(name)
    at_line_start = _LINE_START.search(text[max(0, first - 40) : first]) is not None
    if parts[-1] in ("authorization", "cookie") or (at_line_start and "-" in name):
        return at, _end_of_line(text, first, at)
    is_strong = len(parts) > 1 or bool(STRONG.intersection(parts))
    if not is_strong and not (at_line_start and has_gap):
        return None  # "Unexpected token: }" hides nothing
    return at, _trimmed(text, at, _WORD_VALUE)


_LINE_END: Final = re.compile(r"[\r\n]|\\[rn]")


def _end_of_line(text: str, first: int, at: int) -> int:
    """Of a header; where it stands in quotes (`curl -H "Cookie: …"`), the closing one."""
    found = _LINE_END.search(text, at)
    end = found.start() if found else len(text)
    if first and text[first - 1] in "\"'":
        closing = text.find(text[first - 1], at, end)
        if closing >= 0:
            return closing - _escape_before(text, closing)
    return end


def _escape_before(text: str, quote: int) -> int:
    return 1 if text[quote - 1] == "\\" else 0
