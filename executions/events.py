"""Telling whoever watches. Events are hints: small, numbered without gaps, and lost without harm (DESIGN §6).

A worker thread only puts its event into a bounded queue; one thread per process publishes them, many in one round trip.
"""

import json
import logging
import queue
import threading
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import redis
from django.conf import settings

log = logging.getLogger(__name__)

CHANNEL = "stepwell:events"
LONGEST_QUEUE = 20_000


@dataclass(frozen=True)
class Event:
    """One thing that happened to an execution. `data` is small and masked; bodies are read from the record."""

    execution: int
    workspace: int
    seq: int
    type: str  # execution.queued, step.started, step.finished, …
    data: dict[str, Any] = field(default_factory=dict)

    def encode(self) -> bytes:
        return json.dumps(
            {
                "execution": self.execution,
                "workspace": self.workspace,
                "seq": self.seq,
                "type": self.type,
                "data": self.data,
            },
            separators=(",", ":"),
        ).encode()


class Publisher:
    """Publishes from one daemon thread, started at the first event. Never blocks and never raises."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._queue: queue.Queue[Event] = queue.Queue(LONGEST_QUEUE)
        self._thread: threading.Thread | None = None
        self._lock = threading.Lock()

    def publish(self, *events: Event) -> None:
        try:
            for event in events:
                self._queue.put_nowait(event)
        except queue.Full:  # watchers see the gap in the numbers and ask for a snapshot
            log.warning("the event queue is full: events are dropped")
        if self._thread is None or not self._thread.is_alive():
            self._start()

    def _start(self) -> None:
        with self._lock:
            if self._thread is None or not self._thread.is_alive():
                self._thread = threading.Thread(target=self._work, name="stepwell-events", daemon=True)
                self._thread.start()

    def _work(self) -> None:
        client = redis.Redis.from_url(self._url, socket_timeout=5, socket_connect_timeout=5)
        while True:
            batch = [self._queue.get()]
            while len(batch) < 500:
                try:
                    batch.append(self._queue.get_nowait())
                except queue.Empty:
                    break
            try:
                with client.pipeline(transaction=False) as pipe:
                    for event in batch:
                        pipe.publish(CHANNEL, event.encode())
                    pipe.execute()
            except redis.RedisError as exc:
                log.warning("%d events were not published: %s", len(batch), type(exc).__name__)


@cache
def _publisher() -> Publisher:
    return Publisher(settings.REDIS_URL)


def publish(*events: Event) -> None:
    _publisher().publish(*events)
