"""redis_del: delete one key or several."""

from collections.abc import Mapping
from typing import Any

from flows.language.actions.redis_del import SPEC, RedisDelConfig
from workers.actions.base import Action, Endpoint, Result, StepContext
from workers.protocols.redis import Stopwatch, open_redis, redis_endpoint


class RedisDel(Action[RedisDelConfig]):
    spec = SPEC

    def run(self, config: RedisDelConfig, context: StepContext) -> Result:
        watch = Stopwatch()
        with open_redis(config, context, command="DEL", key=config.key) as client:
            deleted = client.call("DEL", *config.keys)
        return {"key": config.key, "deleted": deleted, "duration_ms": watch.milliseconds}

    def endpoint(self, config: RedisDelConfig, written: Mapping[str, Any]) -> Endpoint:
        return redis_endpoint(config, "DEL", written.get("key"), config.keys[0])

    def summary(self, config: RedisDelConfig, result: Result) -> str:
        return "1 key deleted" if result["deleted"] == 1 else f"{result['deleted']} keys deleted"
