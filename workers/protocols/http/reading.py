"""Reading the body of a response, so that of a broken one is kept what came."""

from http.client import HTTPConnection, HTTPException, HTTPResponse, IncompleteRead
from typing import Any, Final

import requests
from urllib3 import HTTPHeaderDict
from urllib3 import HTTPResponse as DecodedResponse
from urllib3.exceptions import DecodeError, HTTPError

from workers.errors import TargetRefused
from workers.protocols.http.broken import half_a_response
from workers.protocols.http.kept import Place
from workers.protocols.wire import Wire

HARD_LIMIT: Final = 64 * 1024 * 1024  # bytes of a body held in memory, decoded
_CHUNK: Final = 64 * 1024


class Answer:
    """What http.client read of one answer, in the form in which `requests` wants its `raw`."""

    def __init__(self, said: HTTPResponse, speaker: HTTPConnection, place: Place) -> None:
        self.said, self.place = said, place
        self.headers = said.msg
        self._original_response = said  # where `requests` looks for cookies
        self._speaker = speaker
        self._decoded: DecodedResponse | None = None
        if said.msg.get("Content-Encoding"):
            self._decoded = DecodedResponse(
                said,
                HTTPHeaderDict(said.msg.items()),
                said.status,
                preload_content=False,
                original_response=said,
                request_method=said._method,  # type: ignore[attr-defined]  # noqa: SLF001 - it has no other name
            )

    @property
    def is_over(self) -> bool:
        """Read to its end, which the connection goes on after."""
        said = self.said
        is_whole = said.isclosed() if said.chunked else said.length == 0
        return is_whole and not said.will_close and said.status >= 200

    def read1(self, amount: int, decode_content: bool = True) -> bytes:
        if self._decoded is not None:
            return self._decoded.read1(amount, decode_content=decode_content)
        found = self.said.read1(amount)
        if not found and self.said.length:
            raise IncompleteRead(b"", self.said.length)
        return found

    def release(self) -> Any:
        """The socket, which is not closed with the rest any more."""
        sock, self._speaker.sock = self._speaker.sock, None
        return sock

    def close(self) -> None:
        self.said.close()
        self._speaker.close()


def read_body(response: requests.Response, wire: Wire, peer: str) -> None:
    """Read it all into `response`. If it breaks, what came so far is in there as well."""
    parts: list[bytes] = []
    size = 0
    try:
        with wire.timed("download"):
            while chunk := response.raw.read1(_CHUNK, decode_content=True):
                parts.append(chunk)
                size += len(chunk)
                if size > HARD_LIMIT:
                    raise TargetRefused(
                        f"The body of the response is larger than {HARD_LIMIT >> 20} MB", code="too_large"
                    )
    except DecodeError as exc:
        wire.abort.check()
        message = f"{peer} says its body is {response.headers.get('Content-Encoding')}, and it is not"
        raise TargetRefused(message, code="bad_encoding") from exc
    except (HTTPError, HTTPException, OSError) as exc:
        wire.abort.check()
        raise half_a_response(exc, peer, size, response) from exc
    finally:
        # What `response.content` would do, had it not lost the parts before a break.
        response._content = b"".join(parts)  # noqa: SLF001
        response._content_consumed = True  # type: ignore[attr-defined]  # noqa: SLF001 - the stubs leave it out
