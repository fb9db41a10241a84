"""Which failures are the same failure: a short hash of where it happened and of what is known about it.

What the record knows in structure is never read from text: `expected 200, got 503` and `… got 404` are two failures.
"""

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from analytics.failures.normal import normal

VERSION: Final = 1
WORD: Final = "enum:"
SEPARATOR: Final = "\x1f"

# Kinds whose code says it all; a host or a duration in their text would only split them.
_BY_CODE: Final = frozenset({"unreachable", "timeout", "worker_lost", "assertion"})
_ENUM: Final = re.compile(r"[A-Z_]{1,32}")
MOST_WORDS: Final = 20  # of one assertion: what takes more values is no enumeration
_ON_STATUS: Final = re.compile(r"(?:^|[^\w.])(?:response\.|result\.)?status(?:_code)?(?![\w(])")


@dataclass(frozen=True)
class Failed:
    """What is known about the failure of a step."""

    flow_id: int
    step_key: str
    kind: str
    code: str
    message: str
    service: str = ""
    assertions: Sequence[Mapping[str, Any]] = ()
    tells_word: bool = True  # the word that came is one of few


@dataclass(frozen=True)
class Fingerprint:
    own: str  # of this step of this flow
    across: str  # the same wherever it happens
    sub: str
    text: str


def fingerprint_of(failed: Failed) -> Fingerprint:
    sub = _sub(failed)
    text = "" if failed.kind in _BY_CODE else normal(failed.message)
    return Fingerprint(
        own=_hash(failed.flow_id, failed.step_key, failed.kind, sub, text),
        across=_hash(failed.kind, sub, text, failed.service),
        sub=sub,
        text=text,
    )


def _sub(failed: Failed) -> str:
    broken = _broken(failed)
    if broken is None:
        return failed.code
    return "|".join([_assertion(broken), _class_of(broken, tells_word=failed.tells_word)])[:1000]


def word_of(failed: Failed) -> tuple[str, str] | None:
    """The assertion, and the word that came, where the failure would be told by that word."""
    broken = _broken(failed)
    found = "" if broken is None else _class_of(broken, tells_word=True)
    return (_assertion(broken), found.removeprefix(WORD)) if broken and found.startswith(WORD) else None


def _broken(failed: Failed) -> Mapping[str, Any] | None:
    """The first assertion that did not hold."""
    if failed.kind != "assertion":
        return None
    return next((one for one in failed.assertions if not one.get("passed", True)), None)


def _assertion(broken: Mapping[str, Any]) -> str:
    return f"{broken.get('expression', '')}|{broken.get('operator', '')}"


def _class_of(broken: Mapping[str, Any], *, tells_word: bool) -> str:
    """What kind of value came instead of the expected one; never the value, unless it is one of a few words."""
    if broken.get("error"):
        return "error"
    actual = broken.get("actual")
    if actual is None:
        return "missing" if any(part.get("missing") for part in broken.get("parts") or ()) else "null"
    if isinstance(actual, bool):
        return f"is:{str(actual).lower()}"
    if isinstance(actual, int) and 100 <= actual <= 599 and _ON_STATUS.search(str(broken.get("expression", ""))):
        return "status:5xx" if actual >= 500 else f"status:{actual}"
    if isinstance(actual, str) and tells_word and _ENUM.fullmatch(actual):
        return f"{WORD}{actual}"
    return f"type:{_type(actual)}"


def _type(value: Any) -> str:
    if isinstance(value, str):
        return "string"
    if isinstance(value, Mapping):
        return "object"
    return "array" if isinstance(value, list) else "number"


def _hash(*parts: object) -> str:
    whole = SEPARATOR.join([str(VERSION), *map(str, parts)])
    return hashlib.blake2b(whole.encode("utf-8", "surrogatepass"), digest_size=8).hexdigest()
