"""Metadata, there and back. Names that end in `-bin` carry bytes; in flows and records those are base64."""

import base64
import binascii
from collections.abc import Iterable, Mapping
from typing import Any

from flows.language import jsontext
from workers.errors import StepMisconfigured

Pair = tuple[str, str | bytes]


def to_pairs(metadata: Mapping[str, Any]) -> tuple[Pair, ...]:
    """What is sent. Raises StepMisconfigured (`bad_metadata`)."""
    pairs: list[Pair] = []
    for name, value in metadata.items():
        if value is None:
            continue
        several = value if isinstance(value, list) else [value]
        pairs += [(name.lower(), _sent(name.lower(), one)) for one in several]
    return tuple(pairs)


def to_json(pairs: Iterable[Any] | None) -> dict[str, str]:
    """What came: name → text, several values joined by a comma, as with HTTP headers."""
    shown: dict[str, list[str]] = {}
    for name, value in pairs or ():
        text = base64.b64encode(value).decode("ascii") if isinstance(value, bytes) else str(value)
        shown.setdefault(name, []).append(text)
    return {name: ", ".join(texts) for name, texts in shown.items()}


def _sent(name: str, value: Any) -> str | bytes:
    text = value if isinstance(value, str) else jsontext.dumps(value)
    if name.endswith("-bin"):
        try:
            return base64.b64decode(text, validate=True)
        except (binascii.Error, ValueError) as exc:
            raise StepMisconfigured(
                f"metadata {name} is not base64, as names with -bin want", code="bad_metadata"
            ) from exc
    if not (text.isascii() and text.isprintable()):
        raise StepMisconfigured(
            f"metadata {name} has characters that cannot be sent; a name with -bin takes base64", code="bad_metadata"
        )
    return text
