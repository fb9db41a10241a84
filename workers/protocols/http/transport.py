"""The transport under `requests`: one prepared request out over a Wire, its whole answer in.

http.client speaks; `urllib3` is asked only where a proxy (proxy.py) or a compressed body needs it: its pools, its
connections and its responses cost twice what the rest of a step's request does.
"""

from contextlib import suppress
from http.client import HTTPConnection, HTTPException
from typing import Any

import requests
from requests.structures import CaseInsensitiveDict
from urllib3.exceptions import HTTPError
from urllib3.util import Url, parse_url

from workers.errors import Aborted, StepError, TargetUnreachable
from workers.protocols.http.broken import cause, no_response
from workers.protocols.http.kept import HARMLESS, Connections, Open, Place, take_usable
from workers.protocols.http.proxy import ProxyAdapter
from workers.protocols.http.reading import Answer, read_body
from workers.protocols.tls import TlsSettings, tls_context
from workers.protocols.wire import Wire, WireSocket, WireTlsSocket

DEFAULT_PORTS = {"http": 80, "https": 443}
Sock = WireSocket | WireTlsSocket


class WireTransport:
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
        self.wire, self.tls, self.local_files = wire, tls, local_files
        self.latest: requests.Response | None = None  # with as much of its body as came
        self.reused = 0  # requests that went over a connection kept from before
        self._proxy = ProxyAdapter(wire, tls, proxy, local_files=local_files) if proxy is not None else None
        self._connections = connections if proxy is None else None

    def send(self, request: requests.PreparedRequest) -> requests.Response:
        url = parse_url(request.url or "")
        peer = (url.host or "").strip("[]")
        response = self._get_answer(request, url, peer)
        self.latest = response
        try:
            read_body(response, self.wire, peer)
            if isinstance(response.raw, Answer) and self._connections is not None and response.raw.is_over:
                self._keep(response.raw, self._connections)
        finally:
            response.raw.close()
        return response

    def close(self) -> None:
        if self._proxy is not None:
            self._proxy.close()

    def _get_answer(self, request: requests.PreparedRequest, url: Url, peer: str) -> requests.Response:
        """Up to its headers."""
        reused = self.reused
        try:
            if self._proxy is not None:
                return self._proxy.ask(request)
            return self._ask(request, url)
        except (StepError, Aborted):
            raise
        except requests.exceptions.ProxyError as exc:
            raise TargetUnreachable(f"The proxy refused to connect to {peer}: {cause(exc)}", code="proxy") from exc
        except (requests.RequestException, HTTPError, HTTPException, OSError) as exc:
            self.wire.abort.check()
            if self.reused > reused:  # the target had closed it: that says nothing about this request
                self.reused = reused
                self._connections = None
                return self._get_answer(request, url, peer)
            raise no_response(exc, peer) from exc

    def _ask(self, request: requests.PreparedRequest, url: Url) -> requests.Response:
        """Up to the headers of the answer, over a connection that nobody else will use."""
        host, port = (url.host or "").strip("[]"), url.port or DEFAULT_PORTS[url.scheme or "http"]
        place = Place(host, port, self.tls if url.scheme == "https" else None)
        speaker = HTTPConnection(host.rstrip("."), port)
        speaker.default_port = DEFAULT_PORTS[url.scheme or "http"]
        body = request.body.encode() if isinstance(request.body, str) else request.body
        _write_head(speaker, request, url.request_uri)
        speaker.sock = self._kept_socket(request, place) or self._open_socket(place)
        try:
            # A server may refuse a long request before it has read it all; what it said is still there to be read.
            with suppress(BrokenPipeError, ConnectionResetError):
                speaker.endheaders(body)
            with self.wire.timed("first_byte"):
                said = speaker.getresponse()
        except BaseException:
            speaker.close()
            raise
        return _response(request, Answer(said, speaker, place))

    def _kept_socket(self, request: requests.PreparedRequest, place: Place) -> Sock | None:
        """An open connection to the same place, if this request may go over one."""
        if self._connections is None or request.method not in HARMLESS:
            return None
        sock = take_usable(self._connections, place)
        if sock is not None:
            self.wire.adopt(sock)
            self.reused += 1
        return sock

    def _open_socket(self, place: Place) -> Sock:
        plain = self.wire.connect(place.host, place.port)
        if place.tls is None:
            return plain
        context = tls_context(place.tls, local_files=self.local_files)
        return self.wire.secure(plain, context, place.host.rstrip("."))

    def _keep(self, answer: Answer, connections: Connections) -> None:
        """After a whole answer: leave the connection for the next step, unless the target closes it."""
        sock: Any = answer.release()
        if sock is not None:
            self.wire.let_go(sock)
            connections.leave(answer.place, Open(sock))


def _write_head(speaker: HTTPConnection, request: requests.PreparedRequest, target: str) -> None:
    """Nothing leaves yet. What the request does not say itself is not said, but for `Host`."""
    headers = request.headers
    speaker.putrequest(request.method or "GET", target, skip_host="Host" in headers, skip_accept_encoding=True)
    for name, value in headers.items():
        speaker.putheader(name, value)


def _response(request: requests.PreparedRequest, answer: Answer) -> requests.Response:
    made = requests.Response()
    made.status_code, made.reason = answer.said.status, answer.said.reason
    headers: CaseInsensitiveDict[str] = CaseInsensitiveDict()
    made.headers = headers
    for name, value in answer.headers.items():
        headers[name] = f"{headers[name]}, {value}" if name in headers else value
    made.url, made.request, made.raw = request.url or "", request, answer
    return made
