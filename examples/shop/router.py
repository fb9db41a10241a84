"""Which handler answers which method and path."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from http import HTTPStatus
from urllib.parse import unquote

from examples.shop.messages import Answer, Handler, Refused, Request


@dataclass(frozen=True)
class Route:
    method: str
    pattern: str  # `/orders/{id}/payment`
    handler: Handler
    summary: str  # one line for the list at `/`
    part: str = ""  # of the shop, to which it belongs


class Router:
    """Answers 404 and 405 by itself; a HEAD is answered by the GET of the same path."""

    def __init__(self, routes: Iterable[Route]) -> None:
        self.routes = tuple(routes)
        self._compiled = [(_compile(route.pattern), route) for route in self.routes]

    def answer(self, request: Request) -> Answer:
        """Raises Refused, also for what the handler refuses."""
        method = "GET" if request.method == "HEAD" else request.method
        allowed: set[str] = set()
        for regex, route in self._compiled:
            match = regex.fullmatch(request.path)
            if match is None:
                continue
            if route.method == method:
                request.params = {name: unquote(text) for name, text in match.groupdict().items()}
                return route.handler(request)
            allowed.add(route.method)
        if allowed:
            raise Refused(
                HTTPStatus.METHOD_NOT_ALLOWED,
                f"{request.path} does not take {request.method}.",
                headers={"Allow": ", ".join(sorted(allowed))},
            )
        raise Refused(HTTPStatus.NOT_FOUND, f"There is nothing at {request.path}.")


def _compile(pattern: str) -> re.Pattern[str]:
    parts = re.split(r"\{(\w+)\}", pattern)  # text and names in turn
    texts = [re.escape(part) if i % 2 == 0 else f"(?P<{part}>[^/]+)" for i, part in enumerate(parts)]
    return re.compile("".join(texts))
