"""Keys, values and headers: bytes on the wire, JSON types in a flow. What was written is read back as it was."""

import base64
import binascii
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from flows.language import jsontext
from workers.errors import StepMisconfigured

_BINARY = "base64"


def encoded(content: Any, what: str) -> bytes | None:
    """Text as UTF-8, `{base64: …}` as its bytes, null as nothing, anything else as JSON. Raises StepMisconfigured."""
    if content is None:
        return None
    if isinstance(content, str):
        return _utf8(content, what)
    if isinstance(content, Mapping) and set(content) == {_BINARY} and isinstance(content[_BINARY], str):
        try:
            return base64.b64decode(content[_BINARY], validate=True)
        except (binascii.Error, ValueError) as exc:
            raise StepMisconfigured(f"{what} has a base64 that cannot be read", code="bad_value") from exc
    try:
        return jsontext.dumps(content).encode("ascii")
    except (ValueError, TypeError) as exc:
        raise StepMisconfigured(f"{what} cannot be written as JSON: {exc}", code="bad_value") from exc


def encoded_headers(headers: Mapping[str, Any]) -> list[tuple[str, bytes | None]]:
    """Raises StepMisconfigured."""
    pairs = []
    for name, value in headers.items():
        pairs += [(name, encoded(item, f"header {name}")) for item in (value if isinstance(value, list) else [value])]
    return pairs


def decoded(raw: bytes | None) -> Any:
    """Text, or `{base64: …}` for what is not UTF-8."""
    if raw is None:
        return None
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return {_BINARY: base64.b64encode(raw).decode("ascii")}


def decoded_value(raw: bytes | None) -> dict[str, Any]:
    """`value` (JSON where it is, else text, else `{base64: …}`), `text` and `json`."""
    content = decoded(raw)
    if not isinstance(content, str):
        return {"value": content, "text": None, "json": None}
    try:
        parsed = jsontext.loads(content)
    except jsontext.NotJson:
        return {"value": content, "text": content, "json": None}
    return {"value": parsed, "text": content, "json": parsed}


def decoded_headers(pairs: Sequence[tuple[str, bytes | None]] | None) -> dict[str, Any]:
    """Name → value; a list where the name comes several times."""
    values: dict[str, list[Any]] = {}
    for name, raw in pairs or ():
        values.setdefault(name, []).append(decoded(raw))
    return {name: found[0] if len(found) == 1 else found for name, found in values.items()}


def moment(milliseconds: int) -> str | None:
    """A Kafka timestamp as ISO 8601 in UTC; None for one that was never set."""
    if milliseconds < 0:
        return None
    try:
        time = datetime.fromtimestamp(milliseconds / 1000, UTC)
    except (OverflowError, OSError, ValueError):
        return None
    return time.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _utf8(text: str, what: str) -> bytes:
    try:
        return text.encode("utf-8")
    except UnicodeEncodeError as exc:
        raise StepMisconfigured(f"{what} has half a surrogate pair, which UTF-8 cannot hold", code="bad_value") from exc
