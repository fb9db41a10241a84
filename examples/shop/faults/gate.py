"""Stands between the router and the handlers of a part, and spoils their answers as the board says."""

import time
from collections import OrderedDict
from collections.abc import Callable, Collection
from contextlib import suppress
from dataclasses import replace
from http import HTTPStatus
from threading import Lock

import simplejson

from examples.shop.broken import reset, silence
from examples.shop.faults.board import HEADER, Faults, texts_in
from examples.shop.faults.fault import Fault
from examples.shop.faults.wrong import with_wrong_field
from examples.shop.messages import Answer, Handler, Refused, Request, Response, encode

MOST_KEPT = 2000

WhoCalls = Callable[[Request], Collection[str]]  # the caller's id and email, so that a fault can be for one person


class Gate:
    def __init__(self, faults: Faults, who_calls: WhoCalls) -> None:
        self._faults = faults
        self._who_calls = who_calls
        self._memory = Memory()

    def around(self, part: str, handler: Handler) -> Handler:
        """`handler`, as it behaves while faults of `part` are on."""

        def handle(request: Request) -> Answer:
            keys = self._keys(request, part)
            with self._faults.during(keys):
                return self._spoiled(self._faults.struck(part, keys), handler, request)

        return handle

    def _spoiled(self, faults: list[Fault], handler: Handler, request: Request) -> Answer:
        for fault in faults:
            if not fault.after and (spoiled := self._before(fault)):
                return spoiled
        stale = next((fault for fault in faults if fault.kind == "stale"), None)
        if stale and (kept := self._memory.recall(request, stale.seconds)):
            return kept
        answer = _answered(handler, request)
        for fault in faults:
            if fault.after and (spoiled := self._before(fault)):
                return spoiled
            if fault.kind == "wrong_data" and isinstance(answer, Response):
                answer = _wrong(answer, fault)
        if stale and isinstance(answer, Response):
            self._memory.keep(request, answer)
        return answer

    def _before(self, fault: Fault) -> Answer | None:
        match fault.kind:
            case "slow":
                self._faults.closing.wait(fault.seconds)
            case "status":
                return Refused(fault.status, "The fault panel wants it so.").response()
            case "drop":
                return silence(fault.seconds, self._faults.closing)
            case "reset":
                return reset()
        return None

    def _keys(self, request: Request, part: str) -> Collection[str]:
        if not any(self._faults.has(p, keyed=True) for p in (part, "database", "cache", "events")):
            return given_keys(request)
        keys = {*given_keys(request), *request.params.values(), *request.query.values(), *self._who_calls(request)}
        with suppress(ValueError, RecursionError):  # the handler says what is wrong with the body
            keys |= texts_in([simplejson.loads(request.body)]) if request.body else set()
        return keys


def given_keys(request: Request) -> set[str]:
    """What the caller names in X-Fault-Key; several are separated by commas."""
    return {key.strip() for key in request.headers.get(HEADER, "").split(",") if key.strip()}


class Memory:
    """Old answers: a GET is answered as it was the first time, and what has just been made is not there yet."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._kept: OrderedDict[tuple[str, ...], tuple[float, Response]] = OrderedDict()

    def recall(self, request: Request, seconds: float) -> Response | None:
        if request.method not in {"GET", "HEAD"}:
            return None
        with self._lock:
            kept_at, response = self._kept.get(_address(request), (0.0, None))
        return response if response is not None and time.monotonic() - kept_at < seconds else None

    def keep(self, request: Request, response: Response) -> None:
        if request.method in {"GET", "HEAD"}:
            address, kept = _address(request), response
        elif response.status == HTTPStatus.CREATED and "Location" in response.headers:
            made = response.headers["Location"]
            detail = f"There is nothing at {made} yet."
            address, kept = (made, "", _caller(request)), Refused(HTTPStatus.NOT_FOUND, detail).response()
        else:
            return
        with self._lock:
            self._kept[address] = (time.monotonic(), kept)
            self._kept.move_to_end(address)
            while len(self._kept) > MOST_KEPT:
                self._kept.popitem(last=False)


def _address(request: Request) -> tuple[str, ...]:
    query = "&".join(f"{name}={value}" for name, value in sorted(request.query.items()))
    return request.path, query, _caller(request)


def _caller(request: Request) -> str:
    return request.headers.get("authorization", "") or request.headers.get("cookie", "")


def _answered(handler: Handler, request: Request) -> Answer:
    try:
        return handler(request)
    except Refused as refusal:
        return refusal.response()


def _wrong(response: Response, fault: Fault) -> Response:
    if response.status >= HTTPStatus.BAD_REQUEST or "json" not in response.headers.get("Content-Type", ""):
        return response
    body = simplejson.loads(response.body, use_decimal=True)
    return replace(response, body=encode(with_wrong_field(body, fault.field, fault.value)))
