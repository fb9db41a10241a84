"""What steps of one hop hand on to each other: connections that are still open, say. Never beyond the hop."""

import threading
from typing import Generic, Protocol, TypeVar

KeyT = TypeVar("KeyT")


class Closeable(Protocol):
    def close(self) -> None: ...


T = TypeVar("T", bound=Closeable)


class Carried(Generic[KeyT, T]):
    """Things by key, one of each. Whoever takes one is alone with it. Callable from any thread: an action that was left
    behind may come back after the hop is over, and what it leaves then is closed at once.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._things: dict[KeyT, T] | None = {}

    def take(self, key: KeyT) -> T | None:
        with self._lock:
            return self._things.pop(key, None) if self._things else None

    def leave(self, key: KeyT, thing: T) -> None:
        with self._lock:
            if self._things is None:
                old: T | None = thing
            else:
                old, self._things[key] = self._things.get(key), thing
        if old is not None:
            old.close()

    def close(self) -> None:
        with self._lock:
            things, self._things = self._things, None
        for thing in (things or {}).values():
            thing.close()
