"""One page that opens anywhere, without a server, a network or a script. Whatever a target sent is text in it."""

import re
from collections.abc import Iterator
from datetime import datetime
from typing import Any, Final

import simplejson
from django.template.loader import render_to_string

from executions.excerpts import shorten
from executions.exporting.whole import Whole, WholeStep
from executions.lookup import attempt_lines_of
from executions.models import Attempt, Execution, Payload
from executions.schemas import milliseconds, page_of

LONGEST_PART: Final = 256 * 1024  # characters of a request or a response; the JSON export has all of it
_UNREADABLE: Final = re.compile("[^\t\n\\x20-\\x7e\\xa0-\\ud7ff\\ue000-\\ufffd\\U00010000-\\U0010ffff]")
PHASES: Final = ("dns", "connect", "tls", "first_byte", "download")
_FOLDER: Final = "executions/export"
# Unlike the API's JSON, with every letter as it is.
_PLAIN: Final = simplejson.JSONEncoder(use_decimal=True, ensure_ascii=False)
_INDENTED: Final = simplejson.JSONEncoder(use_decimal=True, ensure_ascii=False, indent=2)


def html_chunks(whole: Whole) -> Iterator[str]:
    yield readable(render_to_string(f"{_FOLDER}/head.html", _head(whole)))
    for step in whole.steps():
        yield readable(render_to_string(f"{_FOLDER}/step.html", _step(step)))
    yield readable(render_to_string(f"{_FOLDER}/foot.html", {"flow_text": whole.flow_text, "moves": whole.moves}))


def readable(text: str) -> str:
    """Half a surrogate pair and control characters written out: no file holds the one, no browser shows the other."""
    return _UNREADABLE.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def _head(whole: Whole) -> dict[str, Any]:
    execution = whole.execution
    return {
        "execution": execution,
        "url": page_of(execution),
        "duration": duration(execution.duration_ms),
        "rows": _timeline(execution),
        "never_reached": whole.never_reached,
        "variables": sorted((name, _text(value)) for name, value in execution.variables.items()),
        "overrides": sorted((name, _text(value)) for name, value in execution.overrides.items()),
    }


def _timeline(execution: Execution) -> list[dict[str, Any]]:
    """A bar for every attempt, on one axis."""
    lines = list(attempt_lines_of(execution))
    begin = execution.started_at or execution.queued_at
    end = max([execution.finished_at or begin, *(one.finished_at or one.started_at for one in lines)])
    total = max((end - begin).total_seconds(), 0.001)
    rows: dict[str, dict[str, Any]] = {}
    for one in lines:
        row = rows.setdefault(one.step_run.path, {"path": one.step_run.path, "bars": []})
        row["bars"].append(_bar(one, begin, total))
        row |= {"status": one.status, "duration": duration(milliseconds(one.started_at, one.finished_at))}
    return list(rows.values())


def _bar(attempt: Attempt, begin: datetime, total: float) -> dict[str, str]:
    left = 100 * (attempt.started_at - begin).total_seconds() / total
    ended = attempt.finished_at or attempt.started_at
    width = 100 * (ended - attempt.started_at).total_seconds() / total
    return {"status": attempt.status, "left": f"{min(max(left, 0), 99.7):.3f}", "width": f"{max(width, 0.3):.3f}"}


def _step(whole: WholeStep) -> dict[str, Any]:
    step = whole.step
    return {
        "step": step,
        "duration": duration(milliseconds(step.started_at, step.finished_at)),
        "is_open": step.status in {"failed", "cancelled"},
        "attempts": [_attempt(attempt, payload) for attempt, payload in whole.attempts()],
    }


def _attempt(attempt: Attempt, payload: Payload | None) -> dict[str, Any]:
    return {
        "attempt": attempt,
        "duration": duration(milliseconds(attempt.started_at, attempt.finished_at)),
        "queue": duration(milliseconds(attempt.due_at, attempt.started_at)),
        "parts": [part for name in ("request", "response") for part in _parts(name, payload)],
        "is_cut": bool(payload and payload.is_cut),
        "is_partial": bool(payload and payload.is_partial),
        "assertions": [_assertion(one) for one in attempt.assertions or []],
        "captured": [{**one, "value": _text(one.get("value"))} for one in attempt.captured or []],
        "reads": attempt.reads or [],
        "timing": _phases(attempt.timing),
    }


def _parts(name: str, payload: Payload | None) -> list[dict[str, Any]]:
    """A request or a response; a body that is text stands by itself, as it came."""
    recorded = getattr(payload, name) if payload else None
    if not recorded:
        return []
    shown, notes = shorten(recorded, LONGEST_PART)
    parts = [{"name": name, "size": getattr(payload, f"{name}_size"), "is_short": bool(notes)}]
    if isinstance(shown, dict) and isinstance(shown.get("body"), str) and shown["body"]:
        parts.append({"name": f"{name} body", "text": shown["body"]})
        shown = {key: value for key, value in shown.items() if key != "body"}
    parts[0]["text"] = _INDENTED.encode(shown)
    return parts


def _assertion(one: dict[str, Any]) -> dict[str, Any]:
    return {**one, "actual": _text(one.get("actual")), "expected": _text(one.get("expected"))}


def _phases(timing: Any) -> list[tuple[str, str]]:
    found = timing if isinstance(timing, dict) else {}
    return [(name.replace("_", " "), f"{found[name]} ms") for name in PHASES if found.get(name)]


def _text(value: Any) -> str:
    text = _PLAIN.encode(value)
    return text if len(text) <= LONGEST_PART else f"{text[:LONGEST_PART]}…"


def duration(ms: int | None) -> str:
    if ms is None:
        return "—"
    return f"{ms} ms" if ms < 1000 else f"{ms / 1000:.2f} s"
