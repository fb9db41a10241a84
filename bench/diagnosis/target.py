"""A small HTTP server whose routes can be told how to behave: where the shop cannot fail that way."""

import base64
import json
import socket
import struct
import threading
import time
import urllib.request
from collections.abc import Callable, Mapping
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count
from typing import Any

HANG_SECONDS = 15
Publish = Callable[[str, str], None]  # topic, value


class Target:
    """
    Routes are `METHOD /path`. A behaviour is a mapping:

    status, body (JSON) or text, headers · delay: seconds, or a list of them by turns · hang, reset, cut: true ·
    lag and then: another body, so many seconds after the last POST · rate: requests per second beyond which 429 comes ·
    verify: true asks the keeper of keys about the bearer's token · token: a token endpoint that wants this secret ·
    publish: {topic, value} sends a message to Kafka · alone: true refuses with 409 while another request is inside ·
    grants: true gives a token, of which wants_younger: another route lets in none that is older, in seconds.
    """

    def __init__(self, *, keys_url: str = "", publish: Publish | None = None) -> None:
        self.routes: dict[str, Mapping[str, Any]] = {}
        self.keys_url, self.publish = keys_url, publish
        self.changed_at = 0.0
        self.turns = count()
        self.lock = threading.Lock()
        self.stamps: list[float] = []
        self.granted: dict[str, float] = {}  # token → when
        self.inside = threading.BoundedSemaphore(1)  # of the routes that let in one at a time
        self._held: list[socket.socket] = []
        self._server: ThreadingHTTPServer | None = _serve(self, 0)
        self.port = self._server.server_port

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def stop(self) -> None:
        """Nobody listens any more."""
        if self._server is not None:
            self._server.shutdown()
            self._server.server_close()
            self._server = None

    def blackhole(self) -> None:
        """Connections are neither taken nor refused, as behind a firewall: the queue of who waits is full."""
        self.stop()
        door = socket.socket()
        door.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        door.bind(("127.0.0.1", self.port))
        door.listen(0)
        self._held.append(door)
        for _ in range(4):
            visitor = socket.socket()
            visitor.setblocking(False)
            visitor.connect_ex(("127.0.0.1", self.port))
            self._held.append(visitor)

    def close(self) -> None:
        self.stop()
        for one in self._held:
            one.close()

    def is_over(self, rate: float) -> bool:
        """Whether this request is one too many within a second."""
        with self.lock:
            now = time.monotonic()
            self.stamps = [one for one in self.stamps if one > now - 1] + [now]
            return len(self.stamps) > rate

    def is_busy(self) -> bool:
        """Whether somebody is inside a route that lets in one at a time."""
        if not self.inside.acquire(blocking=False):
            return True
        self.inside.release()
        return False

    def grant(self) -> str:
        token = f"granted-{next(self.turns)}-for-a-while"
        self.granted[token] = time.monotonic()
        return token

    def is_younger(self, token: str, seconds: float) -> bool:
        return time.monotonic() - self.granted.get(token, 0.0) < seconds

    def knows(self, key: str) -> bool:
        """What the keeper of keys says; where it does not answer, nobody is let in."""
        try:
            with urllib.request.urlopen(f"{self.keys_url}/keys/{key}", timeout=2) as answer:
                return bool(answer.status == 200)
        except OSError:
            return False


def _serve(target: Target, port: int) -> ThreadingHTTPServer:
    server = _Server(("127.0.0.1", port), _Handler)
    server.target = target
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, name="target", daemon=True).start()
    return server


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    target: Target


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: _Server

    def do_GET(self) -> None:
        self._answer("GET")

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.server.target.changed_at = time.monotonic()
        self._answer("POST")

    def _answer(self, method: str) -> None:
        target = self.server.target
        behaviour = target.routes.get(f"{method} {self.path.partition('?')[0]}")
        if behaviour is None:
            self._send(404, {"error": "There is nothing here."})
            return
        if behaviour.get("alone"):
            self._alone(behaviour)
            return
        self._wait(behaviour)
        sent = self.headers.get("Authorization", "").partition(" ")[2]
        if behaviour.get("reset"):
            self._reset()
        elif "token" in behaviour:
            self._token(behaviour["token"])
        elif behaviour.get("verify") and not target.knows(sent):
            self._send(401, {"error": "invalid_token"})
        elif behaviour.get("grants"):
            self._send(behaviour.get("status", 200), {"token": target.grant()})
        elif "wants_younger" in behaviour and not target.is_younger(sent, behaviour["wants_younger"]):
            self._send(401, {"error": "invalid_token"})
        elif "rate" in behaviour and target.is_over(behaviour["rate"]):
            self._send(429, {"error": "slow down"}, {"Retry-After": "1"})
        else:
            self._say(behaviour)

    def _alone(self, behaviour: Mapping[str, Any]) -> None:
        if not self.server.target.inside.acquire(blocking=False):
            self._send(409, {"error": "busy"})
            return
        try:
            self._wait(behaviour)
        finally:
            self.server.target.inside.release()
        self._say(behaviour)

    def _wait(self, behaviour: Mapping[str, Any]) -> None:
        delay = behaviour.get("delay", 0)
        time.sleep(delay[next(self.server.target.turns) % len(delay)] if isinstance(delay, list) else delay)
        if behaviour.get("hang"):
            time.sleep(HANG_SECONDS)

    def _say(self, behaviour: Mapping[str, Any]) -> None:
        target = self.server.target
        body = behaviour["text"] if "text" in behaviour else behaviour.get("body", {})
        if "lag" in behaviour and time.monotonic() - target.changed_at >= behaviour["lag"]:
            body = behaviour["then"]
        if (message := behaviour.get("publish")) and target.publish:
            target.publish(message["topic"], message["value"])
        is_cut = behaviour.get("cut", False)
        self._send(behaviour.get("status", 200), body, behaviour.get("headers", {}), is_cut=is_cut)

    def _token(self, secret: str) -> None:
        sent = base64.b64decode(self.headers.get("Authorization", "").partition(" ")[2]).decode()
        if sent.partition(":")[2] == secret:
            token = f"granted-{next(self.server.target.turns)}-to-a-client"
            self._send(200, {"access_token": token, "token_type": "bearer"})
        else:
            self._send(401, {"error": "invalid_client"})

    def _send(self, status: int, body: Any, headers: Mapping[str, str] | None = None, *, is_cut: bool = False) -> None:
        is_text = isinstance(body, str)
        content = body.encode() if is_text else json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "text/html" if is_text else "application/json")
        self.send_header("Content-Length", str(len(content) + 100 * is_cut))
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(content)
        self.close_connection = self.close_connection or is_cut

    def _reset(self) -> None:
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.close_connection = True

    def handle(self) -> None:
        with suppress(ConnectionError):
            super().handle()

    def log_message(self, *_: object) -> None:
        """Nobody reads it."""
