"""condition: one list of steps or the other."""

from pydantic import Field, field_validator

from flows.language.actions.base import ActionConfig, ActionSpec


class ConditionConfig(ActionConfig):
    condition: str = Field(min_length=1, description="an expression that is true or false")

    @field_validator("condition", mode="before")
    @classmethod
    def _may_be_a_flag(cls, value: object) -> object:
        return str(value).lower() if isinstance(value, bool) else value


SPEC = ActionSpec(
    name="condition",
    Config=ConditionConfig,
    result_keys=frozenset({"result", "branch", "evaluated"}),
    waits=True,
    is_local=True,
    step_keys=("then", "else"),
    summary="Runs its then or its else.",
)
