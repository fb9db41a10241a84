"""redis_get: read one key, whatever kind of value it holds."""

from collections.abc import Mapping
from typing import Any

from flows.language.actions.redis_get import SPEC, RedisGetConfig
from workers.actions.base import Action, Endpoint, Result, StepContext
from workers.protocols.redis import Stopwatch, open_redis, redis_endpoint
from workers.protocols.redis_values import read


class RedisGet(Action[RedisGetConfig]):
    spec = SPEC

    def run(self, config: RedisGetConfig, context: StepContext) -> Result:
        watch = Stopwatch()
        with open_redis(config, context, command="GET", key=config.key) as client:
            found = read(client, config.key)
        return {"key": config.key, **found, "duration_ms": watch.milliseconds}

    def is_repeatable(self, config: RedisGetConfig) -> bool:
        return True

    def endpoint(self, config: RedisGetConfig, written: Mapping[str, Any]) -> Endpoint:
        return redis_endpoint(config, "GET", written.get("key"), config.key)

    def summary(self, config: RedisGetConfig, result: Result) -> str:
        return f"{config.key}: {result['type']}" if result["exists"] else f"{config.key}: no such key"
