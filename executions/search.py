"""The search box of the executions list, taken apart: `status:failed flow:checkout -tag:smoke since:24h "timed out"`.

Words are separated by spaces, several values of one by commas (any of them), `-` turns a word around, quotes keep
spaces. What has no name is text to look for. Pure: no Django, no clock.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from executions.errors import SearchInvalid
from flows.language.problems import nearest

LONGEST: Final = 2000  # characters
MOST_TERMS: Final = 50
TEXT: Final = "text"
LABEL: Final = "label."
SLOW_FACTOR: Final = 1.5  # times the usual

STATUSES: Final = ("queued", "running", "passed", "failed", "cancelled", "timed_out")
TRIGGERS: Final = ("user", "schedule", "api", "cli", "webhook", "flow", "rerun")
HAD: Final = ("retries", "recovered", "soft_failures", "skipped")
UNITS: Final = {"m": "minutes", "h": "hours", "d": "days", "w": "weeks"}

Check = Callable[[str, tuple[str, ...]], tuple[str, ...]]

_TERM: Final = re.compile(r'(?P<minus>-)?(?:(?P<word>[A-Za-z][\w.\-]*):)?(?P<value>(?:"[^"]*"?|[^\s"])*)')
_VALUE: Final = re.compile(r'"([^"]*)"?|([^,"]+)')
_AGO: Final = re.compile(r"(\d{1,5})([mhdw])")


@dataclass(frozen=True)
class Term:
    """One condition. Any of the values will do; negated, none of them may."""

    word: str
    values: tuple[str, ...] = ()
    is_negated: bool = False


@dataclass(frozen=True)
class Search:
    terms: tuple[Term, ...] = ()
    since: datetime | None = None
    until: datetime | None = None


def parse_search(text: str, *, now: datetime) -> Search:
    """Raises SearchInvalid, which names the word that is wrong and the nearest right one."""
    if len(text) > LONGEST:
        raise SearchInvalid(f"The search has {len(text)} characters; {LONGEST} is the most.")
    terms: list[Term] = []
    moments: dict[str, datetime] = {}
    for found in _TERM.finditer(text):
        if not found.group():
            continue
        term = _term(found)
        if term.word in {"since", "until"}:
            moments[term.word] = _moment(term, now)
        else:
            terms.append(term)
    if len(terms) > MOST_TERMS:
        raise SearchInvalid(f"The search has {len(terms)} words; {MOST_TERMS} is the most.")
    return Search(tuple(terms), since=moments.get("since"), until=moments.get("until"))


def check_value(word: str, values: tuple[str, ...]) -> tuple[str, ...]:
    """The values as this word takes them. Raises SearchInvalid."""
    return WORDS[word](word, values)


def _term(found: re.Match[str]) -> Term:
    is_negated, word = found["minus"] is not None, found["word"]
    values = tuple(quoted or bare for quoted, bare in _VALUE.findall(found["value"]))
    if word is None:
        return _without_a_name(found, is_negated)
    word = ALIASES.get(word.lower(), word.lower() if not word.lower().startswith(LABEL) else LABEL + word[len(LABEL) :])
    if word.startswith(LABEL) and len(word) > len(LABEL):
        return Term(word, needed(word, values), is_negated)
    if word not in WORDS:
        near = nearest(word, (*WORDS, "label.NAME"))
        hint = f"The nearest is {near}." if near else f"There are {', '.join(WORDS)} and label.NAME."
        raise SearchInvalid(f'There is no search word {word}. {hint} Quote "{found.group()}" to look for it as text.')
    return Term(word, WORDS[word](word, values), is_negated)


def _without_a_name(found: re.Match[str], is_negated: bool) -> Term:
    bare = found["value"].lower()
    if bare in FLAGS:
        return Term(bare, WORDS[bare](bare, ()), is_negated)
    text = found["value"].replace('"', "")
    if not text:
        raise SearchInvalid(f"There is nothing to look for after {found.group()!r}.")
    return Term(TEXT, (text,), is_negated)


def needed(word: str, values: tuple[str, ...]) -> tuple[str, ...]:
    """For words that take any value, and at least one."""
    if not values or not all(values):
        raise SearchInvalid(f"{word}: needs a value.")
    return values


def _one_of(known: tuple[str, ...]) -> Callable[[str, tuple[str, ...]], tuple[str, ...]]:
    def check(word: str, values: tuple[str, ...]) -> tuple[str, ...]:
        for value in needed(word, values):
            if value.lower() not in known:
                near = nearest(value, known)
                hint = f"The nearest is {word}:{near}." if near else f"There are {', '.join(known)}."
                raise SearchInvalid(f"{word}:{value} means nothing. {hint}")
        return tuple(value.lower() for value in values)

    return check


def nothing(word: str, values: tuple[str, ...]) -> tuple[str, ...]:
    """For words that stand alone."""
    if values:
        raise SearchInvalid(f"{word} takes no value.")
    return ()


def _factor(word: str, values: tuple[str, ...]) -> tuple[str, ...]:
    text = values[0].lower().removesuffix("x") if values else str(SLOW_FACTOR)
    if not re.fullmatch(r"\d{1,4}(\.\d{1,3})?", text):
        raise SearchInvalid(f"{word}:{values[0]} means nothing. Say how many times the usual it took: {word}:2x.")
    return (text,)


def _moment(term: Term, now: datetime) -> datetime:
    text = term.values[0].lower()
    if term.is_negated:
        other = "until" if term.word == "since" else "since"
        raise SearchInvalid(f"-{term.word}:{text} cannot be turned around. Say {other}:{text}.")
    if found := _AGO.fullmatch(text):
        return now - timedelta(**{UNITS[found[2]]: int(found[1])})
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    if text in {"today", "yesterday"}:
        return midnight - timedelta(days=text == "yesterday")
    try:
        moment = datetime.fromisoformat(term.values[0])
    except ValueError as exc:
        raise SearchInvalid(
            f"{term.word}:{text} is no time. Say 30m, 24h, 7d, today, 2026-03-31 or 2026-03-31T12:00."
        ) from exc
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _numbers(word: str, values: tuple[str, ...]) -> tuple[str, ...]:
    for value in needed(word, values):
        if not re.fullmatch(r"[1-9]\d{0,8}", value):
            raise SearchInvalid(f"{word}:{value} means nothing. Say a number: {word}:3.")
    return values


ALIASES: Final = {"environment": "env", "by": "user", "actor": "user"}
FLAGS: Final = {"unresolved", "slow", "judged"}
WORDS: Final[dict[str, Check]] = {  # conditions.add_word adds to both
    "status": _one_of(STATUSES),
    "flow": needed,
    "version": _numbers,
    "env": needed,
    "trigger": _one_of(TRIGGERS),
    "user": needed,
    "step": needed,
    "error": needed,
    "tag": needed,
    "suite": needed,
    "since": needed,
    "until": needed,
    "had": _one_of(HAD),
    "first": _one_of(("failure",)),
    "slow": _factor,
    "unresolved": nothing,
    "judged": nothing,
    "kind": needed,
    "passed": needed,
}
