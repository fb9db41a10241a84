"""Waiting for news of an execution without holding a thread or a connection meanwhile."""

import asyncio
from contextlib import suppress
from typing import Final

from asgiref.sync import sync_to_async
from django.db import connection

from executions.hub import current_hub
from executions.models import Execution
from executions.schemas import LONGEST_WAIT
from executions.status import Status
from workspaces.models import Workspace

GATHER: Final = 0.03  # one event seldom comes alone: a little later one answer tells several


async def wait_for_news(*, workspace: Workspace, execution_id: int, after: int, seconds: float) -> None:
    """Return once the execution has an event with a number above `after`, can have none any more, or the time is up."""
    hub = current_hub()
    with hub.execution(workspace, execution_id) as (stream, wake), suppress(TimeoutError):
        number, is_final = await sync_to_async(_look)(execution_id)
        if is_final:
            return
        async with asyncio.timeout(min(seconds, LONGEST_WAIT)):
            if number <= after:
                await hub.ready()
            while max(number, stream.known) <= after:
                wake.clear()
                await wake.wait()
            await asyncio.sleep(GATHER)


def _look(execution_id: int) -> tuple[int, bool]:
    row = Execution.objects.filter(pk=execution_id).values_list("event_number", "status").first()
    if not connection.in_atomic_block:
        connection.close()  # back to the pool: many wait, and few connections serve them
    return (row[0], Status(row[1]).is_final) if row else (0, True)
