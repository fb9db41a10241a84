"""redis_del: delete one key or several."""

from pydantic import Field

from flows.language.actions.base import ActionSpec
from flows.language.actions.redis_connection import RedisConfig


class RedisDelConfig(RedisConfig):
    key: str | list[str] = Field(min_length=1, description="the key, or a list of keys")

    @property
    def keys(self) -> list[str]:
        return [self.key] if isinstance(self.key, str) else self.key


SPEC = ActionSpec(
    name="redis_del",
    Config=RedisDelConfig,
    aliases=("redis.del",),
    result_keys=frozenset({"key", "deleted", "duration_ms"}),
    summary="Deletes keys from Redis.",
)
