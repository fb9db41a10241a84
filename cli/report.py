"""An execution in lines for people: how each step went, why it failed, and the verdict."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import simplejson

from cli.records import FINAL, Execution, Failure, StepRun
from cli.screen import Line

# status -> the sign in front, its style, the word for it
STEP_SIGNS = {
    "passed": ("✓", "green", "passed"),
    "failed": ("✗", "bold red", "failed"),
    "skipped": ("⚡", "yellow", "skipped"),
    "cancelled": ("■", "magenta", "cancelled"),
    "retrying": ("↻", "yellow", "retrying"),
    "running": ("…", "cyan", "running"),
    "pending": ("…", "dim", "pending"),
}
VERDICTS = {
    "passed": ("✓", "bold green", "passed"),
    "failed": ("✗", "bold red", "failed"),
    "timed_out": ("✗", "bold red", "timed out"),
    "cancelled": ("■", "bold magenta", "cancelled"),
    "running": ("…", "cyan", "running"),
    "queued": ("…", "cyan", "queued"),
}
LEFT_OUT: Line = [("  … of the steps inside loops the first and those that failed are shown; the page has all", "dim")]
LONGEST_VALUE = 300  # characters of a value shown; the record has all of it


def title(execution: Execution, page: str) -> Line:
    parts = [f"v{execution.get('flow_version')}", execution.get("environment") or "", f"#{execution['id']}"]
    return [(name_of(execution), "bold"), ("  " + " · ".join(filter(None, parts)), ""), (f"  {page}", "dim")]


def name_of(execution: Execution) -> str:
    return execution.get("flow_name") or execution.get("flow") or f"execution {execution['id']}"


def step_line(step: StepRun) -> Line:
    sign, style, _ = STEP_SIGNS.get(step["status"], ("?", "", step["status"]))
    indent = "  " + "  " * max(0, step["path"].count("/") - 1)
    line: Line = [(f"{indent}{sign} ", style), (step["path"], ""), (f"  {step.get('action', '')}", "dim")]
    if step.get("duration_ms") is not None and step["status"] != "skipped":
        line.append((f"  {duration(step['duration_ms'])}", "dim"))
    if turns := turns_text(step):
        line.append((f"  {turns}", "dim"))
    line.extend((f"  {note}", "yellow") for note in notes(step))
    return line


def turns_text(step: StepRun) -> str:
    """How far a step is that runs others."""
    turns = step.get("turns")
    if not turns or turns["total"] < 2:
        return ""
    failed = f", {turns['failed']} failed" if turns["failed"] else ""
    begun = f"{turns['started']} of {turns['total']}" if turns["started"] < turns["total"] else str(turns["total"])
    return f"{begun} turns{failed}"


def notes(step: StepRun) -> list[str]:
    """What the status alone does not say."""
    found = []
    if step["status"] == "skipped" and step.get("skip_reason"):
        found.append(str(step["skip_reason"]))
    if step.get("recovered"):
        found.append(f"passed on attempt {step.get('attempts')}")
    elif step["status"] == "failed" and (step.get("attempts") or 0) > 1:
        found.append(f"all {step['attempts']} attempts failed")
    if step["status"] == "failed" and step.get("soft"):
        found.append("soft: it does not fail the flow")
    if step["status"] == "cancelled" and step.get("message"):
        found.append(str(step["message"]))
    if step["status"] != "passed" and step.get("may_have_taken_effect"):
        found.append("it may have taken effect")
    return found


def failure_lines(step: StepRun, detail: Mapping[str, Any] | None, *, file: str = "") -> Iterator[Line]:
    """Why `step` failed; `detail` is the step with its attempts, `file` the flow file its lines are counted in."""
    indent = "  " * (step["path"].count("/") + 2)
    failure = step.get("failure")
    broken = failed_assertions(detail)
    if failure and not (broken and failure["kind"] == "assertion"):
        yield from _prose(indent, f"{kind_of(failure)}: ", failure.get("message") or step.get("message") or "")
    for record in broken:
        place = f"  ({file}:{record['line']})" if file and record.get("line") else ""
        said = str(record.get("error") or record.get("message") or record["expression"])
        yield from _prose(indent, "assertion: ", said + place)
        yield from _assertion_parts(f"{indent}  ", record)


def failed_assertions(detail: Mapping[str, Any] | None) -> list[dict[str, Any]]:
    """Those of the last attempt that did not hold."""
    attempts = (detail or {}).get("attempts")
    if not isinstance(attempts, list) or not attempts:
        return []
    return [record for record in attempts[-1].get("assertions") or [] if not record.get("passed")]


def _assertion_parts(indent: str, record: Mapping[str, Any]) -> Iterator[Line]:
    rows: list[tuple[str, str]] = [("expression", str(record["expression"]))]
    if not record.get("error"):
        rows += [(name, value_text(record[name])) for name in ("actual", "expected") if name in record]
    for part in record.get("parts") or ():
        rows.append((str(part.get("source")), value_text(part.get("value"))))
    width = min(max(len(name) for name, _ in rows), 40)
    for name, text in rows:
        yield [(f"{indent}{name:<{width}}  ", "dim"), (text, "")]


def _prose(indent: str, lead: str, text: str) -> Iterator[Line]:
    first, *rest = text.splitlines() or [""]
    yield [(f"{indent}{lead}", "red"), (first, "")]
    for line in rest:
        yield [(f"{indent}{' ' * len(lead)}{line}", "")]


def verdict(execution: Execution, page: str) -> Line:
    sign, style, word = VERDICTS.get(execution["status"], ("?", "", execution["status"]))
    line: Line = [(f"{sign} {word}  ", style), (name_of(execution), "bold"), (f": {counts_text(execution)}", "")]
    if execution.get("duration_ms") is not None:
        line.append((f" in {duration(execution['duration_ms'])}", ""))
    line.append((f"  {page}", "dim"))
    return line


def verdict_reason(execution: Execution) -> Iterator[Line]:
    """Why the execution as a whole ended so, where no step of it tells."""
    failure = execution.get("failure")
    if failure and failure.get("message") and not execution.get("failed_step"):
        yield from _prose("  ", f"{kind_of(failure)}: ", failure["message"])
    if execution.get("quarantined"):
        yield [("  passed with quarantined failure: ", "yellow"), (str(execution["quarantined"]), "")]
    if execution["status"] == "cancelled" and execution.get("cancel_requested_by"):
        yield [(f"  cancelled by {execution['cancel_requested_by']}", "")]


def diagnosis_lines(diagnosis: Mapping[str, Any]) -> Iterator[Line]:
    """The likeliest cause by the server's rules, what it stands on, and what to do next."""
    verdict = diagnosis["verdict"]
    if verdict["confidence"] == "inconclusive":
        said = f"not sure: {verdict['category']} or {verdict['runner_up']}"
    else:
        said = f"{verdict['category']}, {verdict['confidence']} confidence"
    yield [("  likely cause: ", "bold"), (said, "yellow")]
    cited = {name for rule in diagnosis["rules"] for name in rule["evidence"]}
    for item in diagnosis["items"]:
        if item["id"] in cited and item["type"] not in {"failure", "assertion"}:  # these stand above already
            yield [("    because ", "dim"), (item["fact"], "")]
    yield [("    next: ", "dim"), (diagnosis["next_action"]["text"], "")]


def counts_text(execution: Execution) -> str:
    counts = execution.get("counts") or {}
    soft = counts.get("soft_failed") or 0
    named = {
        "passed": counts.get("passed"),
        "failed": (counts.get("failed") or 0) - soft,
        "failed softly": soft,
        "skipped": counts.get("skipped"),
        "cancelled": counts.get("cancelled"),
        "recovered by a retry": counts.get("recovered"),
    }
    said = ", ".join(f"{count} {name}" for name, count in named.items() if count)
    return said or ("no step ran" if execution["status"] in FINAL else "no step has ended")


def summary(executions: Sequence[Execution], *, unfinished: int, seconds: float) -> Line:
    """The last line of several runs; `unfinished` ended without a verdict."""
    found = {word: sum(e["status"] == status for e in executions) for status, (_, _, word) in VERDICTS.items()}
    found["without a verdict"] = unfinished
    total = len(executions) + unfinished
    style = "bold green" if found["passed"] == total else "bold red"
    said = ", ".join(f"{count} {word}" for word, count in found.items() if count)
    return [(f"{total} flows: {said}", style), (f" in {duration(seconds * 1000)}", "")]


def kind_of(failure: Failure) -> str:
    code = failure.get("code")
    return f"{failure['kind']} ({code})" if code and code != failure["kind"] else failure["kind"]


def value_text(value: Any) -> str:
    text = simplejson.dumps(value, use_decimal=True, ensure_ascii=False)
    return text if len(text) <= LONGEST_VALUE else f"{text[:LONGEST_VALUE]}… ({len(text)} characters)"


def duration(milliseconds: float | None) -> str:
    if milliseconds is None:
        return "–"
    if milliseconds < 1000:
        return f"{milliseconds:.0f} ms"
    if milliseconds < 60_000:
        return f"{milliseconds / 1000:.1f} s"
    minutes, seconds = divmod(round(milliseconds / 1000), 60)
    return f"{minutes} m {seconds:02} s" if minutes < 60 else f"{minutes // 60} h {minutes % 60:02} m"
