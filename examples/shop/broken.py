"""Answers that break the rules of HTTP on purpose."""

import select
import socket
import struct
import time
from threading import Event

from examples.shop.messages import Takeover

LOOK_SECONDS = 0.05  # how often whoever keeps silent looks whether the client is still there
_HUNG_UP = getattr(select, "POLLRDHUP", 0) | select.POLLHUP | select.POLLERR


def drip(seconds: int) -> Takeover:
    """A promised body that comes at one byte a second: no read ever times out, only a total deadline helps."""

    def speak(connection: socket.socket) -> None:
        connection.sendall(_head(seconds, "text/plain"))
        for _ in range(seconds):
            connection.sendall(b".")
            time.sleep(1)

    return Takeover(speak)


def half() -> Takeover:
    """A body that ends in the middle of its JSON."""
    body = b'{"state": "shipped", "parcels": [{"id": 1, "weight'

    def speak(connection: socket.socket) -> None:
        connection.sendall(_head(2 * len(body), "application/json") + body)

    return Takeover(speak)


def reset() -> Takeover:
    """TCP RST where the answer should be."""

    def speak(connection: socket.socket) -> None:
        no_lingering = struct.pack("ii", 1, 0)  # on, 0 s: close() throws away and resets
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, no_lingering)
        # detach() keeps the file objects of the connection from holding it open; the reset leaves here and now.
        socket.socket(fileno=connection.detach()).close()

    return Takeover(speak)


def silence(seconds: float, closing: Event) -> Takeover:
    """No answer at all, until the client leaves, `seconds` are over or the shop closes."""

    def speak(connection: socket.socket) -> None:
        deadline = time.monotonic() + seconds
        while not closing.is_set() and not has_left(connection) and time.monotonic() < deadline:
            closing.wait(LOOK_SECONDS)

    return Takeover(speak)


def has_left(client: socket.socket) -> bool:
    """Whether the client has hung up. Asked of the system, because nobody can peek into an encrypted connection."""
    try:
        poll = select.poll()
        poll.register(client, _HUNG_UP)
        return bool(poll.poll(0))
    except (OSError, ValueError):  # closed already
        return True


def _head(length: int, content_type: str) -> bytes:
    lines = ["HTTP/1.1 200 OK", f"Content-Type: {content_type}", f"Content-Length: {length}", "Connection: close"]
    return ("\r\n".join(lines) + "\r\n\r\n").encode()
