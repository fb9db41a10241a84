"""redis_set: write one key as text."""

from collections.abc import Mapping
from typing import Any

from flows.language.actions.redis_set import SPEC, RedisSetConfig
from workers.actions.base import Action, Endpoint, Result, StepContext
from workers.protocols.redis import Stopwatch, open_redis, redis_endpoint
from workers.protocols.redis_values import seconds, stored


class RedisSet(Action[RedisSetConfig]):
    spec = SPEC

    def run(self, config: RedisSetConfig, context: StepContext) -> Result:
        watch = Stopwatch()
        value = stored(config.value)
        milliseconds = None if config.ttl is None else max(1, round(config.ttl * 1000))
        command: list[Any] = ["SET", config.key, value]
        command += [] if milliseconds is None else ["PX", milliseconds]
        command += ["NX"] if config.nx else ["XX"] if config.xx else []
        ttl = None if milliseconds is None else seconds(milliseconds)
        shown = {"command": "SET", "key": config.key, "value": value, "ttl": ttl, "nx": config.nx, "xx": config.xx}
        with open_redis(config, context, **shown) as client:
            answer = client.call(*command)
        return {
            "key": config.key,
            "value": value,
            "ttl": ttl,
            "ok": answer is not None,
            "duration_ms": watch.milliseconds,
        }

    def endpoint(self, config: RedisSetConfig, written: Mapping[str, Any]) -> Endpoint:
        return redis_endpoint(config, "SET", written.get("key"), config.key)

    def summary(self, config: RedisSetConfig, result: Result) -> str:
        if result["ok"]:
            return f"{config.key} set"
        return f"{config.key} not set: it {'is there already' if config.nx else 'is not there'}"
