"""The lab: endpoints that misbehave on purpose, so that flows and tests can see how failures look.

Its state (counters, holds) is in memory and gone with the process.
"""

import base64
import time
from collections import Counter
from http import HTTPStatus
from threading import Lock

import simplejson

from examples.shop.broken import drip, half, reset
from examples.shop.holds import Holds
from examples.shop.messages import Answer, Json, Refused, Request, Response, answer
from examples.shop.router import Route

LONGEST = 120.0  # seconds anything here may take
MOST_KEYS = 10_000


class Lab:
    def __init__(self) -> None:
        self._lock = Lock()
        self._counts: Counter[str] = Counter()
        self._calls: Counter[str] = Counter()  # of /lab/flaky
        self._holds = Holds()

    def routes(self) -> list[Route]:
        return [
            Route("GET", "/lab/status/{code}", self.status, "answers with that status"),
            Route("POST", "/lab/status/{code}", self.status, "answers with that status"),
            Route("GET", "/lab/slow", self.slow, "answers after ?seconds="),
            Route("GET", "/lab/drip", self.drip, "a byte a second for ?seconds="),
            Route("GET", "/lab/reset", self.reset, "resets the connection instead of answering"),
            Route("GET", "/lab/half", self.half, "half the promised body, then the end"),
            Route("GET", "/lab/flaky", self.flaky, "fails the first ?fail= calls of a ?key= with ?status="),
            Route("POST", "/lab/count/{key}", self.count, "adds one"),
            Route("GET", "/lab/count/{key}", self.counted, "how often it was added to"),
            Route("DELETE", "/lab/count/{key}", self.uncount, "back to zero"),
            *(
                Route(method, "/lab/echo", self.echo, "what was sent")
                for method in ("GET", "POST", "PUT", "PATCH", "DELETE")
            ),
            Route("GET", "/lab/large", self.large, "a JSON body of ?mb= megabytes; type=text for plain text"),
            Route("GET", "/lab/redirect", self.redirect, "?n= redirects, then the echo"),
            Route("GET", "/lab/cookie", self.cookie, "sets the cookie ?name= to ?value="),
            Route("GET", "/lab/hold", self.hold, "no answer until ?key= is released"),
            Route("POST", "/lab/hold", self.hold, "no answer until ?key= is released"),
            Route("GET", "/lab/holding/{key}", self.holding, "holding now, arrived, gone (the client left)"),
            Route("POST", "/lab/release/{key}", self.release, "lets go those held now; for_good=true later ones too"),
        ]

    def close(self) -> None:
        """Let go whatever is held, so that the shop can stop."""
        self._holds.release_all()

    def status(self, request: Request) -> Response:
        code = request.params["code"]
        if not (code.isascii() and code.isdigit() and 200 <= int(code) <= 599) or int(code) not in set(HTTPStatus):
            raise Refused(HTTPStatus.NOT_FOUND, f"{code} is no final HTTP status.")
        status = HTTPStatus(int(code))
        if status >= HTTPStatus.BAD_REQUEST:
            raise Refused(status, "You asked for it.")
        return answer({"status": int(status)}, status)

    def slow(self, request: Request) -> Response:
        seconds = request.seconds("seconds", 1, high=LONGEST)
        time.sleep(seconds)
        return answer({"waited": seconds})

    def drip(self, request: Request) -> Answer:
        return drip(round(request.seconds("seconds", 30, high=LONGEST)))

    def reset(self, _request: Request) -> Answer:
        return reset()

    def half(self, _request: Request) -> Answer:
        return half()

    def flaky(self, request: Request) -> Response:
        key = request.query.get("key", "")
        fail = request.whole_number("fail", 2, low=0, high=1000)
        status = HTTPStatus(request.whole_number("status", 503, low=500, high=504))
        with self._lock:
            call = _add(self._calls, key)
        if call <= fail:
            raise Refused(
                status, f"Call {call} of {key!r} fails; {fail} calls do.", headers={"Retry-After": "1"}, call=call
            )
        return answer({"key": key, "call": call})

    def count(self, request: Request) -> Response:
        key = request.params["key"]
        with self._lock:
            return answer({"key": key, "count": _add(self._counts, key)})

    def counted(self, request: Request) -> Response:
        key = request.params["key"]
        with self._lock:
            return answer({"key": key, "count": self._counts.get(key, 0)})

    def uncount(self, request: Request) -> Response:
        key = request.params["key"]
        with self._lock:
            self._counts.pop(key, None)
        return answer({"key": key, "count": 0})

    def echo(self, request: Request) -> Response:
        return answer(
            {
                "method": request.method,
                "path": request.path,
                "query": request.query,
                "headers": request.headers,
                **_body(request.body),
            }
        )

    def large(self, request: Request) -> Response:
        size = request.whole_number("mb", 10, low=0, high=100) * 1024 * 1024
        if request.query.get("type") == "text":
            return Response(HTTPStatus.OK, b"shop" * (size // 4), {"Content-Type": "text/plain; charset=utf-8"})
        head, tail = b'{"filler":"', b'"}'
        body = head + b"x" * max(0, size - len(head) - len(tail)) + tail
        return Response(HTTPStatus.OK, body, {"Content-Type": "application/json"})

    def redirect(self, request: Request) -> Response:
        left = request.whole_number("n", 1, low=0, high=100)
        location = f"/lab/redirect?n={left - 1}" if left > 1 else "/lab/echo"
        return Response(HTTPStatus.FOUND, headers={"Location": location})

    def cookie(self, request: Request) -> Response:
        name, value = request.query.get("name", "flavour"), request.query.get("value", "oat")
        if not (f"{name}{value}".isascii() and name.isalnum() and value.isalnum()):
            raise Refused(HTTPStatus.BAD_REQUEST, "name and value must be letters and digits.")
        return answer({"set": name}, headers={"Set-Cookie": f"{name}={value}; Path=/"})

    def hold(self, request: Request) -> Response:
        key = request.query.get("key", "")
        seconds = request.seconds("seconds", 60, high=LONGEST)
        arrival = self._holds.hold(key, request.connection, seconds)
        if arrival is None:
            raise Refused(HTTPStatus.GATEWAY_TIMEOUT, f"Nobody released {key!r} within {seconds:g} s.")
        return answer({"key": key, "arrival": arrival})

    def holding(self, request: Request) -> Response:
        return answer(self._holds.seen(request.params["key"]))

    def release(self, request: Request) -> Response:
        for_good = request.query.get("for_good") == "true"
        return answer({"released": self._holds.release(request.params["key"], for_good=for_good)})


def _add(counts: Counter[str], key: str) -> int:
    counts[key] += 1
    if len(counts) > MOST_KEYS:
        del counts[next(iter(counts))]  # the oldest
    return counts[key]


def _body(body: bytes) -> Json:
    try:
        text = body.decode()
    except UnicodeDecodeError:
        return {"body": None, "json": None, "base64": base64.b64encode(body).decode()}
    try:
        value = simplejson.loads(text, use_decimal=True) if text else None
    except (ValueError, RecursionError):
        value = None
    return {"body": text, "json": value}
