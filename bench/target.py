"""A small HTTP server that notes when each request came and when its answer had gone."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import pairwise
from statistics import median

STEPS = 10


class Target:
    def __init__(self) -> None:
        self.seen: list[tuple[float, float]] = []  # (request read, answer sent)
        self.url = ""

    def added_per_step(self) -> float:
        """Seconds between an answer and the next request, the median over the requests since the last call."""
        seen, self.seen = sorted(self.seen), []
        assert len(seen) == STEPS, f"{len(seen)} requests came instead of {STEPS}"
        return median(following[0] - this[1] for this, following in pairwise(seen))


@contextmanager
def serving() -> Iterator[Target]:
    target = Target()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def do_GET(self) -> None:
            began = time.perf_counter()
            body = b'{"id": %s}' % self.path.rpartition("/")[2].encode()
            head = f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
            self.wfile.write(head.encode() + body)
            target.seen.append((began, time.perf_counter()))

        def log_message(self, *_: object) -> None:
            """Nobody reads it."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    target.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, name="target", daemon=True)
    thread.start()
    try:
        yield target
    finally:
        server.shutdown()
        server.server_close()
