"""From what an action sent and got to the row that keeps it: masked, measured, and cut where it is too long."""

import hashlib
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.conf import settings

from executions.masking import Masker
from flows.language import jsontext

AROUND_A_BODY = 64 * 1024  # characters for headers and the rest, so that a body of MAX_BODY is kept in full


@dataclass(frozen=True)
class Recorded:
    """What a Payload row holds."""

    request: str | None
    response: str | None
    request_size: int
    response_size: int
    is_cut: bool
    is_partial: bool
    content_type: str
    response_hash: str

    @property
    def characters(self) -> int:
        return len(self.request or "") + len(self.response or "")


@dataclass(frozen=True)
class Written:
    """A request as it will be kept, if by then nothing was added to it and the masker knows no more secrets."""

    request: dict[str, Any]
    masker: Masker
    kept: tuple[str | None, int, bool]  # text, size, is_cut


def write_ahead(request: dict[str, Any], masker: Masker) -> Written:
    return Written(request, masker, _text(request, masker))


def record(
    request: dict[str, Any],
    response: dict[str, Any],
    masker: Masker,
    *,
    is_partial: bool,
    ahead: Written | None = None,
) -> Recorded | None:
    """The payload of an attempt; None if it neither sent nor got anything."""
    if not request and not response:
        return None
    if ahead is not None and ahead.masker is masker and ahead.request == request:
        request_text, request_size, request_cut = ahead.kept
    else:
        request_text, request_size, request_cut = _text(request, masker)
    response_text, response_size, response_cut = _text(response, masker)
    return Recorded(
        request=request_text,
        response=response_text,
        request_size=request_size,
        response_size=response_size,
        is_cut=request_cut or response_cut,
        is_partial=is_partial,
        content_type=str(response.get("content_type") or "")[:255],
        response_hash=_keyed_hash(response_text) if response_text else "",
    )


def _text(value: dict[str, Any], masker: Masker) -> tuple[str | None, int, bool]:
    if not value:
        return None, 0, False
    masked = masker.value(value)  # before any cut: half a secret would not be recognised
    text = jsontext.dumps(masked)
    limit = settings.MAX_BODY + AROUND_A_BODY
    if len(text) <= limit or sum(_sizes(masked).values()) <= limit:
        return text, len(text), False
    return jsontext.dumps(_cut(masked, limit)), len(text), True


def _sizes(value: dict[str, Any]) -> dict[str, int]:
    """Of each member, as its target wrote it: the escapes of our JSON do not count against a text."""
    return {key: len(member if isinstance(member, str) else jsontext.dumps(member)) for key, member in value.items()}


def _cut(value: dict[str, Any], limit: int) -> dict[str, Any]:
    """The longest members give way to their beginnings, with their true size, until the whole is within limit."""
    sizes = _sizes(value)
    cut = dict(value)
    total = sum(sizes.values())
    for key in sorted(sizes, key=lambda k: -sizes[k]):
        if total <= limit:
            break
        keep = max(0, limit - (total - sizes[key]))
        member = value[key]
        text = member if isinstance(member, str) else jsontext.dumps(member)
        cut[key] = {"$cut": True, "size": len(text), "text": text[:keep]}
        total -= sizes[key] - keep
    return cut


def _keyed_hash(text: str) -> str:
    """BLAKE2's own keyed mode: OpenSSL takes longer to set up an HMAC than everything else a step's payload needs."""
    return hashlib.blake2b(text.encode(), key=_hash_key(settings.SECRET_KEY), digest_size=16).hexdigest()


@lru_cache(maxsize=1)
def _hash_key(secret: str) -> bytes:
    """As long as BLAKE2 allows, whatever the secret's length."""
    return hashlib.sha256(secret.encode()).digest()
