"""Waiting for news: told within moments, and nothing held meanwhile."""

import asyncio
import threading
import time
from collections.abc import Callable

import pytest
from asgiref.sync import ThreadSensitiveContext
from django.db import connection

from executions.models import Execution
from executions.watching import wait_for_news

pytestmark = pytest.mark.django_db(transaction=True)


def test_news_ends_the_wait(make_execution: Callable[..., Execution]) -> None:
    execution = make_execution(event_number=3)
    timer = threading.Timer(0.3, _bump, [execution.pk])
    timer.start()
    began = time.monotonic()
    asyncio.run(wait_for_news(workspace=execution.workspace, execution_id=execution.pk, after=3, seconds=20))
    timer.join()
    assert 0.2 < time.monotonic() - began < 10


def test_without_news_it_ends_when_the_time_is_up(make_execution: Callable[..., Execution]) -> None:
    execution = make_execution(event_number=3)
    asyncio.run(wait_for_news(workspace=execution.workspace, execution_id=execution.pk, after=3, seconds=0.3))
    assert Execution.objects.get(pk=execution.pk).event_number == 3


def test_more_than_the_pool_holds_can_wait_at_once(make_execution: Callable[..., Execution]) -> None:
    # Given four times as many who wait as there are connections
    execution = make_execution(event_number=3)
    timer = threading.Timer(0.5, _bump, [execution.pk])

    async def wait() -> None:
        async with ThreadSensitiveContext():  # as every request has one
            await wait_for_news(workspace=execution.workspace, execution_id=execution.pk, after=3, seconds=20)

    async def wait_together() -> None:
        await asyncio.gather(*(wait() for _ in range(32)))

    timer.start()
    began = time.monotonic()
    asyncio.run(wait_together())
    timer.join()
    # Then all are told, long before their time is up
    assert time.monotonic() - began < 10


def _bump(execution_id: int) -> None:
    Execution.objects.filter(pk=execution_id).update(event_number=4)
    connection.close()
