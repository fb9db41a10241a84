"""A value with one member changed."""

from typing import Any


def with_wrong_field(value: Any, field: str, wrong: Any) -> Any:
    """
    A copy of `value` that says `wrong` at `field` (`total`, `items.0.price`).

    A member that is not there is added; a way that leads nowhere changes nothing.
    """
    name, _, rest = field.partition(".")
    if isinstance(value, dict):
        if rest and name not in value:
            return value
        return value | {name: with_wrong_field(value[name], rest, wrong) if rest else wrong}
    if isinstance(value, list) and name.isascii() and name.isdigit() and int(name) < len(value):
        at = int(name)
        return [*value[:at], with_wrong_field(value[at], rest, wrong) if rest else wrong, *value[at + 1 :]]
    return value
