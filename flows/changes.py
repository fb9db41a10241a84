"""What a version changed of the one before it, in one line: `pay changed; look added; variables`."""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from flows.language.plan import Plan
from flows.language.spec import FlowSpec

FIRST: Final = "first version"
ONLY_TEXT: Final = "comments or layout"
LONGEST: Final = 255
MOST_NAMED: Final = 3
_OF_FLOW: Final[Mapping[str, str]] = {
    "name": "name",
    "description": "description",
    "tags": "tags",
    "suite": "suite",
    "env": "variables",
    "config": "config",
}


def change_between(
    before: FlowSpec, after: FlowSpec, files_before: Mapping[str, str], files_after: Mapping[str, str]
) -> str:
    """Never empty: the texts differ, or the files do."""
    old, new = _steps(before), _steps(after)
    parts = [
        _named("added", [path for path in new if path not in old]),
        _named("changed", [path for path in new if path in old and new[path] != old[path]]),
        _named("removed", [path for path in old if path not in new]),
    ]
    common = [path for path in new if path in old]
    if common != [path for path in old if path in new]:
        parts.append("steps in another order")
    one, other = before.dump(), after.dump()
    parts += [word for key, word in _OF_FLOW.items() if one.get(key) != other.get(key)]
    if dict(files_before) != dict(files_after):
        parts.append("files")
    return _cut("; ".join(part for part in parts if part) or ONLY_TEXT)


def _steps(flow: FlowSpec) -> dict[str, dict[str, Any]]:
    """Path → what the step itself says; its children have lines of their own."""
    return {planned.path: _own(planned.step.model_dump(mode="python")) for planned in Plan(flow).all}


def _own(step: dict[str, Any]) -> dict[str, Any]:
    return {key: _without_lines(value) for key, value in step.items() if key not in {"error_steps", "children", "line"}}


def _without_lines(value: Any) -> Any:
    """Assertions know their line, which changes with everything above them."""
    if isinstance(value, list):
        return [_without_lines(one) for one in value]
    if isinstance(value, dict) and "expression" in value:
        return {key: one for key, one in value.items() if key != "line"}
    return value


def _named(what: str, paths: Iterable[str]) -> str:
    ids = [path.rsplit("/", 1)[-1] for path in paths]
    if not ids:
        return ""
    rest = f" and {len(ids) - MOST_NAMED} more" if len(ids) > MOST_NAMED else ""
    return f"{', '.join(ids[:MOST_NAMED])}{rest} {what}"


def _cut(text: str) -> str:
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"
