"""One execution as a file."""

from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from functools import partial
from typing import Final, Literal

from asgiref.sync import sync_to_async
from django.core.handlers.asgi import ASGIRequest
from django.http import HttpRequest, StreamingHttpResponse

from executions.api.router import router
from executions.exporting.as_html import html_chunks
from executions.exporting.as_json import json_chunks
from executions.exporting.as_junit import junit_document
from executions.exporting.whole import Whole, whole_of
from executions.lookup import find_execution
from workspaces.auth import ApiRequest

Chunk = str | bytes
Format = Literal["html", "json", "junit"]


class Sort:
    """What a format is called outside, and how it is written."""

    def __init__(self, content_type: str, ending: str, chunks: Callable[[Whole], Iterator[Chunk]]) -> None:
        self.content_type, self.ending, self.chunks = content_type, ending, chunks


FORMATS: Final[Mapping[str, Sort]] = {
    "html": Sort("text/html; charset=utf-8", "html", html_chunks),
    "json": Sort("application/json", "json", json_chunks),
    "junit": Sort("application/xml", "xml", lambda whole: iter([junit_document(whole)])),
}


@router.get("/{int:execution_id}/export", response={200: str})
def export(request: ApiRequest, execution_id: int, format: Format = "html") -> StreamingHttpResponse:  # noqa: A002  the word of the address
    """The whole record as a file: a page that opens without a network, JSON with everything in full, or JUnit."""
    caller, sort = request.auth, FORMATS[format]
    whole = whole_of(find_execution(caller.workspace, execution_id), caller.role)
    name = f"{whole.execution.flow.slug}-{execution_id}.{sort.ending}"
    return StreamingHttpResponse(
        _streamed(request, sort.chunks(whole)),
        content_type=sort.content_type,
        headers={
            "Content-Disposition": f'attachment; filename="{name}"',
            # Should a browser show it all the same: it is nobody's page, and nothing in it runs.
            "Content-Security-Policy": "sandbox; default-src 'none'; style-src 'unsafe-inline'",
            "X-Content-Type-Options": "nosniff",
        },
    )


def _streamed(request: HttpRequest, chunks: Iterator[Chunk]) -> Iterator[Chunk] | AsyncIterator[Chunk]:
    """As the server wants it: an asynchronous one would first collect all of an ordinary iterator."""
    return _one_by_one(chunks) if isinstance(request, ASGIRequest) else chunks


async def _one_by_one(chunks: Iterator[Chunk]) -> AsyncIterator[Chunk]:
    following = partial(next, chunks, None)  # no chunk is None
    while (chunk := await sync_to_async(following)()) is not None:
        yield chunk
