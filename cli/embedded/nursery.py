"""Our end of config/nursery.py: a process that forks ours, so that they share memory and start at once."""

import contextlib
import json
import os
import select
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from cli.embedded.errors import DidNotStart
from cli.embedded.home import born, is_alive
from cli.embedded.processes import reason_in, start_process, stop_process

FORK_SECONDS = 60.0  # the first fork waits until everything is loaded


class Forked:
    """A process of the nursery, to be handled like a Popen. It is not our child: the nursery tells us how it ended."""

    def __init__(self, pid: int, nursery: "Nursery") -> None:
        self.pid = pid
        self.returncode: int | None = None
        self._born = born(pid)
        self._nursery = nursery
        self._parent = nursery.process

    def poll(self) -> int | None:
        if self.returncode is None:
            self._nursery.hear()
            self.returncode = self._nursery.endings.pop(self.pid, None)
            if self.returncode is None and self._is_orphan and not is_alive(self.pid, self._born):
                self.returncode = 1  # nobody is left who knows how it ended
        return self.returncode

    @property
    def _is_orphan(self) -> bool:
        return self._parent is None or self._parent.poll() is not None

    def wait(self, timeout: float | None = None) -> int:
        deadline = time.monotonic() + (timeout if timeout is not None else 1e9)
        while (code := self.poll()) is None:
            if time.monotonic() > deadline:
                raise subprocess.TimeoutExpired(["forked"], timeout or 0)
            select.select([fd for fd in (self._nursery.fileno(),) if fd >= 0], [], [], 0.05)
        return code

    def send_signal(self, kind: int) -> None:
        if self.poll() is None:
            os.kill(self.pid, kind)


class Nursery:
    """A service of the supervisor like any other; `fork` waits until it has loaded."""

    name = "nursery"

    def __init__(
        self, command: Sequence[str], *, log: Path, env: Mapping[str, str], cwd: Path, keep: Sequence[int]
    ) -> None:
        self.command = command
        self.log = log
        self.env = env
        self.cwd = cwd
        self.keep = keep
        self.process: subprocess.Popen[bytes] | None = None
        self.endings: dict[int, int] = {}
        self._forked: list[int] = []
        self._requests, self._answers = -1, -1
        self._unread = b""

    @property
    def is_running(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def start(self) -> None:
        self._close()
        requests_read, self._requests = os.pipe()
        self._answers, answers_write = os.pipe()
        os.set_blocking(self._answers, False)
        try:
            self.process = start_process(
                self.command,
                log=self.log,
                env=self.env,
                cwd=self.cwd,
                pipes=(requests_read, answers_write),
                keep=self.keep,
            )
        finally:
            os.close(requests_read)
            os.close(answers_write)

    def stop(self) -> None:
        self._close()
        if self.process is not None:
            stop_process(self.process, ask=signal.SIGTERM, seconds=5)
            self.process = None

    def fileno(self) -> int:
        """Something to read there means that a process has ended; -1 while there is no nursery."""
        return self._answers

    def fork(
        self, name: str, module: str, argv: Sequence[str], *, log: Path, output: Path | None, keep: Sequence[int]
    ) -> Forked:
        request = {
            "name": name,
            "module": module,
            "argv": list(argv),
            "log": str(log),
            "output": str(output) if output else None,
            "keep": list(keep),
        }
        deadline = time.monotonic() + FORK_SECONDS
        try:
            os.write(self._requests, json.dumps(request).encode() + b"\n")
            while not self._forked:
                if not self.is_running or time.monotonic() > deadline:
                    raise DidNotStart(f"{name} could not be started. {reason_in(self.log)}")
                select.select([self._answers], [], [], 0.2)
                self.hear()
        except OSError as exc:
            raise DidNotStart(f"{name} could not be started: {exc.strerror}. {reason_in(self.log)}") from exc
        return Forked(self._forked.pop(), self)

    def hear(self) -> None:
        """Take in what the nursery has said, without waiting for more."""
        with contextlib.suppress(BlockingIOError):
            while self._answers >= 0:
                said = os.read(self._answers, 65536)
                if not said:
                    os.close(self._answers)
                    self._answers = -1
                *lines, self._unread = (self._unread + said).split(b"\n")
                for line in lines:
                    message = json.loads(line)
                    if "forked" in message:
                        self.endings.pop(message["forked"], None)  # of an earlier process with this number
                        self._forked.append(message["forked"])
                    else:
                        self.endings[message["ended"]] = message["code"]

    def _close(self) -> None:
        self.hear()
        for descriptor in (self._requests, self._answers):
            if descriptor >= 0:
                os.close(descriptor)
        self._requests, self._answers, self._unread = -1, -1, b""
        self._forked.clear()
