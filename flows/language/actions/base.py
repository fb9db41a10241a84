"""What the language knows of an action: its names, the shape of its config, the keys of its result."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationInfo, ValidatorFunctionWrapHandler, field_validator

STATIC = {"static": True}  # validation context: the config as written, templates not yet rendered

# Inside a config these keys hold expressions; they are evaluated, never rendered (FLOW_LANGUAGE §3).
EXPRESSION_KEYS = frozenset({"assertions", "condition", "match", "filter"})


def has_template(value: object) -> bool:
    """Whether `value` is text with a `${…}` or `{{…}}` in it: what it will be is not known before it is rendered."""
    return isinstance(value, str) and ("${" in value or "{{" in value)


class ActionConfig(BaseModel):
    """Base of every config, and of every mapping inside one. Unknown keys are errors; templates wait for their turn."""

    model_config = ConfigDict(
        extra="forbid",
        populate_by_name=True,
        arbitrary_types_allowed=True,
        coerce_numbers_to_str=True,  # `key: ${user.id}` may give a number where text is meant
    )

    @field_validator("*", mode="wrap")
    @classmethod
    def _leave_templates(cls, value: Any, handler: ValidatorFunctionWrapHandler, info: ValidationInfo) -> Any:
        if info.context and info.context.get("static") and has_template(value):
            return value
        return handler(value)


@dataclass(frozen=True, kw_only=True)
class ActionSpec:
    """One action as the language sees it. The code that does the work is `workers/actions/<name>.py`."""

    name: str
    Config: type[BaseModel]
    aliases: tuple[str, ...] = ()
    result_keys: frozenset[str] = frozenset()  # the keys an assertion may name bare
    waits: bool = False  # default timeout is what the flow has left, not 30 s
    is_local: bool = False  # touches nothing outside the worker
    captures_result: bool = False  # every key of its result becomes a variable of the flow (`set`)
    step_keys: tuple[str, ...] = ()  # config keys that hold nested steps (control flow)
    has_turns: bool = False  # its steps run in numbered turns, and the number is in their address
    loop_names: Mapping[str, str] = field(
        default_factory=dict, hash=False
    )  # config key → the name its steps read, if left out
    calls_flow: bool = False  # it runs another flow and waits for its end
    forgives: bool = False  # a failure of its steps is none of the flow: they are asked again
    late_keys: frozenset[str] = frozenset()  # config keys that are read after the steps inside it
    item_keys: frozenset[str] = frozenset()  # what expressions inside its config read besides: the keys of a message
    summary: str = field(default="", compare=False)  # one line for the JSON schema and editors

    @cached_property
    def expression_keys(self) -> frozenset[str]:
        """The keys of its config that hold expressions; `set` has none, so it may name a variable `filter`."""
        return EXPRESSION_KEYS & self.Config.model_fields.keys()


class ActionSpecs(Mapping[str, ActionSpec]):
    """Specs by name and alias; refuses two of one name."""

    def __init__(self, specs: Iterable[ActionSpec]) -> None:
        self._by_name: dict[str, ActionSpec] = {}
        self.all = tuple(specs)
        for spec in self.all:
            for name in (spec.name, *spec.aliases):
                if name in self._by_name:
                    raise ValueError(f"two actions are called {name!r}")
                self._by_name[name] = spec

    def __getitem__(self, name: str) -> ActionSpec:
        return self._by_name[name]

    def __iter__(self) -> Any:
        return iter(self._by_name)

    def __len__(self) -> int:
        return len(self._by_name)
