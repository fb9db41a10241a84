"""Operations that stand in flows, whether or not they ever ran."""

import re
from collections.abc import Iterable, Iterator
from typing import Any, Final

from analytics.coverage.routes import HOLE
from flows.language import jsontext

_TEMPLATE: Final = re.compile(r"\$\{[^}]*\}|\{\{.*?\}\}", re.DOTALL)
_HTTP: Final = frozenset({"http_request", "http", "http.request"})
_GRPC: Final = frozenset({"grpc_call", "grpc", "grpc_stream", "grpc.call"})

Call = tuple[str, str, str]  # protocol, operation, route


def defined_in(spec_jsons: Iterable[str]) -> set[Call]:
    """Of the parsed flows, as their versions keep them."""
    return {call for text in spec_jsons for call in _calls(jsontext.loads(text))}


def _calls(value: Any) -> Iterator[Call]:
    """Steps may stand in steps: wherever there is an action with a config."""
    if isinstance(value, dict):
        action, config = value.get("action"), value.get("config")
        if isinstance(config, dict):
            if action in _HTTP and isinstance(config.get("url"), str):
                yield "http", str(config.get("method") or "GET").upper(), _route(config["url"])
            elif action in _GRPC and isinstance(config.get("method"), str):
                yield "grpc", str(config.get("service") or ""), config["method"].rpartition("/")[2]
        for member in value.values():
            yield from _calls(member)
    elif isinstance(value, list):
        for member in value:
            yield from _calls(member)


def _route(url: str) -> str:
    """The path as written, behind a host or a template that holds one; its templates as holes."""
    text = re.split(r"[?#]", _TEMPLATE.sub("\0", url.strip()), maxsplit=1)[0]
    _scheme, separator, rest = text.partition("://")
    _host, _, path = (rest if separator else text).partition("/")
    parts = [HOLE if part == "\0" else re.sub("\0+", HOLE, part) for part in path.split("/") if part]
    return "/" + "/".join(parts)
