"""Lets grpcio speak over a socket of ours.

grpcio can only connect by itself, which would go past the egress rules between look-up and connect, know no way to
trust a certificate that it does not trust, and put every reason why it failed into one sentence. So a Wire connects,
and grpcio is given a unix socket in a folder that only this user may enter: one thread carries the bytes from one to
the other. It serves one connection, which makes an attempt one connection too.
"""

import contextlib
import os
import select
import socket
import ssl
import tempfile
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Self

from workers.errors import TargetUnreachable
from workers.protocols.wire import WireSocket, WireTlsSocket, broken_off

_CHUNK = 64 * 1024
_MOST_WAITING = 4 * _CHUNK  # bytes held in one direction; then the sender has to wait
_NOT_NOW = (BlockingIOError, InterruptedError, ssl.SSLWantReadError, ssl.SSLWantWriteError)


class Relay:
    """Use it as a context manager, after connecting and before grpcio does."""

    def __init__(self, remote: WireSocket | WireTlsSocket) -> None:
        self._remote = remote
        self._peer = remote.peer
        self._folder = tempfile.TemporaryDirectory(prefix="stepwell-grpc-")
        self.path = str(Path(self._folder.name) / "s")
        self._listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self._wake, self._woken = os.pipe()
        self._thread = threading.Thread(target=self._work, name="grpc-relay", daemon=True)
        self._ended = threading.Event()  # the other side is gone
        self._failure: OSError | None = None

    def __enter__(self) -> Self:
        try:
            self._listener.bind(self.path)
            self._listener.listen(1)
            # From here on the sockets are polled: waiting for the time that is left would stop the other direction.
            self._remote.wire = None
            self._remote.setblocking(False)
            self._thread.start()
        except BaseException:
            self._release()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        os.write(self._woken, b"x")
        self._thread.join()
        self._release()

    def why_it_ended(self) -> TargetUnreachable | None:
        """What happened if the other side broke the connection; None while it holds."""
        if not self._ended.is_set():
            return None
        if self._failure is not None:
            return broken_off(self._failure, self._peer)
        return TargetUnreachable(f"{self._peer} closed the connection before the call was over", code="reset")

    def _release(self) -> None:
        self._listener.close()
        os.close(self._wake)
        os.close(self._woken)
        self._folder.cleanup()

    def _work(self) -> None:
        local = self._accepted()
        if local is None:
            return
        with local:
            _Pump(local, self._remote, self._wake).run(self._note_end)

    def _accepted(self) -> socket.socket | None:
        """grpcio's connection, or None if it is not going to come."""
        poll = select.poll()
        poll.register(self._listener, select.POLLIN)
        poll.register(self._wake, select.POLLIN)
        if self._wake in dict(poll.poll()):
            return None
        local, _ = self._listener.accept()
        local.setblocking(False)
        self._listener.close()  # grpcio shall not connect a second time
        return local

    def _note_end(self, failure: OSError | None) -> None:
        self._failure = failure
        self._ended.set()


class _Pump:
    """Carries bytes both ways until one side ends, or it is woken."""

    def __init__(self, local: socket.socket, remote: WireSocket | WireTlsSocket, wake: int) -> None:
        self._local, self._remote, self._wake = local, remote, wake
        self._to_remote, self._to_local = bytearray(), bytearray()
        self._poll = select.poll()
        self._poll.register(wake, select.POLLIN)

    def run(self, note_end: Callable[[OSError | None], None]) -> None:
        while True:
            ready = self._wait()
            if self._wake in ready:
                self._say_goodbye()
                return
            try:
                has_ended = not self._from_remote()
                failure = None
            except OSError as exc:
                has_ended, failure = True, exc
            if has_ended:
                note_end(failure)
                self._hand_over_the_rest()
                return
            if not self._from_local():
                self._say_goodbye()
                return

    def _wait(self) -> dict[int, int]:
        """Until something can be done. What TLS has read already is not seen by poll."""
        for sock, waiting, room in (
            (self._local, self._to_local, len(self._to_remote) < _MOST_WAITING),
            (self._remote, self._to_remote, len(self._to_local) < _MOST_WAITING),
        ):
            if events := (select.POLLIN if room else 0) | (select.POLLOUT if waiting else 0):
                self._poll.register(sock, events)
            else:  # or a hang-up would be told again and again while nothing can be done about it
                with contextlib.suppress(KeyError):
                    self._poll.unregister(sock)
        pending = isinstance(self._remote, ssl.SSLSocket) and self._remote.pending()
        return dict(self._poll.poll(0 if pending and len(self._to_local) < _MOST_WAITING else None))

    def _from_remote(self) -> bool:
        """Read and write the remote side as far as it goes now; False when it has ended. Raises OSError."""
        _send(self._remote, self._to_remote)
        if len(self._to_local) >= _MOST_WAITING:
            return True
        return _receive(self._remote, self._to_local)

    def _from_local(self) -> bool:
        """The same for grpcio's side; whatever breaks there is its end."""
        try:
            _send(self._local, self._to_local)
            return len(self._to_remote) >= _MOST_WAITING or _receive(self._local, self._to_remote)
        except OSError:
            return False

    def _hand_over_the_rest(self) -> None:
        """What came before the end is grpcio's: it may hold the status."""
        while self._to_local:
            poll = select.poll()
            poll.register(self._local, select.POLLOUT)
            poll.register(self._wake, select.POLLIN)
            if self._wake in dict(poll.poll()):
                return
            try:
                _send(self._local, self._to_local)
            except OSError:
                return

    def _say_goodbye(self) -> None:
        """grpcio has left: its last words go out if that needs no waiting."""
        with contextlib.suppress(OSError):
            _receive(self._local, self._to_remote)
        with contextlib.suppress(OSError):
            _send(self._remote, self._to_remote)


def _receive(sock: socket.socket, into: bytearray) -> bool:
    """Whether the stream goes on."""
    try:
        data = sock.recv(_CHUNK)
    except _NOT_NOW:
        return True
    into += data
    return bool(data)


def _send(sock: socket.socket, waiting: bytearray) -> None:
    if waiting:
        with contextlib.suppress(*_NOT_NOW):
            del waiting[: sock.send(bytes(waiting[:_CHUNK]))]
