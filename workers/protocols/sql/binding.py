"""Parameters: `?` and `$1` from a list, `:name` from a map, turned into what the driver wants."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from workers.errors import StepMisconfigured
from workers.protocols.sql.tokens import Token, tokens


class Style(Enum):
    NUMBERED = "$1"  # one value per parameter, however often it is named (PostgreSQL)
    QUESTION = "?"  # one value per place (SQLite)
    NAMED = ":p1"  # SQLAlchemy's text()


@dataclass(frozen=True)
class Bound:
    """A query ready for a driver, and its values in order."""

    sql: str
    values: list[Any] = field(default_factory=list)


def bind(query: str, params: Sequence[Any] | Mapping[str, Any] | None, *, style: Style) -> Bound:
    """Raises StepMisconfigured when places and values do not fit. Strings, comments and `::casts` stay as they are."""
    parts = list(tokens(query))
    if not params:
        _refuse_numbers(parts)
        return Bound(_escaped(query) if style is Style.NAMED else query)
    binder = _Binder(style)
    if isinstance(params, Mapping):
        _bind_names(parts, params, binder)
    elif any(token.kind == "number" for token in parts):
        _bind_numbers(parts, params, binder)
    else:
        _bind_questions(parts, params, binder)
    return Bound("".join(binder.texts), binder.values)


class _Binder:
    def __init__(self, style: Style) -> None:
        self.texts: list[str] = []
        self.values: list[Any] = []
        self._style = style
        self._places: dict[str, int] = {}

    def text(self, token: Token) -> None:
        self.texts.append(_escaped(token.text) if self._style is Style.NAMED else token.text)

    def value(self, key: str, value: Any) -> None:
        if key not in self._places or self._style is Style.QUESTION:
            self.values.append(value)
            self._places[key] = len(self.values)
        place = self._places[key]
        self.texts.append({Style.NUMBERED: f"${place}", Style.QUESTION: "?", Style.NAMED: f":p{place}"}[self._style])


def _bind_names(parts: list[Token], params: Mapping[str, Any], binder: _Binder) -> None:
    used: set[str] = set()
    for position, token in enumerate(parts):
        if token.kind != "named" or _continues_a_value(parts, position):
            binder.text(token)
            continue
        name = token.text[1:]
        if name not in params:
            given = ", ".join(sorted(params)) or "none"
            raise StepMisconfigured(f"The query wants the parameter :{name}, and params has {given}", code="params")
        used.add(name)
        binder.value(name, params[name])
    if unused := sorted(params.keys() - used):
        raise StepMisconfigured(f"The query has no place for the parameter :{unused[0]}", code="params")


def _bind_numbers(parts: list[Token], params: Sequence[Any], binder: _Binder) -> None:
    used: set[int] = set()
    for token in parts:
        if token.kind != "number":
            binder.text(token)
            continue
        number = int(token.text[1:])
        if not 1 <= number <= len(params):
            raise StepMisconfigured(f"The query wants ${number}, and params has {_values(len(params))}", code="params")
        used.add(number)
        binder.value(token.text, params[number - 1])
    if len(used) < len(params):
        missing = min(set(range(1, len(params) + 1)) - used)
        raise StepMisconfigured(f"params has {_values(len(params))}, and the query has no ${missing}", code="params")


def _bind_questions(parts: list[Token], params: Sequence[Any], binder: _Binder) -> None:
    """`??` is a literal `?`; the operators `?|` and `?&` of PostgreSQL's jsonb are left alone."""
    place = 0
    for token in parts:
        if token.kind != "question" or token.text in ("?|", "?&"):
            binder.text(token)
        elif token.text == "??":
            binder.text(Token("other", "?"))
        else:
            if place < len(params):
                binder.value(f"?{place}", params[place])
            place += 1
    if place != len(params):
        raise StepMisconfigured(
            f"The query has {place} {'place' if place == 1 else 'places'} (?), and params has {_values(len(params))}",
            code="params",
        )


def _refuse_numbers(parts: list[Token]) -> None:
    """Without any value, `$1` is surely a mistake; `?` and `:name` may be operators."""
    for token in parts:
        if token.kind == "number":
            raise StepMisconfigured(f"The query wants {token.text}, and params is empty", code="params")


def _continues_a_value(parts: list[Token], position: int) -> bool:
    """`arr[i:j]` is a slice, not a parameter."""
    if position == 0:
        return False
    before = parts[position - 1]
    return before.kind in ("word", "quoted", "number") or before.text in ("]", ")") or before.text.isdigit()


def _escaped(text: str) -> str:
    return text.replace(":", "\\:")


def _values(count: int) -> str:
    return "1 value" if count == 1 else f"{count} values"
