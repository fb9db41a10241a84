"""When the hub of live events goes to sleep, and that it does not do so under somebody who has just come."""

import asyncio
from time import monotonic

from executions.hub import IDLE_SECONDS, Hub


def test_a_hub_about_to_sleep_stays_awake_for_who_comes() -> None:
    async def story() -> bool:
        # Given a hub that nobody has watched for long, whose next look would send it to sleep
        hub = Hub("redis://127.0.0.1:1")
        hub._left_at = monotonic() - 2 * IDLE_SECONDS
        assert not hub._is_needed()
        # When somebody asks it to be ready, and has not begun to watch yet
        await hub.ready(seconds=0.01)
        # Then it stays
        return hub._is_needed()

    assert asyncio.run(story())
