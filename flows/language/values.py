"""The values a flow handles, and the two things that are not values: what is missing, and what cannot be told yet.

A value is JSON plus `Decimal`. While an expression is evaluated there are moments in time as well (`now()`, `date(…)`);
`to_plain` turns them into text before they leave. A bool is never a number.
"""

import difflib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, TypeGuard

import simplejson

Number = int | float | Decimal


@dataclass(frozen=True, slots=True, eq=False)
class Missing:
    """What a path leads to when there is nothing at its end. Missing is not null.

    `path` is the part that was not found, as written; `candidates` are near names, best first; `because` says more
    where more is known. `unknown`: not even the first name exists. `deep`: the path went on after what was missing.
    `soft`: guarded by `?.`, so that it behaves like null, except for `exists`.
    """

    path: str = ""
    candidates: tuple[str, ...] = ()
    because: str = ""
    unknown: bool = False
    deep: bool = False
    soft: bool = False

    def __bool__(self) -> bool:
        return False

    def sentence(self) -> str:
        """What is missing, why, and the nearest thing there is."""
        if self.unknown:
            text = f"There is no {self.path}."
        elif self.path:
            text = f"{self.path} is missing."
        else:
            text = "There is nothing there."
        if self.because:
            text = f"{text} {self.because}"
        if self.candidates:
            text = f"{text} The nearest is {' or '.join(self.candidates)}."
        return text


MISSING = Missing()  # the kind: recognise it by is_missing(), never by identity


@dataclass(frozen=True, slots=True)
class Unresolved:
    """Stands in for a flow `env` value that could not be worked out; looking it up fails with `message`."""

    message: str


class Headers(dict[str, Any]):
    """Header fields by name. `find` does not mind upper and lower case; in every other way an ordinary dict."""

    def find(self, name: str) -> Any:
        """The value of header `name` in any case, or MISSING."""
        if name in self:
            return self[name]
        wanted = name.casefold()
        for key, value in self.items():
            if key.casefold() == wanted:
                return value
        return MISSING


def is_missing(value: Any) -> TypeGuard[Missing]:
    """Whether `value` says that nothing was found."""
    return type(value) is Missing


def is_number(value: Any) -> TypeGuard[Number]:
    """Whether `value` is a number. `true` and `false` are not."""
    return isinstance(value, int | float | Decimal) and not isinstance(value, bool)


def type_name(value: Any) -> str:
    """What people call the type of `value`: null, boolean, number, text, list, object, date, missing."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "boolean"
    if is_number(value):
        return "number"
    if isinstance(value, str):
        return "text"
    if isinstance(value, list | tuple):
        return "list"
    if isinstance(value, Mapping):
        return "object"
    if isinstance(value, datetime):
        return "date"
    return "missing" if is_missing(value) else "value"


def to_text(value: Any) -> str:
    """`value` as it stands inside other text: text as it is, everything else as JSON writes it, with its letters kept
    (`{"name": "Zoë"}` must not turn into `\\u00eb` in a greeting). Raises ValueError for what JSON cannot hold.
    """
    if isinstance(value, str):
        return value
    if isinstance(value, datetime):
        return iso(value)
    try:
        return simplejson.dumps(
            to_plain(value), use_decimal=True, ensure_ascii=False, allow_nan=False, separators=(",", ":")
        )
    except RecursionError as exc:
        raise ValueError("the value is nested too deeply to be written as text") from exc


def to_plain(value: Any) -> Any:
    """`value` with the moments in it as text: what may leave an expression, be stored and be sent."""
    if isinstance(value, datetime):
        return iso(value)
    if isinstance(value, dict) and any(_needs_plain(item) for item in value.values()):
        return {key: to_plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple) and any(_needs_plain(item) for item in value):
        return [to_plain(item) for item in value]
    return value


def _needs_plain(value: Any) -> bool:
    return isinstance(value, datetime | dict | list | tuple)


def iso(moment: datetime) -> str:
    """ISO 8601 in UTC with a Z, to the microsecond where there is a fraction."""
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")


def near(name: str, names: Iterable[object], *, most: int = 2) -> tuple[str, ...]:
    """The names a person may have meant by `name`, best first."""
    pool = [other for other in names if isinstance(other, str) and len(other) <= 128][:2000]
    if len(name) > 128:
        return ()
    by_folded = {other.casefold(): other for other in reversed(pool)}
    found = difflib.get_close_matches(name.casefold(), by_folded, n=most, cutoff=0.6)
    return tuple(by_folded[folded] for folded in found)
