"""What in a claim can be looked up: numbers, codes, names with dots or slashes, quoted words. Pure."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Final

_QUOTED: Final = re.compile(r"“([^”]+)”|\"([^\"]+)\"|`([^`]+)`|‘([^’]+)’|(?<![\w])'([^']+)'(?![\w])|«([^»]+)»")
_WORD: Final = re.compile(r"(?:[^\s,;()\[\]{}<>=\"'`“”‘’«»…]|(?<=\d),(?=\d{3}))+")
_NUMBER: Final = re.compile(
    r"([+-]?\d{1,3}(?:,\d{3})+(?:\.\d+)?|[+-]?\d+(?:\.\d+)?)(%|ms|s|x|×|th|st|nd|rd)?", re.IGNORECASE
)
_IN_TEXT: Final = re.compile(r"[+-]?\d{1,3}(?:,\d{3})+(?:\.\d+)?|[+-]?\d+(?:\.\d+)?")
_REFERENCE: Final = re.compile(r"[CEG]\d{1,4}[a-z]?")
_KEY: Final = re.compile(r"[A-Za-z_]+")
_SPACE: Final = re.compile(r"\s+")
# Written with dots or slashes, and no names.
_PROSE: Final = frozenset(
    ("e.g", "i.e", "etc", "a.m", "p.m", "and/or", "n/a", "request/response", "read/write", "yes/no")
)
_FROM_MS = Decimal("0.001")
# What a value is multiplied with when it is said in this unit: shares as percent, milliseconds as seconds and back.
_UNITS: Final = {
    "%": Decimal(100), "percent": Decimal(100), "s": _FROM_MS, "sec": _FROM_MS, "second": _FROM_MS, "seconds": _FROM_MS,
    "ms": Decimal(1000), "milliseconds": Decimal(1000),
}  # fmt: skip


@dataclass(frozen=True)
class Known:
    """The text of cited evidence, ready to be asked."""

    text: str
    numbers: frozenset[Decimal]

    @classmethod
    def of(cls, *texts: str) -> "Known":
        whole = _flat(" ".join(texts))
        return cls(whole, frozenset(_numbers_in(whole)))

    def holds(self, words: str) -> bool:
        return _flat(words) in self.text

    def has_number(self, number: Decimal, unit: str = "") -> bool:
        """As it is there, rounded to as many places, or in the unit that follows it: 5 s of 5000, 80 % of 0.8."""
        factors = [Decimal(1), *([_UNITS[unit]] if unit in _UNITS else [])]
        places = max(0, -int(number.as_tuple().exponent))
        said = {value * factor for value in self.numbers for factor in factors}
        return number in said or number in {
            round(value, places) for value in said if value != value.to_integral_value()
        }


def unknown_words(text: str, known: Known, *, is_advice: bool = False) -> list[str]:
    """What of a claim is not in the evidence it cites. Advice may name numbers of its own, and keys without a place."""
    missing = [quoted for quoted in _quoted(text) if not known.holds(quoted)]
    words = _WORD.findall(_QUOTED.sub(" ", text))
    for at, raw in enumerate(words):
        word = raw.strip(".:!?*_~|/\\&#")
        following = words[at + 1].strip(".:!?").lower() if at + 1 < len(words) else ""
        if is_advice and (_NUMBER.fullmatch(word) or _KEY.fullmatch(word)):
            continue
        if word and not _is_known(word, following, known):
            missing.append(word)
    return list(dict.fromkeys(missing))


def _is_known(word: str, following: str, known: Known) -> bool:
    if _REFERENCE.fullmatch(word):
        return True  # whether it exists is asked elsewhere
    if found := _NUMBER.fullmatch(word):
        unit = (found[2] or following).lower()
        return known.has_number(_decimal(found[1]), unit)
    if word.lower() in _PROSE:
        return True
    is_name = any(char.isdigit() or char in "/_@." for char in word)
    if not is_name:
        return True
    return known.holds(word)


def _quoted(text: str) -> Iterator[str]:
    for found in _QUOTED.finditer(text):
        inside = next(part for part in found.groups() if part is not None).strip(" .,;:!?")
        if inside:
            yield inside


def _numbers_in(text: str) -> Iterator[Decimal]:
    for found in _IN_TEXT.findall(text):
        yield _decimal(found)
        yield abs(_decimal(found))  # 2026-11-30 holds 11, not only -11


def _decimal(text: str) -> Decimal:
    try:
        return Decimal(text.replace(",", ""))
    except InvalidOperation:
        return Decimal("NaN")


def _flat(text: str) -> str:
    """Alike whatever the case, the spaces and the backslashes of JSON."""
    return _SPACE.sub(" ", text.replace("\\", "")).casefold()
