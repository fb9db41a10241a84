"""Two threads per worker process: one keeps its lease, one stops actions whose time has come (DESIGN §5.4, §5.6).

The first uses a connection of its own, so that a busy pool cannot cost the lease, and needs no Redis. Twice a second it
renews and asks which of this process's executions were cancelled. The second wakes for the nearest deadline and never
touches the database: one that does not answer must not keep an action from being stopped.
"""

import logging
import os
import socket
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from time import monotonic
from typing import Any

import psycopg
from django.conf import settings

from executions.database import dedicated
from workers.abort import Abort

log = logging.getLogger(__name__)

RENEW_EVERY = 0.5  # seconds; also how soon a cancel is noticed
LOOK_EVERY = 0.5  # seconds; how late a lost lease may be noticed
GRACE = 1.0  # seconds an aborted action has to leave

REGISTER = """
INSERT INTO executions_workerprocess (host, pid, boot_id, process_started, worker_group, started_at, renewed_at,
                                      expires_at, hops, duplicate_messages, abandoned_attempts)
VALUES (%(host)s, %(pid)s, %(boot_id)s, %(process_started)s, %(group)s, now(), now(),
        now() + make_interval(secs => %(lease)s), 0, 0, 0)
RETURNING id
"""
RENEW = """
UPDATE executions_workerprocess
SET renewed_at = now(), expires_at = now() + make_interval(secs => %(lease)s), hops = hops + %(hops)s,
    duplicate_messages = duplicate_messages + %(duplicates)s, abandoned_attempts = abandoned_attempts + %(abandoned)s
WHERE id = %(id)s AND stopped_at IS NULL AND expires_at > now()
RETURNING id
"""
CANCELLED = """
SELECT id FROM executions_execution
WHERE id = ANY(%(ids)s) AND cancel_requested_at IS NOT NULL AND phase <> 'teardown'
"""
STOPPED = "SELECT id FROM executions_steprun WHERE id = ANY(%(ids)s) AND stopping <> ''"
STOP = "UPDATE executions_workerprocess SET stopped_at = now(), expires_at = now() WHERE id = %(id)s"


@dataclass
class Counters:
    """Since the last renewal; written with the next one."""

    hops: int = 0
    duplicates: int = 0
    abandoned: int = 0


@dataclass
class Held:
    """An attempt this process is making."""

    execution_id: int
    abort: Abort
    deadline: float  # monotonic seconds
    deadline_reason: str  # `timeout` (the step's) or `deadline` (the flow's)
    heeds_cancel: bool  # teardown does not
    abandon: Callable[[], None]  # called once, when the action does not leave after its abort
    container_id: int | None = None  # the step run inside which it is made
    abandoned: bool = field(default=False)


class Watch:
    """Keeps this process's lease and its deadlines."""

    def __init__(self, *, group: str = "", lease_seconds: float | None = None) -> None:
        self.worker_id = 0
        self.counters = Counters()
        self.group = group
        self._lease = lease_seconds or settings.LEASE_SECONDS
        self._held: set[int] = set()
        self._attempts: dict[int, Held] = {}
        self._condition = threading.Condition()
        self._over = threading.Event()
        self._renewed_at = monotonic()
        self._wakes_at = 0.0  # when the thread looks again by itself
        self._connection: psycopg.Connection[dict[str, Any]] | None = None
        self._keeper = threading.Thread(target=self._keep_lease, name="stepwell-lease", daemon=True)
        self._timer = threading.Thread(target=self._keep_time, name="stepwell-watch", daemon=True)

    def start(self) -> None:
        """Register this process and begin. Raises if the database cannot be reached."""
        self._register()
        self._keeper.start()
        self._timer.start()

    def stop(self) -> None:
        self._over.set()
        with self._condition:
            self._condition.notify()
        self._timer.join(timeout=5)
        self._keeper.join(timeout=6)
        if self._keeper.is_alive():
            log.warning("the database does not answer; the lease runs out by itself")
            return
        try:
            self._execute(STOP, id=self.worker_id)
        except psycopg.Error:
            log.warning("the lease was not given back; it runs out by itself")
        finally:
            if self._connection is not None:
                self._connection.close()

    @property
    def is_lease_lost(self) -> bool:
        """Not renewed for two thirds of its time: others may soon take over what this process holds."""
        return monotonic() - self._renewed_at > self._lease * 2 / 3

    def hold(self, attempt_id: int, held: Held) -> None:
        with self._condition:
            self._attempts[attempt_id] = held
            if held.deadline < self._wakes_at:  # mostly it looks again sooner than that anyway
                self._condition.notify()

    def release(self, attempt_id: int) -> None:
        with self._condition:
            self._attempts.pop(attempt_id, None)

    def count(self, *, hops: int = 0, duplicates: int = 0) -> None:
        with self._condition:
            self.counters.hops += hops
            self.counters.duplicates += duplicates

    def _keep_lease(self) -> None:
        while not self._over.wait(RENEW_EVERY):
            self._renew()

    def _keep_time(self) -> None:
        while not self._over.is_set():
            with self._condition:
                if not self._over.is_set():
                    self._condition.wait(self._until_next())
            self._stop_what_is_due()

    def _until_next(self) -> float:
        times = [monotonic() + LOOK_EVERY]
        for held in self._attempts.values():
            if not held.abort.is_set:
                times.append(held.deadline)
            elif not held.abandoned and held.abort.at is not None:
                times.append(held.abort.at + GRACE)
        self._wakes_at = min(times)
        return max(0.0, self._wakes_at - monotonic())

    def _stop_what_is_due(self) -> None:
        now = monotonic()
        with self._condition:
            attempts = list(self._attempts.values())
        lease_lost = self.is_lease_lost
        for held in attempts:
            if lease_lost:
                held.abort.set("lease_lost")
            elif now >= held.deadline:
                held.abort.set(held.deadline_reason)
            if held.abort.at is not None and now >= held.abort.at + GRACE and not held.abandoned:
                held.abandoned = True
                self.counters.abandoned += 1
                threading.Thread(target=held.abandon, name="stepwell-abandon", daemon=True).start()

    def _renew(self) -> None:
        with self._condition:
            counted, self.counters = self.counters, Counters()
            heeding = {held.execution_id: held for held in self._attempts.values() if held.heeds_cancel}
            attempts = list(self._attempts.values())
        asked_at = monotonic()  # the lease is counted from some time after this, never before
        try:
            kept = self._execute(
                RENEW,
                id=self.worker_id,
                lease=self._lease,
                hops=counted.hops,
                duplicates=counted.duplicates,
                abandoned=counted.abandoned,
            )
            if not kept:  # it ran out while this process was not looking: what it held may be somebody else's now
                for held in attempts:
                    held.abort.set("lease_lost")
                self._register()
            else:
                self._renewed_at = asked_at
            if containers := {held.container_id for held in attempts if held.container_id is not None}:
                stopped = {row["id"] for row in self._execute(STOPPED, ids=list(containers))}
                for held in attempts:
                    if held.container_id in stopped:
                        held.abort.set("stopped")
            if heeding:
                cancelled = {row["id"] for row in self._execute(CANCELLED, ids=list(heeding))}
                for held in attempts:
                    if held.heeds_cancel and held.execution_id in cancelled:
                        held.abort.set("cancelled")
        except psycopg.Error as exc:
            log.warning("the lease could not be renewed: %s", type(exc).__name__)
            self._connection = None
            with self._condition:
                self.counters.hops += counted.hops
                self.counters.duplicates += counted.duplicates
                self.counters.abandoned += counted.abandoned

    def _register(self) -> None:
        asked_at = monotonic()
        rows = self._execute(REGISTER, **identity(), group=self.group, lease=self._lease)
        self.worker_id, self._renewed_at = rows[0]["id"], asked_at

    def _execute(self, sql: str, **params: Any) -> list[dict[str, Any]]:
        if self._connection is None or self._connection.closed:
            self._connection = dedicated()
            self._connection.execute("SET statement_timeout = '5s'")
        cursor = self._connection.execute(sql.encode(), params)
        return cursor.fetchall() if cursor.description else []


def identity() -> dict[str, Any]:
    """Who this process is, precisely enough that another process on the same machine can tell that it is gone."""
    return {
        "host": socket.gethostname(),
        "pid": os.getpid(),
        "boot_id": boot_id(),
        "process_started": started_of(os.getpid()) or "",
    }


def boot_id() -> str:
    """This start of this machine, in this pid namespace; elsewhere, just the host's name."""
    try:
        boot = Path("/proc/sys/kernel/random/boot_id").read_text().strip()
        return f"{boot}/{Path('/proc/self/ns/pid').readlink()}"
    except OSError:
        return socket.gethostname()


def started_of(pid: int) -> str | None:
    """The kernel's start time of a process; None if there is no such process (a zombie is none)."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return None
    return None if fields[0] in {"Z", "X"} else fields[19]
