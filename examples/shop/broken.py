"""Answers that break the rules of HTTP on purpose."""

import socket
import struct
import time

from examples.shop.messages import Takeover


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


def _head(length: int, content_type: str) -> bytes:
    lines = ["HTTP/1.1 200 OK", f"Content-Type: {content_type}", f"Content-Length: {length}", "Connection: close"]
    return ("\r\n".join(lines) + "\r\n\r\n").encode()
