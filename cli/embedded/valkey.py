"""A Valkey (or Redis) of our own in one folder."""

import contextlib
import signal
import socket
import subprocess
from pathlib import Path
from types import TracebackType
from typing import Self

import psutil

from cli.embedded.account import leave_socket_folder, private_folder, server_account, socket_folder
from cli.embedded.binaries import valkey_binary
from cli.embedded.processes import end_stray, start_process, stop_process, wait_until

_SOCKET = "valkey.sock"
_PID_FILE = "valkey.pid"


class EmbeddedValkey:
    """
    One Valkey server whose append-only file and socket are in `folder`.

    Listens on a unix socket; with `port`, also on `listen`. Raises EmbeddedError with a sentence for a person.
    """

    name = "Valkey"

    def __init__(
        self,
        folder: Path,
        *,
        listen: str = "127.0.0.1",
        port: int | None = None,
        durable: bool = True,
        databases: int = 16,
        log: Path | None = None,
    ) -> None:
        self.asked_folder = folder
        self.log = log or folder.with_name(f"{folder.name}.log")
        self.listen = listen
        self.port = port
        self.durable = durable
        self.databases = databases
        self.process: subprocess.Popen[bytes] | None = None
        self._account = server_account()
        self._folder = folder
        self._socket: Path | None = None

    @property
    def pid(self) -> int | None:
        return self.process.pid if self.process else None

    def start(self, *, seconds: float = 30) -> None:
        """Start the server and wait until it answers."""
        self._locate()
        self._end_predecessor()
        self._locate().unlink(missing_ok=True)
        self.process = start_process(
            [valkey_binary(self._account), *self._flags()], log=self.log, cwd=self._folder, account=self._account
        )
        wait_until(self._answers, self.process, name=self.name, seconds=seconds, log=self.log)

    def stop(self, *, seconds: float = 10) -> None:
        if self.process is not None:
            stop_process(self.process, ask=signal.SIGTERM, seconds=seconds)
            self.process = None
        if self._socket is not None:
            leave_socket_folder(self._socket.parent, self._folder)
            self._socket = None

    def url(self, database: int = 0) -> str:
        """The address over the unix socket."""
        return f"unix://{self._locate()}?db={database}"

    def tcp_url(self, database: int = 0) -> str:
        return f"redis://{self.listen}:{self.port}/{database}"

    def __enter__(self) -> Self:
        try:
            self.start()
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        self.stop()

    def _locate(self) -> Path:
        """Find or make the folder; the socket in it. Its address is known before the server runs."""
        if self._socket is None:
            self._folder = private_folder(self.asked_folder, self._account)
            self._socket = socket_folder(self._folder, self._account, longest_name=len(_SOCKET)) / _SOCKET
        return self._socket

    def _flags(self) -> list[str]:
        flags = {
            "port": str(self.port or 0),
            "bind": self.listen,
            "unixsocket": str(self._locate()),
            "unixsocketperm": "700",
            "dir": str(self._folder),
            "databases": str(self.databases),
            "save": "",
            "appendonly": "yes" if self.durable else "no",
            "appendfsync": "everysec",
            "maxmemory-policy": "noeviction",  # a broker that forgets messages is only slower, but needlessly so
            "daemonize": "no",
            "pidfile": str(self._folder / _PID_FILE),
            "loglevel": "warning",
        }
        return [word for key, value in flags.items() for word in (f"--{key}", value)]

    def _answers(self) -> bool:
        try:
            with socket.socket(socket.AF_UNIX) as client:
                client.settimeout(1)
                client.connect(str(self._locate()))
                client.sendall(b"PING\r\n")
                return client.recv(64).startswith(b"+PONG")
        except OSError:
            return False

    def _end_predecessor(self) -> None:
        """Stop a server that an earlier supervisor left behind: two writers would spoil the append-only file."""
        with contextlib.suppress(OSError, ValueError, psutil.Error):
            pid = int((self._folder / _PID_FILE).read_text())
            # The number may be somebody else's by now; a server of ours works in our folder.
            if psutil.Process(pid).cwd() == str(self._folder):
                end_stray(pid, ask=signal.SIGTERM, seconds=10)
