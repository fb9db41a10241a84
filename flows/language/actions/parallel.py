"""parallel: branches that run at the same time."""

from pydantic import Field, field_validator

from flows.language.actions.base import ActionConfig, ActionSpec
from flows.language.actions.for_each import MOST_AT_ONCE


class Branch(ActionConfig):
    """What a branch has besides its steps."""

    name: str = Field("", description="for people")


class ParallelConfig(ActionConfig):
    max_concurrent: int = Field(0, ge=0, le=MOST_AT_ONCE, description="branches at once; 0: all of them")
    fail_fast: bool = Field(True, description="true: when a branch fails, the others are stopped")
    branches: list[Branch] = Field(default_factory=list, description="lists of steps, or {name, steps}")
    wait_for_all: bool = Field(True, description="it always waits for every branch; read for its spelling")

    @field_validator("wait_for_all")
    @classmethod
    def _waits(cls, value: bool) -> bool:
        if value is False:
            raise ValueError("parallel waits for all its branches: leave wait_for_all out")
        return value


SPEC = ActionSpec(
    name="parallel",
    Config=ParallelConfig,
    result_keys=frozenset({"count", "passed", "failed", "results"}),
    waits=True,
    is_local=True,
    step_keys=("branches", "steps"),
    has_turns=True,
    summary="Runs branches of steps at the same time.",
)
