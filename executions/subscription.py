"""Hearing what workers tell: a subscription to Redis that comes back by itself."""

import asyncio
import logging
from collections.abc import Callable
from contextlib import suppress
from time import monotonic
from typing import Any, Final

import redis
import redis.asyncio
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff

from executions.events import CHANNEL

log = logging.getLogger(__name__)

PATIENCE_SECONDS: Final = 5.0
FIRST_PAUSE: Final = 0.05
LONGEST_PAUSE: Final = 1.0


async def listen(
    url: str,
    hear: Callable[[bytes], None],
    *,
    is_listening: asyncio.Event,
    came: Callable[[], None],
    is_wanted: Callable[[], bool],
) -> None:
    """Hand every message to `hear` until it is not wanted any more. `came` is called whenever the subscription starts:
    what was told before it, nobody here has heard.
    """
    pause = FIRST_PAUSE
    while is_wanted():
        # It must not reconnect on its own: that loses messages without a word.
        client = redis.asyncio.Redis.from_url(
            url,
            retry=Retry(NoBackoff(), 0),
            socket_timeout=PATIENCE_SECONDS,
            socket_connect_timeout=PATIENCE_SECONDS,
        )
        try:
            async with client.pubsub() as subscription:
                await subscription.subscribe(CHANNEL)
                await subscription.get_message(timeout=PATIENCE_SECONDS)
                is_listening.set()
                came()
                pause = FIRST_PAUSE
                await _hear(subscription, hear, is_wanted)
        except (redis.RedisError, OSError) as exc:
            if is_listening.is_set():
                log.warning("live events are late: Redis has gone (%s)", type(exc).__name__)
        finally:
            is_listening.clear()
            with suppress(redis.RedisError, OSError):
                await client.aclose()
        await asyncio.sleep(pause)
        pause = min(pause * 2, LONGEST_PAUSE)


async def _hear(subscription: Any, hear: Callable[[bytes], None], is_wanted: Callable[[], bool]) -> None:
    heard_at, asked = monotonic(), False
    while is_wanted():
        message = await subscription.get_message(timeout=1)
        if message is not None:
            heard_at, asked = monotonic(), False
            if message["type"] == "message":
                hear(message["data"])
        elif monotonic() - heard_at > PATIENCE_SECONDS:
            if asked:
                raise redis.ConnectionError("it does not answer a ping")
            await subscription.ping()
            heard_at, asked = monotonic(), True
