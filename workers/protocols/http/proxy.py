"""Requests through a proxy: `urllib3`'s pools know how to talk to one; their connections are the Wire's."""

from typing import Any

import requests
from requests.adapters import HTTPAdapter
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.response import HTTPResponse
from urllib3.util import Timeout, parse_url

from workers.errors import TargetUnreachable
from workers.protocols.tls import TlsSettings, tls_context
from workers.protocols.wire import Wire, WireSocket

_DEFAULT_PORTS = {"http": 80, "https": 443}
_NO_TIMEOUT = Timeout(connect=None, read=None)  # the Wire's sockets keep the time


class ProxyAdapter(HTTPAdapter):
    def __init__(self, wire: Wire, tls: TlsSettings, proxy: str, *, local_files: bool) -> None:
        super().__init__(max_retries=0)
        self.wire, self.tls, self.proxy, self.local_files = wire, tls, proxy, local_files

    def ask(self, request: requests.PreparedRequest) -> requests.Response:
        """Up to the headers of the answer. Raises what `requests` raises, StepError or Aborted."""
        return self.send(request, stream=True, proxies={"all": self.proxy})

    def get_connection_with_tls_context(
        self, request: requests.PreparedRequest, verify: Any, proxies: Any = None, cert: Any = None
    ) -> HTTPConnectionPool:
        url, proxy = parse_url(request.url or ""), parse_url(self.proxy)
        # The proxy will resolve and connect; what can be refused by name is refused here.
        self.wire.egress.check_host((url.host or "").strip("[]"), url.port or _DEFAULT_PORTS[url.scheme or "http"])
        options: dict[str, Any] = {
            "timeout": _NO_TIMEOUT,
            "maxsize": 1,
            "_proxy": proxy,
            "_proxy_headers": self.proxy_headers(self.proxy),
        }
        if url.scheme == "https":
            return _HttpsPool(url.host or "", url.port or 443, adapter=self, **options)
        return _HttpPool(proxy.host or "", proxy.port or 80, adapter=self, **options)

    def cert_verify(self, conn: Any, url: Any, verify: Any, cert: Any) -> None:
        """Nothing: the TLS context is the Wire's."""

    def open_socket(self, connection: HTTPConnection) -> WireSocket:
        try:
            return self.wire.connect(connection.host.strip("[]"), connection.port or connection.default_port)
        except TargetUnreachable as exc:
            raise TargetUnreachable(f"The proxy cannot be reached: {exc.message}", code="proxy") from exc


class _Connection(HTTPConnection):
    adapter: ProxyAdapter

    def _new_conn(self) -> WireSocket:
        return self.adapter.open_socket(self)

    def getresponse(self) -> HTTPResponse:  # type: ignore[override]  # as urllib3's own does
        with self.adapter.wire.timed("first_byte"):
            return super().getresponse()


class _SecureConnection(HTTPSConnection):
    adapter: ProxyAdapter

    def _new_conn(self) -> WireSocket:
        return self.adapter.open_socket(self)

    def connect(self) -> None:
        self.is_verified = True  # or the flow said not to verify: no warning either way
        plain = self._new_conn()
        self.sock = plain
        host = self.host
        if self._tunnel_host:
            self._has_connected_to_proxy = True
            self._tunnel()
            host = self._tunnel_host
        context = tls_context(self.adapter.tls, local_files=self.adapter.local_files)
        self.sock = self.adapter.wire.secure(plain, context, host.strip("[]").rstrip("."))

    def getresponse(self) -> HTTPResponse:  # type: ignore[override]  # as urllib3's own does
        with self.adapter.wire.timed("first_byte"):
            return super().getresponse()


class _HttpPool(HTTPConnectionPool):
    ConnectionCls = _Connection

    def __init__(self, *args: Any, adapter: ProxyAdapter, **options: Any) -> None:
        super().__init__(*args, **options)
        self.adapter = adapter

    def _new_conn(self) -> Any:
        connection = super()._new_conn()
        connection.adapter = self.adapter  # type: ignore[attr-defined]  # it is a _Connection
        return connection


class _HttpsPool(HTTPSConnectionPool):
    ConnectionCls = _SecureConnection

    def __init__(self, *args: Any, adapter: ProxyAdapter, **options: Any) -> None:
        super().__init__(*args, **options)
        self.adapter = adapter

    def _new_conn(self) -> Any:
        connection = super()._new_conn()
        connection.adapter = self.adapter  # type: ignore[attr-defined]  # it is a _SecureConnection
        return connection
