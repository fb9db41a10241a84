"""Many WebSocket clients in one process, as light as can be: they note when bytes came, and read them afterwards.

A client that parsed each frame as it came would measure itself: a hundred of them get twenty thousand frames a second.
"""

import asyncio
import base64
import json
import os
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit


@dataclass
class Watcher(asyncio.Protocol):
    """One socket. `chunks` are the bytes that came, each with its time; the answer to the handshake is the first."""

    request: bytes
    chunks: list[tuple[float, bytes]] = field(default_factory=list)
    is_open: asyncio.Event = field(default_factory=asyncio.Event)
    size: int = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.WriteTransport)
        self.transport = transport
        transport.write(self.request)

    def data_received(self, data: bytes) -> None:
        self.chunks.append((time.time(), data))
        self.size += len(data)
        self.is_open.set()

    def messages(self) -> Iterator[tuple[float, dict[str, Any]]]:
        """Every message with the time at which the last byte of its frame was there."""
        for came, frame in self._frames():
            for message in json.loads(frame):
                yield came, message

    def _frames(self) -> Iterator[tuple[float, bytes]]:
        """Text frames of a server: not masked, not split (RFC 6455 §5.2)."""
        whole = b"".join(data for _, data in self.chunks)
        ends: list[tuple[int, float]] = []
        total = 0
        for came, data in self.chunks:
            total += len(data)
            ends.append((total, came))
        at, chunk = whole.index(b"\r\n\r\n") + 4, 0
        while at + 2 <= len(whole):
            kind, length, begin = whole[at] & 0x0F, whole[at + 1] & 0x7F, at + 2
            if length >= 126:
                width = 2 if length == 126 else 8
                length, begin = int.from_bytes(whole[begin : begin + width], "big"), begin + width
            at = begin + length
            if at > len(whole):
                return
            while ends[chunk][0] < at:
                chunk += 1
            if kind == 1:
                yield ends[chunk][1], whole[begin:at]


async def open_watchers(url: str, path: str, token: str, count: int) -> list[Watcher]:
    """`count` sockets, each of which has had its first bytes. Raises TimeoutError."""
    host, port = urlsplit(url).hostname, urlsplit(url).port
    assert host is not None
    found: list[Watcher] = []
    for _ in range(count):
        key = base64.b64encode(os.urandom(16)).decode()
        lines = [
            f"GET {path} HTTP/1.1",
            f"Host: {host}:{port}",
            "Upgrade: websocket",
            "Connection: Upgrade",
            "Sec-WebSocket-Version: 13",
            f"Sec-WebSocket-Key: {key}",
            f"Authorization: Bearer {token}",
        ]
        watcher = Watcher("\r\n".join([*lines, "", ""]).encode())
        await asyncio.get_running_loop().create_connection(lambda made=watcher: made, host, port)
        found.append(watcher)
    async with asyncio.timeout(60):
        for watcher in found:
            await watcher.is_open.wait()
    return found
