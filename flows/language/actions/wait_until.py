"""wait_until: run steps again and again until a condition holds."""

from typing import Literal, Self

from pydantic import Field, field_validator, model_validator

from flows.language.actions.base import ActionConfig, ActionSpec
from flows.language.durations import Duration


class WaitUntilConfig(ActionConfig):
    condition: str = Field(min_length=1, description="an expression; it may read what the steps captured")
    interval: Duration = Field(1.0, description="between two rounds")
    timeout: Duration | None = Field(None, description="give up after so long; 30s if left out")
    max_duration: Duration | None = Field(None, description="another name of timeout")
    max_attempts: int | None = Field(None, ge=1, description="give up after so many rounds")
    on_timeout: Literal["fail", "continue"] = Field("fail", description="continue: pass with met: false")

    @field_validator("condition", mode="before")
    @classmethod
    def _may_be_a_flag(cls, value: object) -> object:
        return str(value).lower() if isinstance(value, bool) else value

    @model_validator(mode="after")
    def _has_one_time(self) -> Self:
        if self.timeout is not None and self.max_duration is not None:
            raise ValueError("timeout and max_duration are given; they are the same")
        return self

    @property
    def seconds(self) -> float:
        given = self.timeout if self.timeout is not None else self.max_duration
        return 30.0 if given is None else given


SPEC = ActionSpec(
    name="wait_until",
    Config=WaitUntilConfig,
    result_keys=frozenset({"met", "attempts", "timed_out", "last"}),
    waits=True,
    is_local=True,
    step_keys=("steps",),
    has_turns=True,
    late_keys=frozenset({"condition"}),
    forgives=True,
    summary="Runs its steps until a condition holds.",
)
