"""redis_exists: whether a key is there."""

from pydantic import Field

from flows.language.actions.base import ActionSpec
from flows.language.actions.redis_connection import RedisConfig


class RedisExistsConfig(RedisConfig):
    key: str | list[str] = Field(min_length=1, description="the key, or a list of keys")

    @property
    def keys(self) -> list[str]:
        return [self.key] if isinstance(self.key, str) else self.key


SPEC = ActionSpec(
    name="redis_exists",
    Config=RedisExistsConfig,
    aliases=("redis.exists",),
    result_keys=frozenset({"key", "exists", "count", "duration_ms"}),
    summary="Says whether keys are in Redis.",
)
