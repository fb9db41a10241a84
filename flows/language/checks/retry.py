"""Reads `retry`."""

from typing import Any

from flows.language.checks.fields import Fields
from flows.language.document import Node, Place, Scalar
from flows.language.spec import RETRY_ALIASES, RetrySpec, parse_attempts

RETRY_KEYS = (
    *("max_attempts", "delay", "backoff", "max_delay", "jitter", "retry_on", "retry_on_not"),
    "enabled",  # written by TestMesh; false means one attempt
)


def read_retry(fields: Fields, node: Node, place: Place) -> RetrySpec | None:
    """The retry written at `node`."""
    mapping = fields.mapping(node, place)
    if mapping is None:
        return None
    fields.findings.unknown_keys(mapping, RETRY_KEYS, "retry has", place)
    given: dict[str, Any] = {}
    for key, (_, value) in mapping.entries.items():
        if key in RETRY_KEYS and not fields.is_empty(value):
            given[key] = _read(fields, key, value, (*place, key))
    if given.pop("enabled", None) is False:
        return RetrySpec()
    return RetrySpec(**{key: value for key, value in given.items() if value is not None})


def _read(fields: Fields, key: str, node: Node, place: Place) -> Any:
    if key == "max_attempts":
        return fields.number(node, place, parse_attempts, "a whole number from 1 to 10")
    if key in ("delay", "max_delay"):
        return fields.duration(node, place)
    if key == "backoff":
        return fields.choice(node, place, ("exponential", "linear", "constant"))
    if key == "enabled":
        return fields.flag(node, place)
    if key == "jitter":
        return _jitter(fields, node, place)
    return _conditions(fields, node, place)


def _jitter(fields: Fields, node: Node, place: Place) -> bool | float | None:
    if isinstance(node, Scalar) and isinstance(node.value, bool):
        return node.value
    if isinstance(node, Scalar) and isinstance(node.value, int | float) and 0 <= node.value <= 1:
        return float(node.value)
    fields.wrong_type("true, false or a share from 0 to 1", node, place)
    return None


def _conditions(fields: Fields, node: Node, place: Place) -> list[str] | None:
    written = fields.texts(node, place)
    return None if written is None else [RETRY_ALIASES.get(text.strip(), text.strip()) for text in written]
