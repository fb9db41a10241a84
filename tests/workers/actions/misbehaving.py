"""A TCP peer that does what a script tells it to, mostly wrong."""

import contextlib
import json
import socket
import ssl
import struct
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any

Script = Callable[["Conversation"], None]


@dataclass
class Request:
    method: str
    target: str
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


@dataclass
class Conversation:
    """One accepted connection."""

    sock: socket.socket
    closing: threading.Event
    requests: list[Request] = field(default_factory=list)

    def request(self) -> Request:
        """Read one HTTP request with a Content-Length or none."""
        data = b""
        while b"\r\n\r\n" not in data:
            chunk = self.sock.recv(65536)
            if not chunk:
                raise ConnectionError("the client has gone")
            data += chunk
        head, _, body = data.partition(b"\r\n\r\n")
        first, *lines = head.decode("latin-1").split("\r\n")
        method, target, _version = first.split(" ", 2)
        headers = {name.strip().lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
        while len(body) < int(headers.get("content-length", 0)):
            body += self.sock.recv(65536)
        request = Request(method, target, headers, body)
        self.requests.append(request)
        return request

    def send(self, data: bytes | str) -> None:
        self.sock.sendall(data.encode() if isinstance(data, str) else data)

    def respond(self, status: int = 200, body: bytes | str = b"", **headers: str) -> None:
        content = body.encode() if isinstance(body, str) else body
        head = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in headers.items())
        self.send(f"HTTP/1.1 {status} Said\r\n{head}Content-Length: {len(content)}\r\n\r\n".encode() + content)

    def wait(self) -> None:
        """Do nothing until the client goes or the test ends."""
        with contextlib.suppress(OSError):
            while not self.closing.is_set() and self.sock.recv(65536):
                pass

    def drip(self, byte: bytes = b"x", every: float = 0.1) -> None:
        with contextlib.suppress(OSError):
            while not self.closing.wait(every):
                self.send(byte)

    def reset(self) -> None:
        """Close with RST instead of FIN."""
        self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.sock.close()


class Peer:
    """Serves `script` on 127.0.0.1, each connection in a thread, until the test ends."""

    def __init__(self, script: Script, *, tls: ssl.SSLContext | None = None) -> None:
        self.script, self.tls = script, tls
        self.requests: list[Request] = []
        self.errors: list[BaseException] = []
        self.connected = threading.Event()
        self.asked = threading.Event()
        self._closing = threading.Event()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self._threads = [threading.Thread(target=self._accept, name="peer", daemon=True)]
        self._sockets: list[socket.socket] = []

    @property
    def url(self) -> str:
        return f"{'https' if self.tls else 'http'}://127.0.0.1:{self.port}"

    def __enter__(self) -> "Peer":
        self._threads[0].start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, exc: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._closing.set()
        for sock in (self._listener, *self._sockets):
            with contextlib.suppress(OSError):
                sock.shutdown(socket.SHUT_RDWR)
            sock.close()
        for thread in self._threads:
            thread.join(5)

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                sock, _ = self._listener.accept()
                self._sockets.append(sock)
                self.connected.set()
                thread = threading.Thread(target=self._serve, args=(sock,), name="peer", daemon=True)
                self._threads.append(thread)
                thread.start()

    def _serve(self, sock: socket.socket) -> None:
        try:
            if self.tls is not None:
                sock = self.tls.wrap_socket(sock, server_side=True)
                self._sockets.append(sock)
            self.script(Conversation(sock, self._closing, _Told(self)))
        except OSError:
            pass  # the client has gone, or the test has ended
        except BaseException as exc:
            self.errors.append(exc)
        finally:
            with contextlib.suppress(OSError):
                sock.close()


class _Told(list[Request]):
    """Requests, told to the peer as they come."""

    def __init__(self, peer: Peer) -> None:
        super().__init__()
        self._peer = peer

    def append(self, request: Request) -> None:
        super().append(request)
        self._peer.requests.append(request)
        self._peer.asked.set()


@contextlib.contextmanager
def black_hole() -> Any:
    """A port where a connection request is never answered: a listener whose queue is full."""
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    listener.listen(0)
    address = listener.getsockname()
    held = []
    for _ in range(4):
        sock = socket.socket()
        sock.setblocking(False)
        sock.connect_ex(address)
        held.append(sock)
    try:
        yield address[1]
    finally:
        for sock in (listener, *held):
            sock.close()


def free_port() -> int:
    """A port where nothing listens."""
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return int(sock.getsockname()[1])
