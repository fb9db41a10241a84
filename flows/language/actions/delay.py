"""delay: wait, without holding a worker."""

from pydantic import Field

from flows.language.actions.base import ActionConfig, ActionSpec
from flows.language.durations import Duration


class DelayConfig(ActionConfig):
    duration: Duration = Field(description="how long to wait: 500ms, 2s, 1m30s, or seconds")


SPEC = ActionSpec(
    name="delay",
    Config=DelayConfig,
    result_keys=frozenset({"duration", "duration_ms"}),
    waits=True,
    is_local=True,
    summary="Waits.",
)
