"""Telling whoever watches. Events are hints: small, numbered without gaps, and lost without harm (DESIGN §6).

A worker thread only puts its event into a bounded queue; one thread per process publishes them. A message on CHANNEL is
a JSON list, the events of the same few milliseconds: a fast flow costs neither us nor its watchers a message a step.
"""

import json
import logging
import queue
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import redis
from django.conf import settings

log = logging.getLogger(__name__)

CHANNEL = "stepwell:events"
LONGEST_QUEUE = 20_000
GATHER_SECONDS = 0.004  # nobody sees the difference, and waking up for each event cost more than a step's statement
MOST_AT_ONCE = 500  # events in one message


@dataclass(frozen=True)
class Event:
    """One thing that happened to an execution. `data` is small and masked; bodies are read from the record."""

    execution: int
    workspace: int
    seq: int
    type: str  # execution.queued, step.started, step.finished, …
    data: dict[str, Any] = field(default_factory=dict)


def encode(events: Sequence[Event]) -> bytes:
    """The message that tells these events."""
    told = [
        {
            "execution": event.execution,
            "workspace": event.workspace,
            "seq": event.seq,
            "type": event.type,
            "data": event.data,
        }
        for event in events
    ]
    return json.dumps(told, separators=(",", ":")).encode()


class Publisher:
    """Publishes from one daemon thread, started at the first event. Never blocks and never raises."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._queue: queue.SimpleQueue[Event] = queue.SimpleQueue()
        self._thread: threading.Thread | None = None
        self._lock = threading.Lock()

    def publish(self, *events: Event) -> None:
        if self._queue.qsize() >= LONGEST_QUEUE:  # watchers see the gap in the numbers and ask for a snapshot
            log.warning("the event queue is full: events are dropped")
            return
        for event in events:
            self._queue.put(event)
        if self._thread is None or not self._thread.is_alive():
            self._start()

    def _start(self) -> None:
        with self._lock:
            if self._thread is None or not self._thread.is_alive():
                self._thread = threading.Thread(target=self._work, name="stepwell-events", daemon=True)
                self._thread.start()

    def _work(self) -> None:
        client = redis.Redis.from_url(self._url, socket_timeout=5, socket_connect_timeout=5)
        told_at = 0.0
        while True:
            batch = [self._queue.get()]
            time.sleep(max(0.0, told_at + GATHER_SECONDS - time.monotonic()))
            while len(batch) < MOST_AT_ONCE and not self._queue.empty():
                batch.append(self._queue.get())  # nobody else takes from it
            try:
                client.publish(CHANNEL, encode(batch))
                told_at = time.monotonic()
            except redis.RedisError as exc:
                log.warning("%d events were not published: %s", len(batch), type(exc).__name__)


@cache
def _publisher() -> Publisher:
    return Publisher(settings.REDIS_URL)


def publish(*events: Event) -> None:
    _publisher().publish(*events)
