"""A deadline over a whole HTTP call, which a peer that sends a byte now and then does not push back.

Time-outs of the client are for one read each. Here a timer shuts the connection down, whatever the call is doing.
"""

import socket
import threading
from contextlib import suppress
from time import monotonic
from types import TracebackType
from typing import Any

import httpx2


class Deadline:
    """Use as a context manager around a call, and give `hooks` to the client."""

    def __init__(self, seconds: float) -> None:
        self.until = monotonic() + seconds
        self._sockets: list[socket.socket] = []
        self._lock = threading.Lock()
        self._timer = threading.Timer(max(0.0, seconds), self._shut)
        self._timer.daemon = True

    @property
    def left(self) -> float:
        return self.until - monotonic()

    @property
    def has_passed(self) -> bool:
        return self.left <= 0

    @property
    def hooks(self) -> dict[str, list[Any]]:
        return {"request": [self._watch]}

    def __enter__(self) -> "Deadline":
        self._timer.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, exc: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._timer.cancel()

    def _watch(self, request: httpx2.Request) -> None:
        request.extensions["trace"] = self._connected

    def _connected(self, event: str, info: dict[str, Any]) -> None:
        """Told by the client of each thing it does; that a connection is there is what counts."""
        if event in {"connection.connect_tcp.complete", "connection.start_tls.complete"}:
            found = info["return_value"].get_extra_info("socket")
            if found is not None:
                with self._lock:
                    self._sockets.append(found)
                if self.has_passed:
                    self._shut()

    def _shut(self) -> None:
        with self._lock:
            for one in self._sockets:
                with suppress(OSError):
                    one.shutdown(socket.SHUT_RDWR)
