"""`--var K=V`, `--var K:=JSON` and `--label K=V`, as they are typed."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from cli.errors import WrongUse
from flows.language import jsontext

NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]*\Z")


@dataclass(frozen=True)
class Variables:
    """Text takes the type of the flow's `env` value of that name, on the server; typed values stay as they are."""

    text: dict[str, str] = field(default_factory=dict)
    typed: dict[str, Any] = field(default_factory=dict)

    def __contains__(self, name: object) -> bool:
        return name in self.text or name in self.typed


def parse_variables(items: Sequence[str], *, option: str = "--var") -> Variables:
    """The last of several of one name wins. Raises WrongUse."""
    variables = Variables()
    for item in items:
        key, separator, value = item.partition("=")
        is_typed = key.endswith(":")
        name = key.removesuffix(":").strip()
        if not separator or not NAME.match(name):
            raise WrongUse(f"{option} {item!r} is not NAME=VALUE.", "Typed values are written NAME:=JSON.")
        variables.text.pop(name, None)
        variables.typed.pop(name, None)
        if is_typed:
            variables.typed[name] = _json(option, name, value)
        else:
            variables.text[name] = value
    return variables


def parse_labels(items: Sequence[str]) -> dict[str, str]:
    labels = {}
    for item in items:
        name, separator, value = item.partition("=")
        if not separator or not name.strip():
            raise WrongUse(f"--label {item!r} is not NAME=VALUE.")
        labels[name.strip()] = value
    return labels


def _json(option: str, name: str, text: str) -> Any:
    try:
        return jsontext.loads(text)
    except jsontext.NotJson as exc:
        # The text stays out of the message: it may be a password.
        hint = f"Text is written {name}=VALUE, or with quotes inside the JSON."
        raise WrongUse(f"{option} {name}:= wants JSON, and its value is none ({exc}).", hint) from exc
