"""One child process: started with its output in a log file, stopped by asking, then by force."""

import contextlib
import os
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import BinaryIO, Protocol

import psutil

from cli.embedded.account import Account
from cli.embedded.errors import DataFolderUnusable, DidNotStart


class Process(Protocol):
    """What we need of a `subprocess.Popen`, and what a forked process has as well."""

    pid: int

    @property
    def returncode(self) -> int | None: ...
    def poll(self) -> int | None: ...
    def wait(self, timeout: float | None = None) -> int: ...
    def send_signal(self, kind: int, /) -> None: ...


def start_process(
    command: Sequence[str | Path],
    *,
    log: Path,
    output: Path | None = None,
    env: Mapping[str, str] | None = None,
    cwd: Path | None = None,
    account: Account | None = None,
    pipes: tuple[int, int] | None = None,
    keep: Sequence[int] = (),
) -> subprocess.Popen[bytes]:
    """
    Start `command` in a session of its own, so that a Ctrl-C in the terminal reaches only the supervisor.

    What it prints is appended to `log`; with `output`, its stdout goes to that file instead, for our eyes only; with
    `pipes`, it reads and writes there. It inherits the descriptors of `keep`.
    """
    options = account.popen_options() if account else {}
    try:
        with contextlib.ExitStack() as files:
            errors = files.enter_context(log.open("ab"))
            printed = errors if output is None else files.enter_context(_private(output))
            read, write = pipes or (subprocess.DEVNULL, printed)
            process: subprocess.Popen[bytes] = subprocess.Popen(
                [os.fspath(word) for word in command],
                stdin=read,
                stdout=write,
                stderr=errors,
                env=None if env is None else dict(env),
                cwd=cwd,
                start_new_session=True,
                pass_fds=keep,
                **options,  # type: ignore[call-overload]  # the overloads do not know a dictionary of user and groups
            )
            return process
    except OSError as exc:
        raise DidNotStart(f"{Path(command[0]).name} cannot be started: {exc.strerror}.") from exc


def _private(path: Path) -> BinaryIO:
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb")


def wait_until(
    ready: Callable[[], bool], process: subprocess.Popen[bytes], *, name: str, seconds: float, log: Path
) -> None:
    """Wait until `ready()`; a process that ends or takes longer is told in a sentence with the reason its log gives."""
    deadline = time.monotonic() + seconds
    pause = 0.005
    while not ready():
        if process.poll() is not None:
            raise DidNotStart(f"{name} ended with code {process.returncode} before it was ready. {reason_in(log)}")
        if time.monotonic() > deadline:
            raise DidNotStart(f"{name} was not ready within {seconds:g} s. {reason_in(log)}")
        time.sleep(pause)
        pause = min(pause * 1.5, 0.1)


def stop_process(process: Process, *, ask: signal.Signals, seconds: float) -> bool:
    """Ask a process to end and wait; kill it, and all of its session, when it does not. True if asking was enough."""
    if process.poll() is None:
        with contextlib.suppress(ProcessLookupError):
            process.send_signal(ask)
    try:
        process.wait(seconds)
    except subprocess.TimeoutExpired:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        return False
    return True


def end_stray(pid: int, *, ask: signal.Signals, seconds: float) -> None:
    """End a process that an earlier supervisor left behind."""
    with contextlib.suppress(psutil.NoSuchProcess):
        process = psutil.Process(pid)
        process.send_signal(ask)
        try:
            process.wait(seconds)
        except psutil.TimeoutExpired:
            process.kill()
            process.wait(seconds)


_TELLING = ("No space left on device", "Permission denied", "FATAL:", "could not", "rror:", "Can't", "Bad", "Failed")


def reason_in(log: Path) -> str:
    """The line of a log's end that most likely says why, as a sentence, and where to read on."""
    lines = tail(log)
    if any("No space left on device" in line for line in lines):
        raise DataFolderUnusable(f"The disk that holds {log.parent} is full. Free some space and start again.")
    for line in reversed(lines):
        if any(word in line for word in _TELLING):
            return f"{line.strip().rstrip('.')}. The log is {log}."
    return f"The log is {log}."


def tail(log: Path, lines: int = 30) -> list[str]:
    try:
        with log.open("rb") as file:
            file.seek(0, os.SEEK_END)
            file.seek(max(0, file.tell() - 16_384))
            return file.read().decode(errors="replace").splitlines()[-lines:]
    except OSError:
        return []
