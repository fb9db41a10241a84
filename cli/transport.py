"""One kept-open HTTP connection to the server.

On the standard library alone: importing a larger client costs a tenth of a second at every start.
"""

import http.client
import os
import shutil
import socket
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from typing import BinaryIO
from urllib.parse import SplitResult, urlsplit

from cli.errors import ConnectionLost, ServerUnreachable

CONNECT_TIMEOUT_SECONDS = 10.0
CHECK_ADDRESS = "Check STEPWELL_URL, and that the server is up."


@dataclass(frozen=True)
class Reply:
    status: int
    headers: Mapping[str, str]  # names in lower case
    body: bytes


class Transport:
    """Not shared between threads: each has its own."""

    def __init__(self, url: str) -> None:
        self.url = url
        self._parts = urlsplit(url)
        self._connection: http.client.HTTPConnection | None = None
        self._is_proxied = False
        try:
            self._parts.port  # noqa: B018  reading it checks it
        except ValueError as exc:
            raise ServerUnreachable(f"{url} is not a web address: its port is no port.", CHECK_ADDRESS) from exc

    def send(
        self,
        method: str,
        path: str,
        *,
        body: bytes | None = None,
        headers: Mapping[str, str],
        timeout: float,
        into: BinaryIO | None = None,
    ) -> Reply:
        """Raises ServerUnreachable when nothing was sent, ConnectionLost when the server may have read it.

        With `into`, a file that can be written anew, the body of a success goes there piece by piece.
        """
        connection = self._connection or self._connect()
        try:
            if connection.sock is not None:
                connection.sock.settimeout(timeout)
            connection.request(method, self._target(path), body=body, headers=dict(headers))
            response = connection.getresponse()
            content = b"" if into is not None and response.status < 300 else response.read()
            if into is not None and response.status < 300:
                into.seek(0)
                into.truncate()
                shutil.copyfileobj(response, into)
        except (OSError, http.client.HTTPException, ValueError) as exc:
            self.close()
            raise ConnectionLost(f"The server at {self.url} {_what_happened(exc)}.", CHECK_ADDRESS) from exc
        except BaseException:  # Ctrl-C in the middle of an answer leaves a connection nobody can use
            self.close()
            raise
        if response.will_close:
            self.close()
        return Reply(response.status, {name.lower(): value for name, value in response.getheaders()}, content)

    def close(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _connect(self) -> http.client.HTTPConnection:
        host, port = self._parts.hostname or "", self._parts.port
        is_secure = self._parts.scheme == "https"
        proxy = _proxy_for(self._parts)
        peer, peer_port = (proxy.hostname or "", proxy.port or 80) if proxy else (host, port)
        connection: http.client.HTTPConnection
        if is_secure:
            context = ssl.create_default_context()
            connection = http.client.HTTPSConnection(peer, peer_port, timeout=CONNECT_TIMEOUT_SECONDS, context=context)
        else:
            connection = http.client.HTTPConnection(peer, peer_port, timeout=CONNECT_TIMEOUT_SECONDS)
        if proxy and is_secure:
            connection.set_tunnel(host, port or 443)
        try:
            connection.connect()
        except (OSError, http.client.HTTPException, ValueError) as exc:
            raise ServerUnreachable(f"The server at {self.url} {_what_happened(exc)}.", CHECK_ADDRESS) from exc
        self._is_proxied = proxy is not None and not is_secure
        self._connection = connection
        return connection

    def _target(self, path: str) -> str:
        prefix = self._parts.path.rstrip("/")
        return f"{self._parts.scheme}://{self._parts.netloc}{prefix}{path}" if self._is_proxied else f"{prefix}{path}"


def _what_happened(exc: Exception) -> str:
    """The end of a sentence that begins with "The server at …"."""
    if isinstance(exc, socket.gaierror):
        return "cannot be found: its name does not resolve"
    if isinstance(exc, ConnectionRefusedError):
        return "refused the connection"
    if isinstance(exc, ssl.SSLCertVerificationError):
        return f"has a certificate that is not trusted: {exc.verify_message}"
    if isinstance(exc, ssl.SSLError):
        return "does not speak TLS as it should"
    if isinstance(exc, TimeoutError):
        return "did not answer in time"
    if isinstance(exc, ConnectionError | http.client.RemoteDisconnected | http.client.IncompleteRead):
        return "closed the connection in the middle of a request"
    if isinstance(exc, http.client.HTTPException | ValueError):
        return "does not answer in HTTP"
    return f"cannot be reached: {exc}"


def _proxy_for(parts: SplitResult) -> SplitResult | None:
    if not any(name.lower().endswith("_proxy") for name in os.environ):
        return None
    from urllib.request import getproxies, proxy_bypass  # slow to import, and hardly ever needed

    host = parts.hostname or ""
    address = getproxies().get(parts.scheme)
    if not address or host in ("localhost", "127.0.0.1", "::1") or proxy_bypass(host):
        return None
    return urlsplit(address if "://" in address else f"http://{address}")
