"""Sockets that keep a total deadline and can be cut off from another thread.

A `Wire` is one attempt's way to the network. It resolves, asks the egress rules, connects, and from then on every
single read and write gets only the time that is left: a peer that drips one byte a second gains nothing. An abort shuts
down whatever is open, which wakes a thread blocked in connect, handshake, read or write.
"""

import contextlib
import errno
import os
import select
import socket
import ssl
import threading
from collections.abc import Iterator
from time import monotonic
from typing import Any, cast

from workers.abort import Abort
from workers.egress import Egress, parse_address
from workers.errors import Aborted, StepError, StepTimedOut, TargetUnreachable

_RESET = frozenset({errno.ECONNRESET, errno.EPIPE, errno.ECONNABORTED, errno.ENOTCONN, errno.ESHUTDOWN})
_NO_ROUTE = frozenset({errno.EHOSTUNREACH, errno.ENETUNREACH, errno.EHOSTDOWN, errno.ENETDOWN, errno.EADDRNOTAVAIL})
_EXPIRED, _HOST_MISMATCH, _IP_MISMATCH = 10, 62, 64  # OpenSSL's X509_V_ERR_…
Address = tuple[socket.AddressFamily, Any]


class Wire:
    """Use it as a context manager: leaving closes what is still open."""

    def __init__(self, *, abort: Abort, deadline: float, egress: Egress) -> None:
        self.abort = abort
        self.deadline = deadline
        self.egress = egress
        self.timing: dict[str, float] = {}  # phase -> ms, summed over all connections
        self._sockets: list[socket.socket] = []
        self._stack = contextlib.ExitStack()

    def __enter__(self) -> "Wire":
        self._stack.enter_context(self.abort.calls(self.cut))
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()
        for sock in self._sockets:
            sock.close()

    def cut(self) -> None:
        """Shut every socket down; whoever is blocked on one wakes. Callable from any thread."""
        for sock in tuple(self._sockets):
            with contextlib.suppress(OSError):
                # The base class's: SSLSocket.shutdown() would turn the TLS socket into a plain one under its reader.
                socket.socket.shutdown(sock, socket.SHUT_RDWR)

    def time_left(self, *, doing: str, code: str) -> float:
        """Seconds left; raises Aborted or StepTimedOut when there are none."""
        self.abort.check()
        left = self.deadline - monotonic()
        if left <= 0:
            raise StepTimedOut(f"The time was up while {doing}", code=code)
        return left

    def go_on(self, *, doing: str, code: str) -> None:
        """Raises Aborted; if it is the step's own time that is up, StepTimedOut, which says what it was spent on."""
        if self.abort.reason == "timeout":
            raise StepTimedOut(f"The time was up while {doing}", code=code)
        self.abort.check()

    @contextlib.contextmanager
    def timed(self, phase: str) -> Iterator[None]:
        started = monotonic()
        try:
            yield
        finally:
            self.timing[phase] = round(self.timing.get(phase, 0.0) + (monotonic() - started) * 1000, 3)

    def connect(self, host: str, port: int) -> "WireSocket":
        """A connected TCP socket. Raises StepMisconfigured (egress), TargetUnreachable, StepTimedOut or Aborted."""
        self.egress.check_host(host, port)
        with self.timed("dns"):
            addresses = self.resolve(host, port)
        with self.timed("connect"):
            return self._connect_first(addresses, host, port)

    def connect_unix(self, path: str) -> "WireSocket":
        """A connected unix socket; its egress rules are the caller's to ask."""
        where = f"the socket {path}"
        with self.timed("connect"):
            return self._connect_one((socket.AF_UNIX, path), where, self.deadline)

    def adopt(self, sock: "WireSocket | WireTlsSocket") -> None:
        """Go on with a connection that another Wire has let go of."""
        self._sockets.append(sock)
        sock.attach(self, sock.peer)
        self.abort.check()  # one that came before the socket was in the list did not shut it

    def let_go(self, sock: "WireSocket | WireTlsSocket") -> None:
        """Leave a connection open, for another Wire."""
        self._sockets.remove(sock)
        sock.attach(None, sock.peer)

    def secure(self, sock: "WireSocket", context: ssl.SSLContext, server_hostname: str) -> "WireTlsSocket":
        """`sock` with TLS on it. `context` comes from `workers.protocols.tls`."""
        with self.timed("tls"):
            tls = cast(
                WireTlsSocket,
                context.wrap_socket(sock, server_hostname=server_hostname, do_handshake_on_connect=False),
            )
            tls.attach(self, sock.peer)
            self._sockets[self._sockets.index(sock)] = tls
            doing = f"doing the TLS handshake with {sock.peer}"
            tls.settimeout(self.time_left(doing=doing, code="connect_timeout"))
            try:
                tls.do_handshake()
            except OSError as exc:
                self.go_on(doing=doing, code="connect_timeout")
                raise _handshake_failure(exc, sock.peer, doing) from exc
            return tls

    def resolve(self, host: str, port: int) -> list[Address]:
        """The addresses of `host`, checked by nobody yet. A slow resolver is left behind when the time is up."""
        if parse_address(host) is not None:
            return _look_up(host, port)
        found: list[list[Address] | OSError] = []
        done = threading.Event()

        def look_up() -> None:
            try:
                found.append(_look_up(host, port))
            except OSError as exc:
                found.append(exc)
            except UnicodeError:
                found.append(socket.gaierror(socket.EAI_NONAME, "not a valid host name"))
            done.set()

        doing = f"looking up {host}"
        left = self.time_left(doing=doing, code="dns")
        threading.Thread(target=look_up, name="look-up", daemon=True).start()
        with self.abort.calls(done.set):
            done.wait(left)
        self.go_on(doing=doing, code="dns")
        if not found:
            raise StepTimedOut(f"The time was up while {doing}", code="dns")
        if isinstance(found[0], OSError):
            raise TargetUnreachable(f"The name {host} cannot be resolved: {_reason(found[0])}", code="dns") from found[
                0
            ]
        return found[0]

    def _connect_first(self, addresses: list[Address], host: str, port: int) -> "WireSocket":
        failure: StepError | None = None
        for position, address in enumerate(addresses):
            ip = str(address[1][0])
            self.egress.check_address(ip, port, host=host)
            where = f"{host}:{port}" if ip == host else f"{host}:{port} ({ip})"
            # A dead address must not eat the time of those after it.
            left = self.time_left(doing=f"connecting to {where}", code="connect_timeout")
            try:
                return self._connect_one(address, where, monotonic() + left / (len(addresses) - position))
            except (TargetUnreachable, StepTimedOut) as exc:
                failure = exc
        assert failure is not None  # getaddrinfo gives at least one address
        raise failure

    def _connect_one(self, address: Address, where: str, until: float) -> "WireSocket":
        family, target = address
        doing = f"connecting to {where}"
        sock = WireSocket(family, socket.SOCK_STREAM)
        sock.attach(self, where)
        self._sockets.append(sock)
        try:
            sock.setblocking(False)
            code = sock.connect_ex(target)
            if code in (errno.EINPROGRESS, errno.EAGAIN):
                left = min(until - monotonic(), self.time_left(doing=doing, code="connect_timeout"))
                poll = select.poll()
                poll.register(sock, select.POLLOUT)
                ready = poll.poll(max(0.0, left) * 1000)
                self.go_on(doing=doing, code="connect_timeout")
                if not ready:
                    raise StepTimedOut(f"The time was up while {doing}", code="connect_timeout")
                code = sock.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
            self.go_on(doing=doing, code="connect_timeout")
            if code:
                raise _connect_failure(code, where)
            if family != socket.AF_UNIX:
                sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        except BaseException:
            self._sockets.remove(sock)
            sock.close()
            raise
        return sock


class _OnWire:
    """What plain and TLS sockets share: before each operation, only the time that is left."""

    wire: Wire | None = None
    peer: str = ""

    def attach(self, wire: Wire | None, peer: str) -> None:
        self.wire, self.peer = wire, peer

    @contextlib.contextmanager
    def _armed(self, what: str) -> Iterator[None]:
        if self.wire is None:  # inside ssl's own set-up
            yield
            return
        doing = f"{what} {self.peer}"
        cast(socket.socket, self).settimeout(self.wire.time_left(doing=doing, code="read_timeout"))
        try:
            yield
        except TimeoutError as exc:
            self.wire.abort.check()
            raise StepTimedOut(f"The time was up while {doing}", code="read_timeout") from exc
        except OSError:
            self.wire.abort.check()
            raise  # the protocol above may know better: an early answer to a half-sent request, say

    def _unless_aborted(self) -> None:
        """An end of the stream may be our own shutdown."""
        if self.wire is not None:
            self.wire.abort.check()


class WireSocket(_OnWire, socket.socket):
    """A plain socket of a Wire."""

    def recv(self, bufsize: int, flags: int = 0, /) -> bytes:
        with self._armed("reading from"):
            data = super().recv(bufsize, flags)
        if not data:
            self._unless_aborted()
        return data

    def recv_into(self, buffer: Any, nbytes: int = 0, flags: int = 0, /) -> int:
        with self._armed("reading from"):
            count = super().recv_into(buffer, nbytes, flags)
        if not count:
            self._unless_aborted()
        return count

    def send(self, data: Any, flags: int = 0, /) -> int:
        with self._armed("sending to"):
            return super().send(data, flags)

    def sendall(self, data: Any, flags: int = 0, /) -> None:
        with self._armed("sending to"):
            super().sendall(data, flags)


class WireTlsSocket(_OnWire, ssl.SSLSocket):
    """A TLS socket of a Wire; `ssl` makes them, through `SSLContext.sslsocket_class`."""

    def read(self, len: int = 1024, buffer: Any = None) -> Any:  # noqa: A002 - the name ssl gives it
        with self._armed("reading from"):
            data = super().read(len, buffer)
        if not data:
            self._unless_aborted()
        return data

    def send(self, data: Any, flags: int = 0) -> int:
        with self._armed("sending to"):
            return super().send(data, flags)


def _look_up(host: str, port: int) -> list[Address]:
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [(family, address) for family, _kind, _proto, _name, address in found]


def _connect_failure(code: int, where: str) -> TargetUnreachable:
    if code in (errno.ECONNREFUSED, errno.ENOENT):
        return TargetUnreachable(f"Nothing listens at {where}: {os.strerror(code)}", code="refused")
    if code == errno.ETIMEDOUT:
        return TargetUnreachable(f"{where} did not answer the connection request", code="connect_timeout")
    if code in _NO_ROUTE:
        return TargetUnreachable(f"There is no way to {where}: {os.strerror(code)}", code="no_route")
    if code in _RESET:
        return TargetUnreachable(f"{where} reset the connection: {os.strerror(code)}", code="reset")
    return TargetUnreachable(f"Connecting to {where} failed: {os.strerror(code)}")


def broken_off(exc: OSError, peer: str) -> TargetUnreachable:
    """What an OSError on an open connection means."""
    if isinstance(exc, ssl.SSLError):
        return TargetUnreachable(f"The TLS connection with {peer} broke: {_reason(exc)}", code="tls")
    code = "reset" if exc.errno in _RESET else "unreachable"
    return TargetUnreachable(f"{peer} broke the connection: {_reason(exc)}", code=code)


def _handshake_failure(exc: OSError, peer: str, doing: str) -> StepError | Aborted:
    if isinstance(exc, TimeoutError):
        return StepTimedOut(f"The time was up while {doing}", code="connect_timeout")
    if isinstance(exc, ssl.SSLCertVerificationError):
        if exc.verify_code == _EXPIRED:
            return TargetUnreachable(f"The certificate of {peer} has expired", code="tls_expired")
        if exc.verify_code in (_HOST_MISMATCH, _IP_MISMATCH):
            return TargetUnreachable(
                f"The certificate of {peer} is for another host: {exc.verify_message}", code="tls_host"
            )
        return TargetUnreachable(
            f"The certificate of {peer} is not trusted: {exc.verify_message}", code="tls_untrusted"
        )
    if isinstance(exc, ssl.SSLEOFError) or (exc.errno in _RESET and not isinstance(exc, ssl.SSLError)):
        return TargetUnreachable(f"{peer} broke off the TLS handshake", code="tls")
    return TargetUnreachable(f"The TLS handshake with {peer} failed: {_reason(exc)}", code="tls")


def _reason(exc: OSError) -> str:
    reason = getattr(exc, "reason", None) or exc.strerror or str(exc)
    return str(reason).replace("_", " ").lower() if isinstance(exc, ssl.SSLError) else str(reason)
