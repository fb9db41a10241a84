"""Evidence from comparing with runs that passed: answer, request, time of day, and what this run made itself."""

from typing import Any, Final

from analytics.diagnosis.drift import Difference
from analytics.diagnosis.evidence import Facts

Item = tuple[str, str, dict[str, Any], bool]
_SAID: Final = {
    "missing": "{path} is not there ({usual} in runs that passed)",
    "empty": "{path} has nothing in it, unlike in runs that passed",
    "new": "{path} is there, and was not in runs that passed",
    "type": "{path} is {now}, and was {usual} in runs that passed",
    "value": "{path} is {now}, and was {usual} in runs that passed",
}


def comparisons(facts: Facts) -> list[Item]:
    items: list[Item] = []
    if facts.shapes:
        items.append(("shape", f"The response is unlike before: {_told(facts.shapes)}", _data(facts.shapes), True))
    if facts.source_shapes:
        said = f"The response of {facts.source_step} is unlike before: {_told(facts.source_shapes)}"
        items.append(("shape", said, {**_data(facts.source_shapes), "step": facts.source_step}, True))
    if facts.inputs:
        items.append(("input", f"The request is unlike before: {_told(facts.inputs)}", _data(facts.inputs), False))
    elif facts.is_same_request:
        items.append(("input", "The request is as in runs that passed", {"differences": []}, False))
    if facts.hours is not None:
        one = facts.hours
        said = (
            f"{one.failed} of {one.runs} runs failed between {one.start:02} and {one.start + 3:02} o'clock UTC,"
            f" {one.failed_elsewhere} of {one.runs_elsewhere} at other times (p = {one.p:.2g})"
        )
        items.append(("hours", said, {"start": one.start, "failed": one.failed, "runs": one.runs, "p": one.p}, False))
    if facts.made_by:
        ago = f"{facts.made_ms_ago:.0f} ms" if facts.made_ms_ago >= 1 else "less than a millisecond"
        said = f"{facts.made_by} made what this step asks for {ago} before"
        items.append(("made", said, {"step": facts.made_by, "ms": facts.made_ms_ago}, False))
    return items


def _told(differences: Any) -> str:
    first: Difference = differences[0]
    more = f"; {len(differences) - 1} more" if len(differences) > 1 else ""
    return _SAID[first.what].format(path=first.path, usual=_short(first.usual), now=_short(first.now)) + more


def _data(differences: Any) -> dict[str, Any]:
    shown = [{"path": one.path, "what": one.what, "usual": one.usual, "now": one.now} for one in differences]
    return {"path": differences[0].path, "differences": shown}


def _short(text: str) -> str:
    return text if len(text) <= 80 else f"{text[:79]}…"
