"""set: give names to values. (The file's underscore: `set` is a word of Python.)"""

from collections.abc import Mapping
from typing import Any, Self

from pydantic import ConfigDict, model_validator

from flows.language.actions.base import ActionConfig, ActionSpec


class SetConfig(ActionConfig):
    """Names → values. Text that begins with `$.` or `$[` is a path; `{input, transforms}` reads it over `input`."""

    model_config = ConfigDict(extra="allow")

    @model_validator(mode="after")
    def _names_something(self) -> Self:
        if not self.values:
            raise ValueError("set needs at least one name")
        return self

    @property
    def values(self) -> dict[str, Any]:
        """The names and what each is to be."""
        given = self.model_extra or {}
        return dict(given["transforms"]) if _is_transform(given) else dict(given)

    @property
    def has_input(self) -> bool:
        given = self.model_extra or {}
        return _is_transform(given) and "input" in given

    @property
    def input(self) -> Any:
        """What the paths are read over in the `transforms` form."""
        return (self.model_extra or {}).get("input") if self.has_input else None


def _is_transform(given: Mapping[str, Any]) -> bool:
    return isinstance(given.get("transforms"), dict) and not given.keys() - {"input", "transforms"}


SPEC = ActionSpec(
    name="set",
    Config=SetConfig,
    aliases=("transform",),
    is_local=True,
    captures_result=True,
    summary="Gives names to values; each becomes a variable.",
)
