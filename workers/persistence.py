"""Holding on through a database that is away for a while, and knowing what this process is working on."""

import logging
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

from django.db import InterfaceError, OperationalError, connection

from workers.abort import Abort

log = logging.getLogger(__name__)

T = TypeVar("T")

FIRST_WAIT, LONGEST_WAIT = 0.05, 1.0  # seconds between tries


def persistently(work: Callable[[], T], *, is_hopeless: Callable[[], bool]) -> T:
    """Do `work`, again and again while the database cannot be reached, until `is_hopeless` (the lease has run out).

    `work` must be safe to repeat: what it writes is guarded by a fence. Raises the database's error in the end.
    """
    wait, sleeper = FIRST_WAIT, Abort()
    while True:
        try:
            return work()
        except (OperationalError, InterfaceError) as exc:
            if connection.in_atomic_block or is_hopeless():
                raise
            log.warning("the database is away (%s); trying again", type(exc).__name__)
            connection.close()
            sleeper.wait(wait)
            wait = min(2 * wait, LONGEST_WAIT)


class Making:
    """What threads of this process are at: step runs they may have claimed, executions they are in a hop of.

    A look into the database may be older than what another thread did since. So whoever takes over what seems to be
    left behind first reads the rows, then asks here.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._threads: Counter[tuple[str, int]] = Counter()
        self._begun: set[int] = set()

    @contextmanager
    def step_run(self, step_run_id: int) -> Iterator[None]:
        with self._holding(("step run", step_run_id)):
            yield

    @contextmanager
    def execution(self, execution_id: int) -> Iterator[None]:
        with self._holding(("execution", execution_id)):
            yield

    def is_nobody_at(self, *, step_run_id: int, execution_id: int, but_me: bool = False) -> bool:
        """`but_me`: the calling thread is in a hop of the execution itself."""
        with self._lock:
            allowed = 1 if but_me else 0
            return (
                self._threads[("step run", step_run_id)] == 0 and self._threads[("execution", execution_id)] <= allowed
            )

    def begin(self, attempt_id: int) -> None:
        """From here on the action may take effect."""
        self._begun.add(attempt_id)

    def end(self, attempt_id: int) -> None:
        self._begun.discard(attempt_id)

    def has_begun(self, attempt_id: int) -> bool:
        return attempt_id in self._begun

    @contextmanager
    def _holding(self, key: tuple[str, int]) -> Iterator[None]:
        with self._lock:
            self._threads[key] += 1
        try:
            yield
        finally:
            with self._lock:
                self._threads[key] -= 1
                if not self._threads[key]:
                    del self._threads[key]
