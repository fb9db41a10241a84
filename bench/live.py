"""How long after a step was committed a browser hears of it, and whether it hears of all."""

import asyncio
import subprocess
import sys
import time
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from statistics import quantiles

import psycopg

from bench.stack import Stack
from bench.watchers import Watcher, open_watchers

WAITING_FLOW = """
flow:
  name: Watched
  config: {timeout: 30m}
  steps: [{id: wait, action: delay, config: {duration: 25m}}]
"""
QUIET_SECONDS = 1.0


@dataclass(frozen=True)
class Heard:
    """What the watchers of one run heard. Times in milliseconds."""

    median: float
    p99: float
    lost: int  # events that a watcher did not get, over all watchers
    told: int  # events that were told, to each of them


def watch(stack: Stack, *, events_per_second: float, watchers: int, seconds: float) -> Heard:
    """Raises TimeoutError when a watcher gets no snapshot."""
    with closing(stack.client()) as client, psycopg.connect(stack.database_url, autocommit=True) as database:
        slug = client.save_flow(text=WAITING_FLOW, filename="watched.yaml")["slug"]
        execution = int(client.start({"flow": slug}, idempotency_key=str(time.monotonic_ns()))["id"])
        _wait_until_parked(database, execution)
        row = database.execute(
            "SELECT workspace_id, event_number FROM executions_execution WHERE id = %s", [execution]
        ).fetchone()
        assert row is not None
        workspace, first = row
        words = [stack.database_url, stack.redis_url, *map(str, (execution, workspace, events_per_second, seconds))]
        try:
            found, last = asyncio.run(_listen(stack, execution, words, watchers))
        finally:
            client.cancel(execution)
    return _heard(found, first + 1, last)


def _wait_until_parked(database: "psycopg.Connection[tuple[int, int]]", execution: int) -> None:
    deadline = time.monotonic() + 30
    query = "SELECT 1, 1 FROM executions_steprun WHERE execution_id = %s AND due_at > now()"
    while database.execute(query, [execution]).fetchone() is None:
        assert time.monotonic() < deadline, "the flow to be watched does not wait"
        time.sleep(0.02)


async def _listen(stack: Stack, execution: int, words: Sequence[str], count: int) -> tuple[list[Watcher], int]:
    found = await open_watchers(stack.url, f"/ws/executions/{execution}/", stack.token, count)
    await asyncio.sleep(QUIET_SECONDS)  # the snapshots are through
    telling = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bench.telling", *words, stdout=subprocess.PIPE
    )
    said, _ = await telling.communicate()
    await _until_silent(found)
    for watcher in found:
        watcher.transport.abort()
    return found, int(said)


async def _until_silent(watchers: Sequence[Watcher]) -> None:
    """Until nothing has come for a while: a snapshot that makes good what was lost comes within that."""
    before = -1
    while (now := sum(watcher.size for watcher in watchers)) != before:
        before = now
        await asyncio.sleep(QUIET_SECONDS)


def _heard(watchers: Sequence[Watcher], first: int, last: int) -> Heard:
    delays: list[float] = []
    lost = 0
    for watcher in watchers:
        numbers = set()
        for came, message in watcher.messages():
            if "at" in message["data"]:
                numbers.add(message["seq"])
                delays.append((came - message["data"]["at"]) * 1000)
        lost += len(set(range(first, last + 1)) - numbers)
    cuts = quantiles(delays, n=100, method="inclusive")
    return Heard(median=cuts[49], p99=cuts[98], lost=lost, told=last - first + 1)
