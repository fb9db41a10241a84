"""redis_get: read one key, whatever kind of value it holds."""

from pydantic import Field

from flows.language.actions.base import ActionSpec
from flows.language.actions.redis_connection import RedisConfig


class RedisGetConfig(RedisConfig):
    key: str = Field(description="the key to read")


SPEC = ActionSpec(
    name="redis_get",
    Config=RedisGetConfig,
    aliases=("redis.get",),
    result_keys=frozenset({"key", "value", "json", "exists", "type", "ttl", "truncated", "duration_ms"}),
    summary="Reads a key from Redis: text, list, set, hash, sorted set or stream.",
)
