"""redis_exists: whether a key is there."""

from collections.abc import Mapping
from typing import Any

from flows.language.actions.redis_exists import SPEC, RedisExistsConfig
from workers.actions.base import Action, Endpoint, Result, StepContext
from workers.protocols.redis import Stopwatch, open_redis, redis_endpoint


class RedisExists(Action[RedisExistsConfig]):
    spec = SPEC

    def run(self, config: RedisExistsConfig, context: StepContext) -> Result:
        watch = Stopwatch()
        with open_redis(config, context, command="EXISTS", key=config.key) as client:
            count = client.call("EXISTS", *config.keys)
        exists = count == len(config.keys)
        return {"key": config.key, "exists": exists, "count": count, "duration_ms": watch.milliseconds}

    def is_repeatable(self, config: RedisExistsConfig) -> bool:
        return True

    def endpoint(self, config: RedisExistsConfig, written: Mapping[str, Any]) -> Endpoint:
        return redis_endpoint(config, "EXISTS", written.get("key"), config.keys[0])

    def summary(self, config: RedisExistsConfig, result: Result) -> str:
        return f"{result['count']} of {len(config.keys)} there"
