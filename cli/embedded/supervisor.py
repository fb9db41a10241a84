"""Keeps processes alive: starts again what dies, with growing pauses, and stops everything in order."""

import contextlib
import os
import select
import shutil
import signal
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from cli.embedded.errors import EmbeddedError
from cli.embedded.home import ProcessState, born
from cli.embedded.processes import Process

FIRST_PAUSE, LONGEST_PAUSE = 0.2, 15.0
STEADY_SECONDS = 20.0  # who lived this long starts again at once
LOG_BYTES = 5 * 1024 * 1024
LOOK_SECONDS = 1.0  # nobody tells us of the end of a process whose nursery has gone


class Service(Protocol):
    name: str
    log: Path

    @property
    def process(self) -> Process | None: ...

    def start(self) -> None: ...
    def stop(self) -> None: ...


@dataclass
class Kept:
    """A service and its history."""

    service: Service
    key: str
    started: float
    restarts: int = 0
    pause: float = 0.0
    due: float | None = None  # when it is to be started again; None while it lives


class Supervisor:
    """
    Owns the services from the moment they are added.

    `on_change` hears of every start; `say` gets one sentence about each thing a person should know.
    """

    def __init__(self, *, say: Callable[[str], None], on_change: Callable[[], None]) -> None:
        self._say = say
        self._on_change = on_change
        self._kept: list[Kept] = []
        self._wake_read, self._wake_write = os.pipe()
        os.set_blocking(self._wake_write, False)
        self.is_stopping = False
        self.listen_to: Callable[[], int] = lambda: -1  # a descriptor whose news may mean that a process has ended

    def add(self, service: Service, *, key: str = "") -> None:
        """Start a service and keep it. One that cannot be started raises EmbeddedError."""
        kept = Kept(service, key or service.name, time.monotonic())
        self._kept.append(kept)
        service.start()
        self._on_change()

    def adopt(self, service: Service, *, key: str) -> None:
        """Keep a service that is already running."""
        self._kept.append(Kept(service, key, time.monotonic()))
        self._on_change()

    def states(self) -> dict[str, ProcessState]:
        """What runs now, by name."""
        found = {}
        for kept in self._kept:
            process = kept.service.process
            if process is not None and process.returncode is None:
                found[kept.key] = ProcessState(process.pid, born(process.pid), kept.restarts)
        return found

    def dead(self) -> Service | None:
        """A service that has ended by itself."""
        for kept in self._kept:
            if kept.service.process is not None and kept.service.process.poll() is not None:
                return kept.service
        return None

    @contextlib.contextmanager
    def signals(self) -> Iterator[None]:
        """Ctrl-C, SIGTERM and a closed terminal ask for a stop; SIGCHLD wakes the loop."""
        kinds = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
        before = {kind: signal.signal(kind, self._on_signal) for kind in (*kinds, signal.SIGCHLD)}
        wakeup = signal.set_wakeup_fd(self._wake_write, warn_on_full_buffer=False)
        try:
            yield
        finally:
            signal.set_wakeup_fd(wakeup)
            for kind, handler in before.items():
                signal.signal(kind, handler)

    def watch(self) -> None:
        """Keep everything alive until a stop is asked for."""
        looked = 0.0
        while not self.is_stopping:
            now = time.monotonic()
            for kept in self._kept:
                self._tend(kept, now)
            if now - looked > LOOK_SECONDS:
                looked = now
                for kept in self._kept:
                    rotate(kept.service.log)
            due = [kept.due - now for kept in self._kept if kept.due is not None]
            self.pause(max(0.0, min([LOOK_SECONDS, *due])))

    def pause(self, seconds: float) -> None:
        """Wait, but not past a signal."""
        heard = [self._wake_read, *(fd for fd in (self.listen_to(),) if fd >= 0)]
        if self._wake_read in select.select(heard, [], [], seconds)[0]:
            os.read(self._wake_read, 4096)

    def stop(self) -> None:
        """Ask our own processes all at once, then end every service, last started first."""
        self.is_stopping = True
        for kept in self._kept:
            if ask := getattr(kept.service, "ask_to_stop", None):
                ask()
        for kept in reversed(self._kept):
            kept.service.stop()
        self._on_change()

    def _tend(self, kept: Kept, now: float) -> None:
        process = kept.service.process
        if kept.due is None and process is not None and (code := process.poll()) is not None:
            lived = now - kept.started
            kept.pause = 0.0 if lived > STEADY_SECONDS else min(LONGEST_PAUSE, kept.pause * 2 or FIRST_PAUSE)
            kept.due = now + kept.pause
            self._say(f"{kept.key} {_ending(code)}. It is started again; its log is {kept.service.log}.")
        if kept.due is not None and kept.due <= now:
            kept.started, kept.due, kept.restarts = now, None, kept.restarts + 1
            try:
                kept.service.start()
            except EmbeddedError as exc:
                kept.pause = min(LONGEST_PAUSE, kept.pause * 2 or FIRST_PAUSE)
                kept.due = time.monotonic() + kept.pause
                self._say(f"{kept.key} could not be started again: {exc}")
            self._on_change()

    def _on_signal(self, kind: int, _frame: object) -> None:
        if kind != signal.SIGCHLD:
            self.is_stopping = True


def _ending(code: int) -> str:
    if code >= 0:
        return f"ended with code {code}"
    try:
        return f"was killed by {signal.Signals(-code).name}"
    except ValueError:
        return f"was killed by signal {-code}"


def rotate(log: Path, *, limit: int = LOG_BYTES) -> None:
    """Move a log's text aside once it is long. Its writer appends, and goes on at the new beginning."""
    with contextlib.suppress(OSError):
        if log.stat().st_size > limit:
            shutil.copyfile(log, log.with_name(f"{log.name}.1"))
            os.truncate(log, 0)
