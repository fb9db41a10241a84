"""redis_set: write one key as text."""

from typing import Any, Self

from pydantic import Field, model_validator

from flows.language.actions.base import ActionSpec
from flows.language.actions.redis_connection import RedisConfig
from flows.language.durations import Duration


class RedisSetConfig(RedisConfig):
    key: str = Field(description="the key to write")
    value: Any = Field(description="text as it is; anything else as JSON")
    ttl: Duration | None = Field(None, description="how long it lives; left out: for ever")
    nx: bool = Field(False, description="only if the key is absent")
    xx: bool = Field(False, description="only if the key is there")

    @model_validator(mode="after")
    def _can_be_met(self) -> Self:
        if self.nx is True and self.xx is True:
            raise ValueError("nx and xx exclude each other")
        if isinstance(self.ttl, int | float) and self.ttl < 0.001:
            raise ValueError("ttl must be at least 1ms; leave it out to keep the key for ever")
        return self


SPEC = ActionSpec(
    name="redis_set",
    Config=RedisSetConfig,
    aliases=("redis.set",),
    result_keys=frozenset({"key", "value", "ttl", "ok", "duration_ms"}),
    summary="Writes a key to Redis.",
)
