"""A whole Stepwell of its own to measure: `stepwell up` in a folder that is thrown away."""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from cli.client import Client
from cli.embedded.home import Home
from cli.embedded.postgres import EmbeddedPostgres
from cli.embedded.running import find_running

READY_SECONDS = 120


class DidNotStart(Exception):
    """The stack did not come up; the message is what it said."""


@dataclass(frozen=True)
class Stack:
    home: Path
    url: str
    token: str
    database_url: str
    redis_url: str
    pid: int
    ready_seconds: float

    def client(self) -> Client:
        return Client(self.url, self.token)

    def database(self, name: str) -> str:
        """The address of another database on the same server."""
        return _server(self.home).url(name)

    def broker(self, number: int) -> str:
        """Another database of the same Valkey, as Celery names it."""
        return f"redis+socket://{self.redis_url.removeprefix('unix://').partition('?')[0]}?virtual_host={number}"


@contextmanager
def started(home: Path, *, shop: bool = False) -> Iterator[Stack]:
    """Raises DidNotStart."""
    home.mkdir(parents=True, exist_ok=True)
    said = home / "said.txt"
    words = [sys.executable, "-m", "cli.main", "up", *([] if shop else ["--no-shop"])]
    ours = ("STEPWELL_", "DJANGO_", "PYTEST_")
    environment = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
    began = time.monotonic()
    with said.open("wb") as output:
        process = subprocess.Popen(
            words,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            env=environment | {"STEPWELL_HOME": str(home)},
            start_new_session=True,
        )
    try:
        while (found := find_running(home)) is None:
            if process.poll() is not None or time.monotonic() - began > READY_SECONDS:
                raise DidNotStart(said.read_text(encoding="utf-8"))
            time.sleep(0.01)
        ready = time.monotonic() - began
        redis_url = f"unix://{(home / 'valkey').resolve() / 'valkey.sock'}?db=0"
        yield Stack(home, found.url, found.token, _server(home).url(), redis_url, process.pid, ready)
    finally:
        process.terminate()
        process.wait(60)


@contextmanager
def fresh() -> Iterator[Path]:
    """An empty folder, short because sockets lie in it, and open because root's servers run as somebody else."""
    with tempfile.TemporaryDirectory(prefix="stepwell-bench-", dir="/tmp", ignore_cleanup_errors=True) as made:
        Path(made).chmod(0o755)
        yield Path(made)


def _server(home: Path) -> EmbeddedPostgres:
    return EmbeddedPostgres(home / "postgres", password=Home(home).secrets().postgres_password)
