"""Running no-op flows over the API, and reading from the record how long they took."""

import json
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime

import psycopg
import redis

from bench.stack import Stack
from cli.client import Client
from executions.events import CHANNEL

PASSED = "passed"


class DidNotPass(Exception):
    """A flow that only notes things did not pass: nothing measured here would mean anything."""


def noop_flow(steps: int, *, alone: bool = False) -> str:
    """`alone`: each step has a time-out of its own, and so is claimed and committed by itself."""
    more = ", timeout: 1m" if alone else ""
    lines = ["flow:", f"  name: Noop {steps}{' alone' if alone else ''}", "  steps:"]
    lines += [f"    - {{id: s{number}, action: log, config: {{message: hello}}{more}}}" for number in range(steps)]
    return "\n".join(lines) + "\n"


@dataclass
class FlowRuns:
    """One flow, saved once, run again and again."""

    stack: Stack
    steps: int
    slug: str = ""
    alone: bool = False
    _clients: list[Client] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._database = psycopg.connect(self.stack.database_url, autocommit=True)
        self._redis = redis.Redis.from_url(self.stack.redis_url)
        self._events = self._redis.pubsub()
        self._events.subscribe(CHANNEL)
        client = self.stack.client()
        self.slug = client.save_flow(text=noop_flow(self.steps, alone=self.alone), filename="noop.yaml")["slug"]
        self._clients.append(client)

    def one(self) -> float:
        """Seconds from the API call to `passed`, by the record's own time."""
        began = time.time()
        return max(finished for _, finished in self._finish([self._start(self._clients[0])])) - began

    def one_inside(self) -> float:
        """Seconds from the claim of the first step to `passed`."""
        ((started, finished),) = self._finish([self._start(self._clients[0])])
        return finished - started

    def many(self, count: int) -> float:
        """Seconds from the first of `count` API calls at once to the last `passed`."""
        while len(self._clients) < count:
            self._clients.append(self.stack.client())
        began = time.time()
        with ThreadPoolExecutor(count) as pool:
            numbers = list(pool.map(self._start, self._clients[:count]))
        return max(finished for _, finished in self._finish(numbers)) - began

    def close(self) -> None:
        for client in self._clients:
            client.close()
        self._events.close()
        self._redis.close()
        self._database.close()

    def _start(self, client: Client) -> int:
        return int(client.start({"flow": self.slug}, idempotency_key=f"{time.monotonic_ns()}-{id(client)}")["id"])

    def _finish(self, numbers: Sequence[int]) -> list[tuple[float, float]]:
        """Wait for the events, which troubles nobody; then (started, finished) of each. Raises DidNotPass."""
        waiting, deadline = set(numbers), time.monotonic() + 120
        while waiting:
            if time.monotonic() > deadline:
                raise DidNotPass(f"Executions {waiting} were not over after two minutes.")
            waiting -= self._ended()
        rows = self._database.execute(
            "SELECT started_at, finished_at, status FROM executions_execution WHERE id = ANY(%s)", [list(numbers)]
        ).fetchall()
        if any(status != PASSED for *_, status in rows):
            raise DidNotPass(f"Executions {numbers} ended {sorted({status for *_, status in rows})}.")
        return [(_seconds(started), _seconds(finished)) for started, finished, _ in rows]

    def _ended(self) -> set[int]:
        """The executions that the next message says are over."""
        message = self._events.get_message(timeout=1)
        told = json.loads(message["data"]) if message and message["type"] == "message" else []
        return {event["execution"] for event in told if event["type"] == "execution.finished"}


def _seconds(moment: datetime | None) -> float:
    assert moment is not None
    return moment.timestamp()
