"""Waiting for news of an execution without holding a thread or a connection meanwhile."""

import asyncio
from typing import Final

from asgiref.sync import sync_to_async
from django.db import connection

from executions.models import Execution
from executions.status import Status

LONGEST_WAIT: Final = 20.0
FIRST_PAUSE: Final = 0.025
LONGEST_PAUSE: Final = 0.2
GATHER: Final = 0.03  # one event seldom comes alone: a little later one answer tells several


async def wait_for_news(*, execution_id: int, after: int, seconds: float) -> None:
    """Return once the execution has an event with a number above `after`, can have none any more, or the time is up."""
    clock = asyncio.get_running_loop().time
    end, pause = clock() + min(seconds, LONGEST_WAIT), FIRST_PAUSE
    while (left := end - clock()) > 0:
        number, is_final = await sync_to_async(_look)(execution_id)
        if is_final:
            return
        if number > after:
            await asyncio.sleep(GATHER)
            return
        await asyncio.sleep(min(pause, left))
        pause = min(pause * 1.5, LONGEST_PAUSE)


def _look(execution_id: int) -> tuple[int, bool]:
    row = Execution.objects.filter(pk=execution_id).values_list("event_number", "status").first()
    if not connection.in_atomic_block:
        connection.close()  # back to the pool: many wait, and few connections serve them
    return (row[0], Status(row[1]).is_final) if row else (0, True)
