"""What of an answer that is still being written is finished. A text that is not whole yet is not shown."""

from typing import Any

from pydantic_core import from_json


def finished(text: str) -> dict[str, Any]:
    """The members that are complete; of a list that is being written, all items but the last."""
    try:
        data = from_json(text, allow_partial=True)
    except ValueError:
        return {}
    if not isinstance(data, dict) or not data:
        return {}
    *before, last = data
    found: dict[str, Any] = {name: data[name] for name in before}
    if isinstance(data[last], list):
        found[last] = data[last][:-1]
    return found
