"""Holding on through a database that is away for a while, and knowing what this process is working on."""

import logging
import threading
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
    """The attempts that threads of this process are making."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._attempts: dict[int, int] = {}  # attempt → how many threads see to it

    @contextmanager
    def holding(self, attempt_id: int) -> Iterator[None]:
        with self._lock:
            self._attempts[attempt_id] = self._attempts.get(attempt_id, 0) + 1
        try:
            yield
        finally:
            with self._lock:
                self._attempts[attempt_id] -= 1
                if not self._attempts[attempt_id]:
                    del self._attempts[attempt_id]

    def __contains__(self, attempt_id: object) -> bool:
        with self._lock:
            return attempt_id in self._attempts
