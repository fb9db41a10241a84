"""Runs bare Celery chains on the stack's own Valkey, with workers like ours."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

import redis

from bench.stack import Stack

DATABASE = 9
PROCESSES, THREADS = 2, 10  # as many as the stack has


@dataclass(frozen=True)
class Chains:
    hops: int
    redis: redis.Redis
    tasks: Any  # bench.peers.chain, imported once its broker is known

    def one_inside(self) -> float:
        """Seconds from the first task to the last."""
        run = self._send()
        return self._await(run) - float(self.redis.get(f"{self.tasks.DONE}{run}:began") or 0)

    def many(self, count: int) -> float:
        """Seconds from sending the first of `count` chains to the end of the last."""
        began = time.time()
        runs = [self._send() for _ in range(count)]
        return max(self._await(run) for run in runs) - began

    def _send(self) -> str:
        from celery import chain

        run = str(uuid4())
        middle = [self.tasks.noop.si() for _ in range(self.hops - 2)]
        chain(self.tasks.first.si(run), *middle, self.tasks.last.si(run)).apply_async()
        return run

    def _await(self, run: str) -> float:
        found: Any = self.redis.blpop([f"{self.tasks.DONE}{run}"], timeout=60)
        assert found is not None, "a Celery chain was lost"
        return float(found[1])


@contextmanager
def running_chains(stack: Stack, *, hops: int) -> Iterator[Chains]:
    path = stack.redis_url.removeprefix("unix://").partition("?")[0]
    address = f"unix://{path}?db={DATABASE}"
    os.environ.update({"BENCH_BROKER": stack.broker(DATABASE), "BENCH_REDIS": address})
    from bench.peers import chain

    root = Path(__file__).resolve().parent.parent
    words = [
        *(sys.executable, "-m", "celery", "-A", "bench.peers.chain", "worker", "-P", "threads", "-c", str(THREADS)),
        *("-l", "ERROR", "--without-gossip", "--without-mingle", "--without-heartbeat"),
    ]
    workers = [
        subprocess.Popen(
            [*words, "-n", f"bench-{number}@%h"], cwd=root, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        for number in range(PROCESSES)
    ]
    client = redis.Redis.from_url(address, socket_timeout=90)
    try:
        yield Chains(hops, client, chain)
    finally:
        for worker in workers:
            worker.terminate()
        for worker in workers:
            worker.wait(30)
        client.close()
