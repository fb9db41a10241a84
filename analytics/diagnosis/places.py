"""Where on the page of a step a piece of evidence can be seen, so that a link to it can go there."""

from collections.abc import Mapping
from typing import Any, Final

from analytics.diagnosis.evidence import Place

_TABS: Final = {
    "failure": "summary", "history": "summary", "absence": "summary", "latency": "summary", "hours": "summary",
    "assertion": "assertions", "diff": "assertions",
    "request": "request", "input": "request",
    "response_excerpt": "response", "shape": "response", "made": "response",
}  # fmt: skip


def place_of(type_: str, step: str, data: Mapping[str, Any]) -> Place | None:
    """None for what is of no step: other flows, other environments, edits."""
    tab = _TABS.get(type_)
    if tab is None:
        return None
    return Place(str(data.get("step") or step), tab, _in_body(str(data.get("path", ""))))


def _in_body(path: str) -> str:
    """As the page names values: from the body on, of a list the first. Empty for what is not in the body."""
    root, _, rest = path.partition(".body")
    return f"${rest}".replace("[*]", "[0]") if root == "$" and path != root else ""
