"""A server that speaks the Messages API over a socket, and misbehaves on request: for demos, and for tests.

It listens on loopback only, and keeps what it was sent, so that a test can look for what must not be in it.
"""

import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Final

from analytics.analysis.canned import canned, invented_ids, invented_numbers, obedient
from flows.language import jsontext

PIECE: Final = 60  # characters of one delta
Answers = Callable[[Mapping[str, Any]], dict[str, Any]]
_ANSWERS: Final[Mapping[str, Answers]] = {
    "canned": canned, "invented_ids": invented_ids, "invented_numbers": invented_numbers, "obedient": obedient,
}  # fmt: skip
_STATUSES: Final[Mapping[str, tuple[int, str, str]]] = {
    "400": (400, "invalid_request_error", "max_tokens: too large"),
    "401": (401, "authentication_error", "invalid key"),
    "402": (402, "billing_error", "no credit"),
    "403": (403, "permission_error", "not allowed"),
    "404": (404, "not_found_error", "model"),
    "429": (429, "rate_limit_error", "slow down"),
    "500": (500, "api_error", "internal"),
    "529": (529, "overloaded_error", "overloaded"),
}
BEHAVIOURS: Final = (
    *_ANSWERS, *_STATUSES, "429_hour", "spend_limit", "slow", "drip", "drop", "cut", "truncated", "bad_json",
    "not_json", "wrong_shape", "refusal", "refusal_empty", "error_event",
)  # fmt: skip


@dataclass
class Received:
    path: str
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return jsontext.loads(self.body)

    @property
    def document(self) -> Any:
        return jsontext.loads(self.json["messages"][0]["content"])


@dataclass
class FakeAnthropic:
    """Use as a context manager. `script`: a behaviour for each request; the last one goes on for ever."""

    script: list[str] = field(default_factory=lambda: ["canned"])
    port: int = 0
    pause: float = 0.0  # seconds between two deltas
    received: list[Received] = field(default_factory=list)

    def __post_init__(self) -> None:
        unknown = [one for one in self.script if one not in BEHAVIOURS]
        if unknown:
            raise ValueError(f"There is no behaviour {unknown[0]}. There are {', '.join(BEHAVIOURS)}.")
        self.is_ending = threading.Event()
        self._lock = threading.Lock()
        self._server = ThreadingHTTPServer(("127.0.0.1", self.port), _handler(self))
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"

    def __enter__(self) -> "FakeAnthropic":
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.is_ending.set()
        self._server.shutdown()
        self._server.server_close()

    def serve(self) -> None:
        """In this thread, until Ctrl-C."""
        with self._server:
            self._server.serve_forever()

    def next_behaviour(self, request: Received) -> str:
        with self._lock:
            self.received.append(request)
            return self.script.pop(0) if len(self.script) > 1 else self.script[0]


def _handler(fake: FakeAnthropic) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *_: object) -> None:
            pass

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length") or 0))
            request = Received(self.path, dict(self.headers), body)
            with suppress(OSError):  # the client had enough
                _Answering(self, fake, request).answer(fake.next_behaviour(request))
            self.close_connection = True

    return Handler


class _Answering:
    def __init__(self, handler: BaseHTTPRequestHandler, fake: FakeAnthropic, request: Received) -> None:
        self.handler, self.fake, self.request = handler, fake, request

    def answer(self, behaviour: str) -> None:
        if behaviour in _STATUSES:
            self._problem(*_STATUSES[behaviour])
        elif behaviour == "429_hour":
            self._problem(*_STATUSES["429"], headers={"retry-after": "3600"})
        elif behaviour == "spend_limit":
            self._problem(*_STATUSES["429"], details={"error_code": "enforced_spend_limit_reached"})
        elif behaviour == "slow":
            self.fake.is_ending.wait(120)
        elif behaviour == "drip":
            self._drip()
        elif behaviour != "drop":
            self._stream(behaviour)

    def _problem(
        self, status: int, kind: str, message: str, *, headers: Mapping[str, str] | None = None, **more: Any
    ) -> None:
        error = {"type": kind, "message": message, **more}
        body = jsontext.dumps({"type": "error", "error": error, "request_id": "req_fake"}).encode()
        self.handler.send_response(status)
        for name, value in {
            "content-type": "application/json",
            "content-length": str(len(body)),
            **(headers or {}),
        }.items():
            self.handler.send_header(name, value)
        self.handler.end_headers()
        self.handler.wfile.write(body)

    def _head(self) -> None:
        self.handler.send_response(200)
        for name, value in {
            "content-type": "text/event-stream",
            "connection": "close",
            "request-id": "req_fake",
        }.items():
            self.handler.send_header(name, value)
        self.handler.end_headers()

    def _drip(self) -> None:
        """A byte now and then, for ever: no read ever times out."""
        self._head()
        while not self.fake.is_ending.wait(0.2):
            self.handler.wfile.write(b":")
            self.handler.wfile.flush()

    def _stream(self, behaviour: str) -> None:
        self._head()
        text, stop = self._text(behaviour), "end_turn"
        if behaviour == "truncated":
            text, stop = text[: len(text) // 2], "max_tokens"
        elif behaviour.startswith("refusal"):
            text, stop = "" if behaviour == "refusal_empty" else "I cannot help with that.", "refusal"
        size = len(self.request.body) // 3
        for number, (name, event) in enumerate(_events(text, stop, self.request.json["model"], size)):
            if behaviour in {"cut", "error_event"} and number > 4:
                if behaviour == "error_event":
                    self._event(
                        "error", {"type": "error", "error": {"type": "overloaded_error", "message": "overloaded"}}
                    )
                return
            self._event(name, event)
            if self.fake.pause and name == "content_block_delta":
                time.sleep(self.fake.pause)

    def _text(self, behaviour: str) -> str:
        document = self.request.document
        if behaviour == "not_json":
            return "The service seems to be down, sorry about that."
        if behaviour == "wrong_shape":
            return jsontext.dumps({"cause": "service"})
        text = jsontext.dumps(_ANSWERS.get(behaviour, canned)(document))
        return text[:-20] if behaviour == "bad_json" else text

    def _event(self, name: str, data: Mapping[str, Any]) -> None:
        self.handler.wfile.write(f"event: {name}\ndata: {jsontext.dumps(data)}\n\n".encode())
        self.handler.wfile.flush()


def _events(text: str, stop: str, model: str, size: int) -> Iterator[tuple[str, dict[str, Any]]]:
    message: dict[str, Any] = {
        "id": "msg_fake", "type": "message", "role": "assistant", "model": model, "content": [], "stop_reason": None,
        "stop_sequence": None, "usage": {"input_tokens": size, "output_tokens": 1},
    }  # fmt: skip
    yield "message_start", {"type": "message_start", "message": message}
    yield (
        "content_block_start",
        {"type": "content_block_start", "index": 0, "content_block": {"type": "text", "text": ""}},
    )
    yield "ping", {"type": "ping"}
    for at in range(0, len(text), PIECE):
        delta = {"type": "text_delta", "text": text[at : at + PIECE]}
        yield "content_block_delta", {"type": "content_block_delta", "index": 0, "delta": delta}
    yield "content_block_stop", {"type": "content_block_stop", "index": 0}
    usage = {"output_tokens": max(1, len(text) // 3)}
    yield (
        "message_delta",
        {"type": "message_delta", "delta": {"stop_reason": stop, "stop_sequence": None}, "usage": usage},
    )
    yield "message_stop", {"type": "message_stop"}
