"""Requests held until somebody lets them go: how a test stops a step right in the middle."""

import socket
import time
from dataclasses import dataclass
from threading import Condition

from examples.shop.broken import LOOK_SECONDS, has_left
from examples.shop.messages import Json

MOST_KEYS = 10_000


@dataclass
class _Hold:
    holding: int = 0
    arrived: int = 0
    gone: int = 0  # clients that hung up while held
    released: int = 0  # arrivals up to this one may go
    for_good: bool = False


class Holds:
    def __init__(self) -> None:
        self._changed = Condition()
        self._by_key: dict[str, _Hold] = {}
        self._is_over = False

    def hold(self, key: str, client: socket.socket, seconds: float) -> int | None:
        """
        Wait for the release; the number of this arrival, or None if nobody released it within `seconds`.

        Raises ConnectionAbortedError as soon as the client hangs up.
        """
        deadline = time.monotonic() + seconds
        with self._changed:
            hold = self._at(key)
            hold.arrived += 1
            arrival = hold.arrived
            hold.holding += 1
            try:
                while not (hold.for_good or self._is_over or arrival <= hold.released):
                    if time.monotonic() >= deadline:
                        return None
                    if has_left(client):
                        hold.gone += 1
                        raise ConnectionAbortedError("the client left while it was held")
                    self._changed.wait(LOOK_SECONDS)
                return arrival
            finally:
                hold.holding -= 1

    def release(self, key: str, *, for_good: bool) -> int:
        """Let go those held now, and with `for_good` whoever comes later; how many were held."""
        with self._changed:
            hold = self._at(key)
            hold.released = hold.arrived
            hold.for_good = hold.for_good or for_good
            self._changed.notify_all()
            return hold.holding

    def release_all(self) -> None:
        with self._changed:
            self._is_over = True
            self._changed.notify_all()

    def seen(self, key: str) -> Json:
        with self._changed:
            hold = self._by_key.get(key, _Hold())
            return {"key": key, "holding": hold.holding, "arrived": hold.arrived, "gone": hold.gone}

    def _at(self, key: str) -> _Hold:
        hold = self._by_key.setdefault(key, _Hold())
        if len(self._by_key) > MOST_KEYS:
            idle = next(k for k, h in self._by_key.items() if not h.holding)
            del self._by_key[idle]
        return hold
