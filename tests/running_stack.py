"""The whole product in its own processes, for tests that go through the front door."""

import ctypes
import fcntl
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from cli.embedded.home import Home, State
from cli.embedded.processes import tail
from cli.embedded.running import find_running
from tests.migrated_data import lay_out_home

WORKER = "worker-"
_OURS = ("STEPWELL_", "DJANGO_", "PYTEST_", "ANTHROPIC_")


@dataclass(frozen=True)
class Stack:
    """What a test may know about the running product."""

    home: Path
    url: str
    token: str
    database_url: str
    redis_url: str
    supervisor: int  # its pid

    @property
    def state(self) -> State:
        found = Home(self.home).state()
        assert found is not None, "the stack has gone"
        return found

    @property
    def workers(self) -> list[int]:
        """The pids of the worker processes that run now."""
        return [one.pid for name, one in self.state.processes.items() if name.startswith(WORKER)]

    @property
    def shop(self) -> Mapping[str, str]:
        """SHOP_URL, SHOP_DATABASE_URL and SHOP_REDIS_URL."""
        found: Mapping[str, str] = json.loads(Home(self.home).shop_ready_file.read_text())["environment"]
        return found

    def pid(self, name: str) -> int:
        """Of `web`, `beat`, `shop`, `postgres`, `valkey`, `worker-1` …"""
        return self.state.processes[name].pid

    def kill_worker(self, pid: int) -> None:
        """kill -9; the supervisor starts another in its place."""
        assert pid in self.workers
        os.kill(pid, signal.SIGKILL)

    def kill_and_wait(self, name: str, *, seconds: float = 30) -> int:
        """kill -9 one process by name and give the pid of the one that took its place."""
        before = self.pid(name)
        os.kill(before, signal.SIGKILL)
        wait_until(lambda: name in self.state.processes and self.pid(name) != before, seconds, f"{name} is back")
        return self.pid(name)

    def log(self, name: str) -> str:
        return "\n".join(tail(Home(self.home).logs / f"{name}.log", lines=200))


@contextmanager
def running_stack(home: Path, *, shop: bool = True, environment: Mapping[str, str] | None = None) -> Iterator[Stack]:
    """Start `stepwell up` in `home` and stop it at the end. A stack that does not start fails with its own words.

    A new home gets its schema laid out: tests/cli goes through a first start in a folder that is not there.
    """
    home.mkdir(parents=True, exist_ok=True)
    if not (home / "postgres").exists():
        lay_out_home(home)
    words = [sys.executable, "-m", "cli.main", "up", *([] if shop else ["--no-shop"])]
    said = home / "said.txt"
    # One at a time, whichever process of the tests starts it: two that look for free ports at once may find the same.
    lock = Path(tempfile.gettempdir(), f"stepwell-tests-{os.getuid()}-starting.lock")
    starting = lock.open("w")
    fcntl.flock(starting, fcntl.LOCK_EX)
    with said.open("wb") as output:
        process = subprocess.Popen(
            words,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            env=_without_ours(os.environ) | {"STEPWELL_HOME": str(home)} | dict(environment or {}),
            start_new_session=True,
            preexec_fn=_die_with_the_tests if sys.platform == "linux" else None,  # noqa: PLW1509 - one system call
        )
    try:
        wait_until(
            lambda: process.poll() is not None or find_running(home) is not None, 120, "the stack is ready", said=said
        )
        starting.close()
        found = find_running(home)
        assert found is not None, f"the stack did not start:\n{said.read_text()}"
        yield Stack(
            home=home,
            url=found.url,
            token=found.token,
            database_url=_database_url(home),
            redis_url=f"unix://{(home / 'valkey').resolve() / 'valkey.sock'}?db=0",
            supervisor=process.pid,
        )
    finally:
        starting.close()
        process.terminate()
        process.wait(60)


def wait_until(
    condition: Callable[[], bool], seconds: float, what: str, *, said: Path | None = None, pause: float = 0.02
) -> None:
    """Wait for a condition; one that does not come about fails the test and says what was waited for."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"not within {seconds:g} s: {what}\n{said.read_text() if said else ''}"
        time.sleep(pause)


def _die_with_the_tests() -> None:
    """Ask Linux for a SIGTERM when the test process ends, however it ends: a stack must not outlive its tests."""
    ctypes.CDLL(None).prctl(1, signal.SIGTERM)  # PR_SET_PDEATHSIG


def _without_ours(environment: Mapping[str, str]) -> dict[str, str]:
    """The settings of the unit tests are not those of the product."""
    return {key: value for key, value in environment.items() if not key.startswith(_OURS)}


def _database_url(home: Path) -> str:
    from cli.embedded.postgres import EmbeddedPostgres

    server = EmbeddedPostgres(home / "postgres", password=Home(home).secrets().postgres_password)
    return server.url()
