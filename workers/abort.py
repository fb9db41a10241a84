"""Stopping a running action from another thread.

Step timeouts, cancel, the flow's deadline and a lost lease all come through here: the action registers how to unblock
itself (shut the socket down, cancel the SQL backend), and the first reason to arrive wins.
"""

import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from time import monotonic

from workers.errors import Aborted

log = logging.getLogger(__name__)


class Abort:
    """One attempt's stop signal. Thread safe; idempotent."""

    def __init__(self) -> None:
        self._told = threading.Condition(threading.Lock())
        self._callbacks: list[Callable[[], None]] = []
        self.reason: str | None = None
        self.at: float | None = None  # monotonic seconds

    def set(self, reason: str) -> bool:
        """Tell the action to stop. False if it had been told before."""
        with self._told:
            if self.reason is not None:
                return False
            self.reason, self.at = reason, monotonic()
            callbacks = list(self._callbacks)
            self._told.notify_all()
        for callback in callbacks:
            self._call(callback)
        return True

    @property
    def is_set(self) -> bool:
        return self.reason is not None

    def check(self) -> None:
        """Raise Aborted if the action was told to stop."""
        if self.reason is not None:
            raise Aborted(self.reason)

    def wait(self, seconds: float) -> None:
        """Sleep, or raise Aborted as soon as the action is told to stop."""
        with self._told:
            self._told.wait_for(lambda: self.reason is not None, max(0.0, seconds))
        self.check()

    @contextmanager
    def calls(self, callback: Callable[[], None]) -> Iterator[None]:
        """While inside, an abort calls `callback` from another thread; it must be quick and may be called late."""
        with self._told:
            self._callbacks.append(callback)
            already = self.reason is not None
        if already:
            self._call(callback)
        try:
            yield
        finally:
            with self._told:
                self._callbacks.remove(callback)

    @staticmethod
    def _call(callback: Callable[[], None]) -> None:
        try:
            callback()
        except Exception:  # the abort must reach every callback, whatever one of them does
            log.debug("an abort callback failed", exc_info=True)
