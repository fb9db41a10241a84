"""The variables of a flow (`env:`): rendered once per execution, in whatever order they refer to each other."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any

from flows.language import jsontext
from flows.language.expressions.numbers import BadNumber, read_number
from flows.language.scope import Scope
from flows.language.templates import TemplateError, render
from flows.language.values import MISSING, Unresolved, is_number, type_name


def resolve_env(flow_env: Mapping[str, Any], scope: Scope) -> dict[str, Any | Unresolved]:
    """Every entry of `flow_env` rendered in `scope`, in the order written.

    An entry may refer to others before or after it, and an override or the environment wins over an entry of the same
    name, here as everywhere. One that cannot be worked out becomes an Unresolved, and fails whoever reads it. Random
    values and the time are drawn once, into `scope.draws`.
    """
    entries = _Entries(flow_env, scope)
    return {name: entries.resolve(name) for name in flow_env}


class _Entries(Mapping[str, Any]):
    """The flow's variables as they see each other: each is rendered when somebody asks for it first."""

    def __init__(self, written: Mapping[str, Any], scope: Scope) -> None:
        self._written = written
        self._done: dict[str, Any] = {}
        self._under_way: list[str] = []
        self._scope = replace(scope, flow_env=self, draws_times=True)

    def resolve(self, name: str) -> Any:
        if name not in self._done:
            self._under_way.append(name)
            try:
                self._done[name] = render(self._written[name], self._scope, place=f"env.{name}", skip=())
            except TemplateError as exc:
                self._done[name] = Unresolved(f"The variable {name} cannot be worked out: {exc.message}")
            except RecursionError:
                self._done[name] = Unresolved(f"The variable {name} refers to too many others, one through the other.")
            finally:
                self._under_way.pop()
        return self._done[name]

    def __getitem__(self, name: str) -> Any:
        if name in self._under_way:
            circle = " → ".join([*self._under_way[self._under_way.index(name) :], name])
            return Unresolved(f"The variables refer to each other in a circle: {circle}.")
        return self.resolve(name)

    def __contains__(self, name: object) -> bool:
        """An entry does not see itself, so that `API_URL: "${API_URL:http://x}"` takes its default."""
        return name in self._written and not (self._under_way and self._under_way[-1] == name)

    def __iter__(self) -> Iterator[str]:
        return iter(self._written)

    def __len__(self) -> int:
        return len(self._written)


def typed_override(text: str, like: Any) -> Any:
    """`--var K=V`: the text V as a value of the type of `like`, the flow's own value of that name.

    Stays text where the flow has no such variable, or a text, or a template. Raises ValueError with a sentence.
    """
    if isinstance(like, bool):
        return _typed_bool(text)
    if is_number(like):
        return _typed_number(text, like)
    if isinstance(like, list | dict):
        return _typed_json(text, like)
    return text


def _typed_bool(text: str) -> bool:
    choices = {"true": True, "false": False}
    if text.strip().lower() not in choices:
        raise ValueError(f"{text!r} is neither true nor false, as the flow's own value is.")
    return choices[text.strip().lower()]


def _typed_number(text: str, like: int | float | Decimal) -> Any:
    try:
        return read_number(text)
    except BadNumber as exc:
        raise ValueError(f"{text!r} is not a number, as the flow's own value {like} is.") from exc


def _typed_json(text: str, like: Any) -> Any:
    wanted = "list" if isinstance(like, list) else "object"
    try:
        value = jsontext.loads(text)
    except jsontext.NotJson:
        value = MISSING
    if type_name(value) != wanted:
        raise ValueError(f"{text!r} is not a JSON {wanted}, as the flow's own value is.")
    return value
