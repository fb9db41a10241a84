"""log: put a message and a value into the record."""

from typing import Any, Literal

from pydantic import Field

from flows.language.actions.base import ActionConfig, ActionSpec


class LogConfig(ActionConfig):
    message: Any = Field(description="the text; anything else is shown as JSON")
    level: Literal["debug", "info", "warning", "error"] = "info"
    data: Any = Field(None, description="any value to keep beside the message")


SPEC = ActionSpec(
    name="log",
    Config=LogConfig,
    result_keys=frozenset({"message", "level", "data"}),
    is_local=True,
    summary="Keeps a message in the record.",
)
