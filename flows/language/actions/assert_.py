"""assert: check what earlier steps gave. (The file's underscore: `assert` is a word of Python.)"""

from typing import Any

from pydantic import Field, field_validator

from flows.language.actions.base import ActionConfig, ActionSpec


class AssertConfig(ActionConfig):
    assertions: list[Any] = Field(min_length=1, description="expressions, or {expression, message}")
    data: Any = Field(None, description="an object whose keys the assertions may name bare")

    @field_validator("assertions", mode="before")
    @classmethod
    def _one_or_many(cls, value: Any) -> Any:
        return [value] if isinstance(value, str | dict) else value

    @field_validator("assertions")
    @classmethod
    def _are_assertions(cls, value: list[Any]) -> list[Any]:
        for item in value:
            if isinstance(item, str):
                continue
            if not isinstance(item, dict) or not isinstance(item.get("expression"), str):
                raise ValueError("an assertion is an expression, or {expression, message}")  # noqa: TRY004 - pydantic's
            if foreign := sorted(map(str, item.keys() - {"expression", "message"})):
                raise ValueError(f"assertions have no key {foreign[0]}; they have expression and message")
        return value


SPEC = ActionSpec(
    name="assert",
    Config=AssertConfig,
    result_keys=frozenset({"passed", "count"}),
    is_local=True,
    summary="Checks expressions over any variable in scope.",
)
