"""HTTP messages as the shop's handlers see them: a request in; a response, or a refusal, out."""

import socket
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from http import HTTPStatus
from typing import Any

import simplejson

Json = dict[str, Any]


class Refused(Exception):
    """The shop says no. Becomes a problem+json response (RFC 9457)."""

    def __init__(
        self, status: HTTPStatus, detail: str, *, headers: Mapping[str, str] | None = None, **more: Any
    ) -> None:
        super().__init__(detail)
        self.status = status
        self.detail = detail
        self.headers = dict(headers or {})
        self.more = more

    def response(self) -> "Response":
        problem = {
            "type": "about:blank",
            "title": self.status.phrase,
            "status": int(self.status),
            "detail": self.detail,
        }
        headers = {"Content-Type": "application/problem+json", **self.headers}
        return Response(self.status, encode({**problem, **self.more}), headers)


@dataclass
class Request:
    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]  # names in lower case
    body: bytes
    connection: socket.socket
    params: Mapping[str, str] = field(default_factory=dict)  # the `{names}` of the route

    def json(self) -> Json:
        """The body as a JSON object. Raises Refused (400)."""
        try:
            value = simplejson.loads(self.body, use_decimal=True)
        except (ValueError, RecursionError):
            raise Refused(HTTPStatus.BAD_REQUEST, "The body is not JSON.") from None
        if not isinstance(value, dict):
            raise Refused(HTTPStatus.BAD_REQUEST, "The body must be a JSON object.")
        return value

    def whole_number(self, name: str, default: int, *, low: int, high: int) -> int:
        """A number from the query. Raises Refused (400)."""
        text = self.query.get(name, str(default))
        if not (text.isascii() and text.isdigit() and len(text) <= 9 and low <= int(text) <= high):
            raise Refused(
                HTTPStatus.BAD_REQUEST, f"{name} is {text!r}; it must be a whole number from {low} to {high}."
            )
        return int(text)

    def amount(self, name: str) -> Decimal | None:
        """A price from the query. Raises Refused (400)."""
        text = self.query.get(name)
        if text is None:
            return None
        whole, _, cents = text.partition(".")
        if not (text.isascii() and whole.isdigit() and (cents.isdigit() or "." not in text) and len(text) <= 12):
            raise Refused(HTTPStatus.BAD_REQUEST, f"{name} is {text!r}; it must be a price such as 12.50.")
        return Decimal(text)

    def seconds(self, name: str, default: float, *, high: float) -> float:
        """A span of time from the query. Raises Refused (400)."""
        text = self.query.get(name, str(default))
        try:
            value = float(text)
        except ValueError:
            value = -1.0
        if not 0 <= value <= high:
            raise Refused(HTTPStatus.BAD_REQUEST, f"{name} is {text!r}; it must be seconds from 0 to {high:g}.")
        return value


@dataclass
class Response:
    status: HTTPStatus
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass
class Takeover:
    """A response that breaks the rules of HTTP on purpose: `speak` has the bare socket, which is then closed."""

    speak: Callable[[socket.socket], None]


Answer = Response | Takeover
Handler = Callable[[Request], Answer]


def encode(value: Any) -> bytes:
    return simplejson.dumps(value, use_decimal=True, allow_nan=False).encode()


def answer(value: Any, status: HTTPStatus = HTTPStatus.OK, headers: Mapping[str, str] | None = None) -> Response:
    return Response(status, encode(value), {"Content-Type": "application/json", **(headers or {})})


def no_content() -> Response:
    return Response(HTTPStatus.NO_CONTENT)
