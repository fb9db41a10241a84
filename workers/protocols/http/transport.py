"""A `requests` transport whose connections are a Wire's. It reads the body itself, so that a broken one is kept."""

from contextlib import suppress
from http.client import BadStatusLine, HTTPException, RemoteDisconnected
from typing import Any
from urllib.parse import urlsplit

import requests
from requests.adapters import HTTPAdapter
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import DecodeError, HTTPError
from urllib3.response import HTTPResponse
from urllib3.util import Timeout, parse_url

from workers.errors import Aborted, StepError, StepMisconfigured, TargetRefused, TargetUnreachable
from workers.protocols.http.kept import HARMLESS, Connections, Open, Place, take_usable
from workers.protocols.tls import TlsSettings, tls_context
from workers.protocols.wire import Wire, WireSocket, WireTlsSocket, broken_off

HARD_LIMIT = 64 * 1024 * 1024  # bytes of a body held in memory, decoded
_CHUNK = 64 * 1024
_DEFAULT_PORTS = {"http": 80, "https": 443}
_NO_TIMEOUT = Timeout(connect=None, read=None)  # the Wire's sockets keep the time


class WireTransport(HTTPAdapter):
    """Sends one prepared request and reads its whole response. Raises StepError or Aborted, never `requests`' own."""

    def __init__(
        self,
        wire: Wire,
        tls: TlsSettings,
        *,
        local_files: bool,
        proxy: str | None = None,
        connections: Connections | None = None,
    ) -> None:
        if proxy is not None:
            super().__init__(max_retries=0)  # urllib3's pools know how to talk to one; without it they are only dear
        self.wire, self.tls, self.local_files, self.proxy = wire, tls, local_files, proxy
        self.latest: requests.Response | None = None  # with as much of its body as came
        self.reused = 0  # requests that went over a connection kept from before
        self._connections = connections if proxy is None else None
        self._may_reuse = False
        self._answered: tuple[HTTPConnection, Any] | None = None  # by whom, and http.client's response

    def send(
        self,
        request: requests.PreparedRequest,
        stream: bool = False,
        timeout: Any = None,
        verify: Any = True,
        cert: Any = None,
        proxies: Any = None,
    ) -> requests.Response:
        peer = urlsplit(request.url or "").hostname or ""
        response = self._get_answer(request, peer)
        self.latest = response
        try:
            _read_body(response, self.wire, peer)
            self._keep_connection()
        finally:
            response.raw.close()
        return response

    def _get_answer(self, request: requests.PreparedRequest, peer: str) -> requests.Response:
        """Up to its headers."""
        reused = self.reused
        self._may_reuse = request.method in HARMLESS and isinstance(request.body, str | bytes | None)
        try:
            if self.proxy is not None:
                return super().send(request, stream=True, proxies={"all": self.proxy})
            return self._ask(request)
        except (StepError, Aborted):
            raise
        except requests.exceptions.ProxyError as exc:
            raise TargetUnreachable(f"The proxy refused to connect to {peer}: {_cause(exc)}", code="proxy") from exc
        except (requests.RequestException, HTTPError, HTTPException, OSError) as exc:
            self.wire.abort.check()
            if self.reused > reused:  # the target had closed it: that says nothing about this request
                self.reused = reused
                self._connections = None
                return self._get_answer(request, peer)
            raise _no_response(exc, peer) from exc

    def _ask(self, request: requests.PreparedRequest) -> requests.Response:
        """Up to the headers of the answer, over a connection that nobody else will use."""
        url = parse_url(request.url or "")
        make: Any = _SecureConnection if url.scheme == "https" else _Connection
        port = url.port or _DEFAULT_PORTS[url.scheme or "http"]
        connection = make((url.host or "").strip("[]"), port, timeout=None)  # the Wire's sockets keep the time
        connection.transport = self
        try:
            # A server may refuse a long request before it has read it all; what it said is still there to be read.
            with suppress(BrokenPipeError, ConnectionResetError):
                connection.request(
                    request.method,
                    url.request_uri,
                    body=request.body,
                    headers=request.headers,
                    chunked=request.body is not None and "Content-Length" not in request.headers,
                    preload_content=False,
                    decode_content=False,
                )
            answer = connection.getresponse()
        except BaseException:
            connection.close()
            raise
        answer._connection = connection  # noqa: SLF001 - so that closing the one closes the other
        return self.build_response(request, answer)

    def close(self) -> None:
        if self.proxy is not None:
            super().close()

    def get_connection_with_tls_context(
        self, request: requests.PreparedRequest, verify: Any, proxies: Any = None, cert: Any = None
    ) -> HTTPConnectionPool:
        """To the proxy; without one no pool is asked."""
        url, proxy = parse_url(request.url or ""), parse_url(self.proxy or "")
        # The proxy will resolve and connect; what can be refused by name is refused here.
        self.wire.egress.check_host((url.host or "").strip("[]"), url.port or _DEFAULT_PORTS[url.scheme or "http"])
        options: dict[str, Any] = {
            "timeout": _NO_TIMEOUT,
            "maxsize": 1,
            "_proxy": proxy,
            "_proxy_headers": self.proxy_headers(self.proxy or ""),
        }
        if url.scheme == "https":
            return _HttpsPool(url.host or "", url.port or 443, transport=self, **options)
        return _HttpPool(proxy.host or "", proxy.port or 80, transport=self, **options)

    def cert_verify(self, conn: Any, url: Any, verify: Any, cert: Any) -> None:
        """Nothing: the TLS context is the Wire's."""

    def kept_socket(self, connection: HTTPConnection) -> WireSocket | WireTlsSocket | None:
        """An open connection to the same place, if this request may go over one."""
        if self._connections is None or not self._may_reuse:
            return None
        sock = take_usable(self._connections, self._place_of(connection))
        if sock is not None:
            self.wire.adopt(sock)
            self.reused += 1
        return sock

    def answered(self, connection: HTTPConnection, response: HTTPResponse) -> None:
        self._answered = (connection, response._original_response)  # noqa: SLF001 - it knows how its connection ends

    def _keep_connection(self) -> None:
        """After a whole answer: leave the connection for the next step, unless the target closes it."""
        if self._connections is None or self._answered is None:
            return
        connection, answer = self._answered
        if connection.sock is None or answer.will_close or not answer.isclosed() or answer.status < 200:
            return
        sock: Any = connection.sock
        connection.sock = None  # so that closing what was made for this request leaves it open
        self.wire.let_go(sock)
        self._connections.leave(self._place_of(connection), Open(sock))

    def _place_of(self, connection: HTTPConnection) -> Place:
        is_secure = isinstance(connection, HTTPSConnection)
        return Place(connection.host, connection.port or connection.default_port, self.tls if is_secure else None)

    def open_socket(self, connection: HTTPConnection) -> WireSocket:
        host, port = connection.host.strip("[]"), connection.port or connection.default_port
        try:
            return self.wire.connect(host, port)
        except TargetUnreachable as exc:
            if not self.proxy:
                raise
            raise TargetUnreachable(f"The proxy cannot be reached: {exc.message}", code="proxy") from exc


class _Connection(HTTPConnection):
    transport: WireTransport

    def _new_conn(self) -> Any:
        return self.transport.kept_socket(self) or self.transport.open_socket(self)

    def getresponse(self) -> HTTPResponse:  # type: ignore[override]  # as urllib3's own does
        with self.transport.wire.timed("first_byte"):
            response = super().getresponse()
        self.transport.answered(self, response)
        return response


class _SecureConnection(HTTPSConnection):
    transport: WireTransport

    def _new_conn(self) -> WireSocket:
        return self.transport.open_socket(self)

    def connect(self) -> None:
        self.is_verified = True  # or the flow said not to verify: no warning either way
        kept: Any = self.transport.kept_socket(self)
        if kept is not None:
            self.sock = kept
            return
        plain = self._new_conn()
        self.sock = plain
        host = self.host
        if self._tunnel_host:
            self._has_connected_to_proxy = True
            self._tunnel()
            host = self._tunnel_host
        transport = self.transport
        context = tls_context(transport.tls, local_files=transport.local_files)
        self.sock = transport.wire.secure(plain, context, host.strip("[]").rstrip("."))

    def getresponse(self) -> HTTPResponse:  # type: ignore[override]  # as urllib3's own does
        with self.transport.wire.timed("first_byte"):
            response = super().getresponse()
        self.transport.answered(self, response)
        return response


class _HttpPool(HTTPConnectionPool):
    ConnectionCls = _Connection

    def __init__(self, *args: Any, transport: WireTransport, **options: Any) -> None:
        super().__init__(*args, **options)
        self.transport = transport

    def _new_conn(self) -> Any:
        connection = super()._new_conn()
        connection.transport = self.transport  # type: ignore[attr-defined]  # it is a _Connection
        return connection


class _HttpsPool(HTTPSConnectionPool):
    ConnectionCls = _SecureConnection

    def __init__(self, *args: Any, transport: WireTransport, **options: Any) -> None:
        super().__init__(*args, **options)
        self.transport = transport

    def _new_conn(self) -> Any:
        connection = super()._new_conn()
        connection.transport = self.transport  # type: ignore[attr-defined]  # it is a _SecureConnection
        return connection


def _read_body(response: requests.Response, wire: Wire, peer: str) -> None:
    """Read it all into `response`. If it breaks, what came so far is in there as well."""
    parts: list[bytes] = []
    size = 0
    try:
        with wire.timed("download"):
            while chunk := response.raw.read1(_CHUNK, decode_content=True):
                parts.append(chunk)
                size += len(chunk)
                if size > HARD_LIMIT:
                    raise TargetRefused(
                        f"The body of the response is larger than {HARD_LIMIT >> 20} MB", code="too_large"
                    )
    except DecodeError as exc:
        wire.abort.check()
        message = f"{peer} says its body is {response.headers.get('Content-Encoding')}, and it is not"
        raise TargetRefused(message, code="bad_encoding") from exc
    except (HTTPError, HTTPException, OSError) as exc:
        wire.abort.check()
        raise _half_a_response(exc, peer, size, response) from exc
    finally:
        # What `response.content` would do, had it not lost the parts before a break.
        response._content = b"".join(parts)  # noqa: SLF001
        response._content_consumed = True  # type: ignore[attr-defined]  # noqa: SLF001 - the stubs leave it out


def _half_a_response(exc: Exception, peer: str, size: int, response: requests.Response) -> TargetUnreachable:
    cause = _os_error(exc)
    if cause is not None:
        return broken_off(cause, peer)
    expected = response.headers.get("Content-Length")
    of = f" of {expected}" if expected and "Content-Encoding" not in response.headers else ""
    message = f"{peer} broke off in the middle of its response, after {size}{of} bytes of the body"
    return TargetUnreachable(message, code="incomplete")


def _no_response(exc: Exception, peer: str) -> StepError:
    chain = list(_chain(exc))
    if any(isinstance(link, RemoteDisconnected) for link in chain):
        return TargetUnreachable(f"{peer} closed the connection without an answer", code="reset")
    cause = _os_error(exc)
    if cause is not None:
        return broken_off(cause, peer)
    if any(isinstance(link, BadStatusLine | HTTPException) for link in chain):
        return TargetUnreachable(f"{peer} did not answer with HTTP: {_cause(exc)}", code="bad_response")
    if isinstance(exc, requests.exceptions.InvalidURL | requests.exceptions.InvalidHeader | ValueError):
        return StepMisconfigured(f"The request cannot be sent: {_cause(exc)}", code="bad_request")
    return TargetUnreachable(f"The request to {peer} failed: {_cause(exc)}")


def _os_error(exc: BaseException) -> OSError | None:
    for link in _chain(exc):
        if isinstance(link, OSError) and not isinstance(link, requests.RequestException) and link.errno is not None:
            return link
    return None


def _chain(exc: BaseException | None) -> list[BaseException]:
    """`exc` and everything it was made from, outermost first."""
    seen: list[BaseException] = []
    waiting: list[Any] = [exc]
    while waiting:
        link = waiting.pop(0)
        if isinstance(link, BaseException) and link not in seen:
            seen.append(link)
            waiting += [*link.args, link.__cause__, link.__context__, getattr(link, "reason", None)]
    return seen


def _cause(exc: BaseException) -> str:
    innermost = _chain(exc)[-1]
    return str(innermost)[:300] or type(innermost).__name__
