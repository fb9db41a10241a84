"""A real HTTP server that answers what a test tells it to: for what the product's own server never does on demand."""

import json
import threading
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

API = "/api/v1"


@dataclass
class Asked:
    method: str
    path: str
    headers: dict[str, str]
    body: Any


@dataclass
class Answer:
    """`raw` is sent as it is; `None` for `status` closes the connection without a word."""

    status: int | None = 200
    json: Any = None
    raw: bytes | None = None
    headers: dict[str, str] = field(default_factory=dict)

    @property
    def content(self) -> bytes:
        return self.raw if self.raw is not None else json.dumps(self.json).encode()


def problem(status: int, detail: str, **more: Any) -> Answer:
    body = {"type": "urn:stepwell:problem:x", "title": "Title", "status": status, "detail": detail, **more}
    return Answer(status, body, headers={"Content-Type": "application/problem+json"})


Respond = Callable[[Asked], Answer]


class _Quiet(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: object, client_address: object) -> None:
        """Clients that hang up are what some tests are about."""


class ScriptedServer:
    """Answers of one place are given in turn; the last one stays."""

    def __init__(self) -> None:
        self.asked: list[Asked] = []
        self._answers: dict[str, list[Answer | Respond]] = defaultdict(list)
        self._http = _Quiet(("127.0.0.1", 0), self._handler())
        self.url = f"http://127.0.0.1:{self._http.server_address[1]}"

    def on(self, place: str, *answers: Answer | Respond) -> None:
        """`place` is `METHOD /path`, below /api/v1 and without the query."""
        self._answers[place].extend(answers)

    def bodies(self, place: str) -> list[Any]:
        return [one.body for one in self.asked if f"{one.method} {one.path.partition('?')[0]}" == place]

    @contextmanager
    def running(self) -> Iterator["ScriptedServer"]:
        thread = threading.Thread(target=self._http.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        thread.start()
        try:
            yield self
        finally:
            self._http.shutdown()
            self._http.server_close()
            thread.join()

    def _answer(self, asked: Asked) -> Answer:
        self.asked.append(asked)
        answers = self._answers.get(f"{asked.method} {asked.path.partition('?')[0]}")
        if not answers:
            return problem(404, f"The test has no answer for {asked.method} {asked.path}.")
        answer = answers.pop(0) if len(answers) > 1 else answers[0]
        return answer(asked) if callable(answer) else answer

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        server = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def answer(self) -> None:
                length = int(self.headers.get("Content-Length") or 0)
                body = json.loads(self.rfile.read(length)) if length else None
                path = self.path.removeprefix(API)
                answer = server._answer(Asked(self.command, path, dict(self.headers), body))
                if answer.status is None:
                    self.close_connection = True
                    return
                self.send_response(answer.status)
                for name, value in {"Content-Type": "application/json", **answer.headers}.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(answer.content)))
                self.end_headers()
                self.wfile.write(answer.content)

            do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = answer  # noqa: N815  names the base class looks for

            def log_message(self, *args: object) -> None:
                pass

        return Handler
