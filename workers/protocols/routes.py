"""What a step exercises, with what varies taken out: `/orders/{}`, `user:{}`."""

import re
from urllib.parse import urlsplit

_TEMPLATE = re.compile(r"\$\{[^}]*\}|\{\{.*?\}\}", re.DOTALL)
_HOLE = "\x00"
_ID = re.compile(
    r"\d+|[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|[0-9a-f]{16,}|[0-9A-HJKMNP-TV-Z]{26}|.*@.*|.{40,}",
    re.IGNORECASE,
)


def route_of(url: str, written: str | None) -> str:
    """The route of `url`, which was `written` with templates: their places are its parameters.

    The written path is laid over the end of the real one, because a leading `${API_URL}` may hold a part of the path.
    Where the two do not fit (a template held slashes), ids are recognised by their looks.
    """
    real = _segments(urlsplit(url).path)
    pattern = _written_segments(written) if written else []
    if len(pattern) > len(real) or not _fits(pattern, real[len(real) - len(pattern) :]):
        pattern = []
    head = [_without_id(part) for part in real[: len(real) - len(pattern)]]
    tail = [
        "{}" if part == _HOLE else _HOLES.sub("{}", part) if _HOLE in part else _without_id(part) for part in pattern
    ]
    return "/" + "/".join(head + tail)


_HOLES = re.compile(f"{_HOLE}+")


def with_holes(written: object, rendered: str) -> str:
    """A key as it was written, its templates as holes; without any, as it is."""
    return _TEMPLATE.sub("{}", written) if isinstance(written, str) else rendered


def _written_segments(written: str) -> list[str]:
    text = _TEMPLATE.sub(_HOLE, written.strip())
    text = re.split(r"[?#]", text, maxsplit=1)[0]
    _scheme, separator, rest = text.partition("://")
    if not separator:
        rest = text  # begins with a template that holds the address
    _host, _, path = rest.partition("/")
    return _segments(path)


def _fits(pattern: list[str], real: list[str]) -> bool:
    return all(
        re.fullmatch(re.escape(part).replace(re.escape(_HOLE), "[^/]*"), value) is not None
        for part, value in zip(pattern, real, strict=True)
    )


def _without_id(part: str) -> str:
    return "{}" if _ID.fullmatch(part) else part


def _segments(path: str) -> list[str]:
    return [part for part in path.split("/") if part]
