"""Regular expressions that cannot hang: RE2 matches in time linear in the text, whatever the pattern.

The price is known: no look-around and no back-references. `\\d`, `\\w`, `\\s` mean ASCII, `(?i)` and friends work.
"""

import functools
from typing import Any

import re2  # type: ignore[import-untyped]  # the wheel brings no types

from flows.language.expressions.errors import EvaluationError

_MAX_PATTERN = 2_000


def _options() -> Any:
    options = re2.Options()
    options.log_errors = False
    options.max_mem = 4 << 20  # with the cache below: at most 256 MB, of evil patterns only
    return options


@functools.lru_cache(maxsize=64)
def compiled(pattern: str) -> Any:
    """The pattern, ready to search. Raises EvaluationError with the reason."""
    if len(pattern) > _MAX_PATTERN:
        raise EvaluationError(f"The pattern has {len(pattern)} characters; {_MAX_PATTERN} are allowed.")
    try:
        return re2.compile(pattern, _options())
    except (re2.error, UnicodeError) as exc:
        reason = exc.args[0].decode(errors="replace") if exc.args and isinstance(exc.args[0], bytes) else str(exc)
        if any(mark in pattern for mark in ("(?=", "(?!", "(?<=", "(?<!")):
            reason = "look-around is not available, because matching must never hang"
        raise EvaluationError(f"{pattern!r} is not a pattern: {reason}.") from exc


def search(pattern: str, text: str) -> bool:
    """Whether `pattern` is found anywhere in `text`. Raises EvaluationError when it is no pattern."""
    return compiled(pattern).search(_sound(text)) is not None


def matches_whole(pattern: str, text: str) -> bool:
    """Whether `pattern` describes all of `text`. Raises EvaluationError when it is no pattern."""
    return compiled(pattern).fullmatch(_sound(text)) is not None


def _sound(text: str) -> str:
    """RE2 reads UTF-8, which has no lone surrogates; JSON texts may."""
    return text if text.isascii() else text.encode("utf-8", "replace").decode("utf-8")
