"""A web process of its own on the servers of the tests, and clients for its live sockets."""

import asyncio
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from websockets.asyncio.client import ClientConnection, connect

from executions.events import CHANNEL, Event, encode

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Web:
    """daphne, serving config.asgi."""

    pid: int
    port: int

    @property
    def origin(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def resident_bytes(self) -> int:
        pages = int(Path(f"/proc/{self.pid}/statm").read_text().split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE")

    def socket(self, path: str, token: str = "", **options: Any) -> connect:
        headers = options.pop("additional_headers", {})
        if token:
            headers = {"Authorization": f"Bearer {token}", **headers}
        return connect(f"ws://127.0.0.1:{self.port}{path}", additional_headers=headers, **options)


@contextmanager
def running_web(log: Path) -> Iterator[Web]:
    listening = socket.socket()
    listening.bind(("127.0.0.1", 0))
    listening.listen(512)
    port = listening.getsockname()[1]
    words = ["daphne", "--fd", str(listening.fileno()), "--no-server-name", "config.asgi:application"]
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", *words],
            cwd=ROOT,
            env=os.environ | {"PYTHONPATH": str(ROOT), "STEPWELL_PUBLIC_URL": f"http://127.0.0.1:{port}"},
            pass_fds=[listening.fileno()],
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    listening.close()
    try:
        deadline = time.monotonic() + 60
        while b"Listening on" not in log.read_bytes():
            assert process.poll() is None, log.read_text()
            assert time.monotonic() < deadline, log.read_text()
            time.sleep(0.02)
        yield Web(process.pid, port)
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(30)


@dataclass
class Watcher:
    """Reads a live socket; every frame is a list of messages."""

    connection: ClientConnection
    messages: list[dict[str, Any]] = field(default_factory=list)

    async def read(self, *, until_seq: int, seconds: float = 10) -> list[dict[str, Any]]:
        """Everything up to the message with this number, or one that is beyond it."""
        async with asyncio.timeout(seconds):
            while not (self.messages and self.messages[-1]["seq"] >= until_seq):
                self.messages += json.loads(await self.connection.recv())
        return self.messages

    async def next(self, kind: str, *, seconds: float = 10) -> dict[str, Any]:
        """The next message of this kind; those before it are left out."""
        async with asyncio.timeout(seconds):
            while True:
                while self.messages:
                    message = self.messages.pop(0)
                    if message["type"] == kind:
                        return message
                self.messages = json.loads(await self.connection.recv())


def tell(client: Any, execution: Any, *numbers: int, kind: str = "step.started", **data: Any) -> None:
    """Publish events with these numbers, as a worker does."""
    client.publish(
        CHANNEL, encode([Event(execution.pk, execution.workspace_id, number, kind, data) for number in numbers])
    )
