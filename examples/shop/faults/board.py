"""Which faults there are, whom each meets, and how often it has struck."""

import time
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from threading import Event, Lock
from typing import Any

from examples.shop.faults.fault import Fault
from examples.shop.messages import Json

MOST_FAULTS = 1000
HEADER = "x-fault-key"


@dataclass
class Work:
    """What one request carries and has met. The shop's own clockwork has none: faults strike only who asked."""

    keys: Collection[str]
    decided: dict[str, set[str]] = field(default_factory=dict)


_work: ContextVar[Work | None] = ContextVar("work", default=None)


@dataclass
class _Entry:
    fault: Fault
    since: float
    met: int = 0
    struck: int = 0

    @property
    def seconds_left(self) -> float | None:
        if self.fault.for_seconds is None:
            return None
        return max(0.0, self.fault.for_seconds - (time.monotonic() - self.since))

    @property
    def is_on(self) -> bool:
        return self.seconds_left != 0 and (self.fault.count is None or self.struck < self.fault.count)

    def meet(self) -> bool:
        self.met += 1
        if not self.fault.strikes(self.met):
            return False
        self.struck += 1
        return True


class Faults:
    """The board. One that is over stays on it, off, so that one can read how often it struck."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._entries: dict[str, _Entry] = {}
        self.closing = Event()  # whoever waits for a fault's sake leaves when this is set

    def put(self, name: str, fault: Fault) -> bool:
        """Turn on, counting from zero; whether the name was new."""
        with self._lock:
            is_new = self._entries.pop(name, None) is None
            self._entries[name] = _Entry(fault, time.monotonic())
            if len(self._entries) > MOST_FAULTS:
                over = (n for n, entry in self._entries.items() if not entry.is_on)
                del self._entries[next(over, next(iter(self._entries)))]
            return is_new

    def remove(self, name: str) -> bool:
        with self._lock:
            return self._entries.pop(name, None) is not None

    def clear(self, key: str | None = None) -> int:
        """Remove all, or those of one key; how many."""
        with self._lock:
            going = [name for name, entry in self._entries.items() if key is None or entry.fault.key == key]
            for name in going:
                del self._entries[name]
            return len(going)

    def shown(self, name: str) -> Json | None:
        with self._lock:
            return _shown(name, self._entries[name]) if name in self._entries else None

    def all(self) -> list[Json]:
        """In the order they were turned on."""
        with self._lock:
            return [_shown(name, entry) for name, entry in self._entries.items()]

    def struck(self, part: str, keys: Collection[str] = ()) -> list[Fault]:
        """Every fault of `part` that strikes now, given what the one who asks carries. Counts."""
        with self._lock:
            return [
                entry.fault
                for entry in self._entries.values()
                if entry.fault.part == part
                and entry.is_on
                and (not entry.fault.key or entry.fault.key in keys)
                and entry.meet()
            ]

    def has(self, part: str, *, keyed: bool = False) -> bool:
        """Whether any fault of `part` is on; with `keyed`, one that looks at keys."""
        with self._lock:
            return any(
                entry.fault.part == part and entry.is_on and (not keyed or entry.fault.key)
                for entry in self._entries.values()
            )

    @contextmanager
    def during(self, keys: Collection[str]) -> Iterator[None]:
        """Everything in this block is done for the one request that carries `keys`."""
        token = _work.set(Work(keys))
        try:
            yield
        finally:
            _work.reset(token)

    def underneath(self, part: str) -> Collection[str]:
        """
        The kinds of fault that the request at hand meets in a part it uses: `drop`, `stale`. Waits where that is slow.

        Decided at its first use of the part, so that a request counts once, however often it asks.
        """
        work = _work.get()
        if work is None:
            return ()
        if part not in work.decided:
            faults = self.struck(part, work.keys)
            work.decided[part] = {fault.kind for fault in faults}
            self.closing.wait(sum(fault.seconds for fault in faults if fault.kind == "slow"))
        return work.decided[part]

    def keys(self) -> Collection[str]:
        """What the request at hand carries."""
        work = _work.get()
        return () if work is None else work.keys


def texts_in(values: Iterable[Any], *, depth: int = 8) -> set[str]:
    """Every text and whole number in nested JSON, as text: what a fault's key may name."""
    found: set[str] = set()
    for value in values:
        if isinstance(value, str):
            found.add(value)
        elif isinstance(value, int) and not isinstance(value, bool):
            found.add(str(value))
        elif isinstance(value, dict | list | tuple) and depth:
            found |= texts_in(value.values() if isinstance(value, dict) else value, depth=depth - 1)
    return found


def _shown(name: str, entry: _Entry) -> Json:
    left = entry.seconds_left
    return {
        "name": name,
        "on": entry.is_on,
        **entry.fault.to_json(),
        "seconds_left": None if left is None else round(left, 3),
        "met": entry.met,
        "struck": entry.struck,
    }
