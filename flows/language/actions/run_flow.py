"""run_flow: run another flow of the workspace, and go on with what it gives."""

from typing import Any

from pydantic import Field

from flows.language.actions.base import ActionConfig, ActionSpec


class RunFlowConfig(ActionConfig):
    flow: str = Field(min_length=1, description="its slug or its name, in the same workspace")
    input: dict[str, Any] = Field(default_factory=dict, description="variables it is started with")
    inherit_env: bool = Field(True, description="false: without this flow's environment and overrides")


SPEC = ActionSpec(
    name="run_flow",
    Config=RunFlowConfig,
    result_keys=frozenset({"flow", "status", "execution", "output"}),
    waits=True,
    calls_flow=True,
    summary="Runs another flow.",
)
