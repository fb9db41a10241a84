"""Values as PostgreSQL's columns can hold them."""

from typing import Any

from flows.language import jsontext


def storable(value: Any) -> Any:
    """PostgreSQL's text knows neither NUL nor lone surrogates, which targets send; JSON, being ASCII, escapes them."""
    if not isinstance(value, str) or (value.isascii() and "\0" not in value):
        return value
    return value.replace("\0", "␀").encode(errors="replace").decode()


def as_json(value: Any) -> str | None:
    """None for what is empty."""
    return None if not value and value != 0 else jsontext.dumps(value)
