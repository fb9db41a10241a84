"""A small Kafka of our own in one folder, for the demo shop and for tests."""

import contextlib
import json
import signal
import socket
import struct
import subprocess
from pathlib import Path
from types import TracebackType
from typing import Self

import psutil

from cli.embedded.binaries import kafka_binary
from cli.embedded.errors import DidNotStart
from cli.embedded.ports import HOST, is_free
from cli.embedded.processes import end_stray, start_process, stop_process, wait_until

_CONTROL_FILE = "noida.control.json"  # the broker writes it, with its process number
_API_VERSIONS = struct.pack(">hhih", 18, 0, 1, -1)  # key, version, correlation id, no client id


class EmbeddedKafka:
    """
    One broker that keeps its topics in `folder`, on loopback; whoever writes to a topic makes it.

    Raises EmbeddedError with a sentence for a person.
    """

    name = "Kafka"

    def __init__(self, folder: Path, *, port: int | None = None, log: Path | None = None) -> None:
        self.folder = folder
        self.port = port
        self.log = log or folder.with_name(f"{folder.name}.log")
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int | None:
        return self.process.pid if self.process else None

    @property
    def brokers(self) -> str:
        """What clients call `bootstrap.servers`."""
        return f"{HOST}:{self.port}"

    def start(self, *, seconds: float = 30) -> None:
        """Start the broker and wait until it answers."""
        binary = kafka_binary()
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._end_predecessor()
        self.port = self.port or free_port()
        if not is_free(self.port):  # whoever is there might speak Kafka too, and be taken for ours
            raise DidNotStart(f"Kafka cannot listen on port {self.port}, which is in use.")
        where: tuple[str | Path, ...] = ("--host", HOST, "--kafka-port", str(self.port), "--data-dir", self.folder)
        command = [binary, "start", "--only", "kafka", *where]
        self.process = start_process(command, log=self.log, cwd=self.folder)
        wait_until(lambda: speaks_kafka(self.port or 0), self.process, name=self.name, seconds=seconds, log=self.log)

    def stop(self, *, seconds: float = 10) -> None:
        if self.process is not None:
            stop_process(self.process, ask=signal.SIGINT, seconds=seconds)
            self.process = None

    def _end_predecessor(self) -> None:
        """Stop a broker that an earlier supervisor left behind: it would answer in place of ours."""
        with contextlib.suppress(OSError, ValueError, KeyError, psutil.Error):
            pid = int(json.loads((self.folder / _CONTROL_FILE).read_text())["pid"])
            # The number may be somebody else's by now; a broker of ours works in our folder.
            if psutil.Process(pid).cwd() == str(self.folder.resolve()):
                end_stray(pid, ask=signal.SIGINT, seconds=10)

    def __enter__(self) -> Self:
        try:
            self.start()
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        self.stop()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


def speaks_kafka(port: int) -> bool:
    """Whether a broker at this port says which requests it knows."""
    try:
        with socket.create_connection((HOST, port), timeout=1) as client:
            client.sendall(struct.pack(">i", len(_API_VERSIONS)) + _API_VERSIONS)
            return client.recv(8)[4:] == struct.pack(">i", 1)
    except OSError:
        return False
