"""A file in pieces, as RFC 9110 §14 has it: a tool whose download broke off asks for the rest."""

import hashlib
import re
from collections.abc import Mapping
from typing import Final

from django.http import HttpResponse

from executions.errors import NoSuchRange

_ONE: Final = re.compile(r"bytes=(?:(\d{1,18})-(\d{0,18})|-(\d{1,18}))")


def range_of(asked: str, size: int) -> range | None:
    """The bytes that a Range header asks for; None for all of them, also where it cannot be read or asks for several.

    Raises NoSuchRange.
    """
    found = _ONE.fullmatch(asked.strip().replace(" ", ""))
    if found is None:
        return None
    first, last, suffix = found.groups()
    if suffix is not None:
        wanted = range(max(0, size - int(suffix)), size)
    elif last and int(last) < int(first):
        return None
    else:
        wanted = range(int(first), min(size, int(last) + 1) if last else size)
    if not wanted:
        raise NoSuchRange(f"It has {size} bytes.", size=size)
    return wanted


def partial_file(headers: Mapping[str, str], data: bytes, content_type: str, name: str) -> HttpResponse:
    """All of a file, or the piece that was asked for while it is still the same one."""
    tag = f'"{hashlib.blake2b(data, digest_size=16).hexdigest()}"'
    asked = headers.get("Range", "") if headers.get("If-Range", tag) == tag else ""
    piece = range_of(asked, len(data))
    response = HttpResponse(data if piece is None else data[piece.start : piece.stop], content_type=content_type)
    if piece is not None:
        response.status_code = 206
        response["Content-Range"] = f"bytes {piece.start}-{piece.stop - 1}/{len(data)}"
    response["Accept-Ranges"], response["ETag"] = "bytes", tag
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["X-Content-Type-Options"] = "nosniff"
    return response
