"""The shop on the wire: HTTP/1.1 with keep-alive, a thread per connection."""

import logging
import socket
import sys
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import psycopg
import psycopg_pool
import redis

from examples.shop.certificates import Certificates
from examples.shop.messages import Answer, Refused, Request, Response, Takeover
from examples.shop.router import Router

MAX_BODY = 16 * 1024 * 1024
HANDSHAKE_SECONDS = 10.0
ONE_WRITE = 64 * 1024  # a body up to this size leaves in the same write as its head

logger = logging.getLogger("shop")


class Connection(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_version = "shop"
    sys_version = ""
    timeout = 120  # seconds a silent keep-alive connection is kept
    disable_nagle_algorithm = True
    server: "ShopServer"

    def do_GET(self) -> None:
        self._serve()

    do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = do_OPTIONS = do_GET  # noqa: N815 - the names the base class calls

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:  # noqa: ARG002 - of the base class
        """What the base class says about a request it cannot read, in our own form."""
        self.close_connection = True
        self._send(Refused(HTTPStatus(code), message or "The request cannot be read.").response())

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - of the base class
        logger.debug(format, *args)

    def _serve(self) -> None:
        answer: Answer
        try:
            answer = self._answer(self._read())
        except Refused as refusal:
            answer = refusal.response()
        if isinstance(answer, Takeover):
            self.close_connection = True
            answer.speak(self.connection)
        else:
            self._send(answer)

    def _read(self) -> Request:
        url = urlsplit(self.path)
        return Request(
            method=self.command,
            path=url.path,
            query=dict(parse_qsl(url.query, keep_blank_values=True)),
            headers={name.lower(): value for name, value in self.headers.items()},
            body=self._body(),
            connection=self.connection,
        )

    def _body(self) -> bytes:
        # The rest of an unread body would be taken for the next request, so every refusal here closes the connection.
        if "transfer-encoding" in self.headers:
            self.close_connection = True
            raise Refused(HTTPStatus.LENGTH_REQUIRED, "Send a Content-Length; chunked bodies are not read here.")
        text = self.headers.get("content-length", "0")
        if not (text.isascii() and text.isdigit()):
            self.close_connection = True
            raise Refused(HTTPStatus.BAD_REQUEST, f"Content-Length is {text!r}; it must be a number.")
        if len(text) > 12 or int(text) > MAX_BODY:
            self.close_connection = True
            raise Refused(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, f"The body is larger than {MAX_BODY} bytes.")
        body = self.rfile.read(int(text))
        if len(body) < int(text):
            self.close_connection = True
            raise Refused(HTTPStatus.BAD_REQUEST, "The body ended too early.")
        return body

    def _answer(self, request: Request) -> Answer:
        try:
            return self.server.router.answer(request)
        except (psycopg.OperationalError, psycopg_pool.PoolTimeout, psycopg_pool.PoolClosed):
            logger.warning("the database did not answer %s %s", request.method, request.path)
            raise Refused(HTTPStatus.SERVICE_UNAVAILABLE, "The shop's database does not answer.") from None
        except redis.RedisError:
            logger.warning("the cache did not answer %s %s", request.method, request.path)
            raise Refused(HTTPStatus.SERVICE_UNAVAILABLE, "The shop's cache does not answer.") from None
        except (psycopg.DataError, UnicodeEncodeError):  # NUL, lone surrogates, numbers out of range
            raise Refused(HTTPStatus.BAD_REQUEST, "The request holds a value the database cannot keep.") from None
        except (Refused, ConnectionError, TimeoutError):
            raise
        except Exception:
            logger.exception("%s %s broke", request.method, request.path)
            raise Refused(HTTPStatus.INTERNAL_SERVER_ERROR, "The shop has a fault; its log says more.") from None

    def _send(self, response: Response) -> None:
        lines = [f"HTTP/1.1 {int(response.status)} {response.status.phrase}", f"Date: {self.date_time_string()}"]
        lines += [f"{name}: {value}" for name, value in response.headers.items()]
        is_bare = response.status in {HTTPStatus.NO_CONTENT, HTTPStatus.NOT_MODIFIED}
        if not is_bare:
            lines.append(f"Content-Length: {len(response.body)}")
        if self.close_connection:
            lines.append("Connection: close")
        head = ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")
        body = b"" if is_bare or self.command == "HEAD" else response.body
        if len(body) <= ONE_WRITE:
            self.wfile.write(head + body)
        else:
            self.wfile.write(head)
            self.wfile.write(body)


class ShopServer(ThreadingHTTPServer):
    """Bound once made; `serve_forever` serves and `shutdown` from another thread ends that."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(self, port: int, router: Router) -> None:
        self.router = router
        super().__init__(("127.0.0.1", port), Connection)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"

    def server_bind(self) -> None:
        # The base class asks DNS for the name of the address, which can take seconds.
        socket.socket.setsockopt(self.socket, socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.socket.bind(self.server_address)
        self.server_address = self.socket.getsockname()
        self.server_name, self.server_port = "127.0.0.1", self.server_address[1]

    def handle_error(self, request: object, client_address: object) -> None:  # noqa: ARG002 - of the base class
        logger.debug("a connection ended early: %r", sys.exception())


class TlsShopServer(ShopServer):
    """The same over HTTPS. The certificate is chosen anew for each connection."""

    def __init__(self, port: int, router: Router, certificates: Certificates) -> None:
        self._certificates = certificates
        super().__init__(port, router)

    @property
    def url(self) -> str:
        return f"https://127.0.0.1:{self.server_port}"

    def finish_request(self, request: Any, client_address: Any) -> None:
        # In the thread of the connection: a client that never finishes its handshake holds up nobody else.
        request.settimeout(HANDSHAKE_SECONDS)
        with self._certificates.context().wrap_socket(request, server_side=True) as encrypted:
            super().finish_request(encrypted, client_address)
