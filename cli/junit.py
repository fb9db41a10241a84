"""`--junit`: every step of every flow as a test case, in XML that any reader of JUnit files accepts.

A suite shows red exactly when its execution did not pass: a soft failure is a skipped case, and a run that ended
without a failed step (cancelled while queued, say) gets a case of its own. `failure` means the target answered, and
not as it should; `error` means that nobody can tell.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from cli import report
from cli.gather import Gathered, NeverReached
from cli.places import NO_TURN, places_of
from cli.records import Execution, StepRun

ANSWERED = frozenset({"assertion", "extraction", "action"})  # kinds of failure that judge the target
_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def junit_xml(runs: Sequence[Gathered]) -> bytes:
    root = Element("testsuites", name="stepwell")
    for run in runs:
        _suite(root, run)
    for name in ("tests", "failures", "errors", "skipped"):
        root.set(name, str(sum(int(suite.get(name, "0")) for suite in root)))
    root.set("time", f"{sum(float(suite.get('time', '0')) for suite in root):.3f}")
    indent(root)
    return b'<?xml version="1.0" encoding="UTF-8"?>\n' + tostring(root, encoding="unicode").encode("utf-8") + b"\n"


def clean(text: object) -> str:
    """`text` with what XML cannot hold written out, as in \\x00."""
    return _NOT_XML.sub(lambda match: match[0].encode("unicode_escape").decode("ascii"), str(text))


def _suite(root: Element, run: Gathered) -> None:
    status = run.execution["status"] if run.execution else "not started"
    suite = SubElement(root, "testsuite", name=clean(run.name))
    _properties(suite, _facts(run))
    places = places_of(run.steps)
    cases = [(places[step["path"]], _case(run, step)) for step in run.steps]
    cases += [((NO_TURN, step.position), _unreached_case(run, step)) for step in run.never_reached]
    suite.extend(case for _, case in sorted(cases, key=lambda item: item[0]))
    is_red = any(case.find("failure") is not None or case.find("error") is not None for case in suite)
    is_excused = bool(run.execution and run.execution.get("quarantined"))
    if status != "passed" and not is_red and not is_excused:
        suite.append(_verdict_case(run, status))
    found = suite.findall("testcase")
    suite.set("tests", str(len(found)))
    for name, tag in (("failures", "failure"), ("errors", "error"), ("skipped", "skipped")):
        suite.set(name, str(sum(case.find(tag) is not None for case in found)))
    if run.execution is not None:
        suite.set("time", _seconds(run.execution.get("duration_ms")))
        suite.set("timestamp", _timestamp(run.execution))
        suite.set("id", str(run.execution["id"]))


def _facts(run: Gathered) -> dict[str, object]:
    execution = run.execution
    if execution is None:
        return {}
    facts: dict[str, object] = {
        "execution": execution["id"],
        "status": execution["status"],
        "url": run.report["execution"].get("url"),
        "flow": execution.get("flow"),
        "flow_version": execution.get("flow_version"),
        "environment": execution.get("environment"),
        "file": run.file,
    }
    facts.update({f"label.{name}": value for name, value in (execution.get("labels") or {}).items()})
    return {name: value for name, value in facts.items() if value not in (None, "")}


def _case(run: Gathered, step: StepRun) -> Element:
    case = _named(run, step["path"], step.get("duration_ms"))
    attempts = step.get("attempts") or 0
    facts: dict[str, object] = {"action": step.get("action", "")}
    if attempts > 1:
        facts |= {"attempts": attempts, "reruns": attempts - 1, "recovered": str(bool(step.get("recovered"))).lower()}
    _properties(case, facts)
    _mark(case, run, step)
    said = _attempts_text(run.details.get(step["path"]))
    if attempts > 1 and said:
        SubElement(case, "system-out").text = clean(said)
    return case


def _mark(case: Element, run: Gathered, step: StepRun) -> None:
    """Say how the step ended where it did not simply pass."""
    status, failure = step["status"], step.get("failure") or {"kind": "unknown"}
    if status == "passed":
        return
    if status == "skipped":
        SubElement(case, "skipped", message=clean(step.get("skip_reason") or "skipped"))
    elif status == "failed" and run.execution and run.execution.get("quarantined"):
        SubElement(case, "skipped", message=clean(f"quarantined failure, {_summary(step)}"))
    elif status == "failed" and step.get("soft"):
        SubElement(case, "skipped", message=clean(f"soft failure, {_summary(step)}"))
    elif status == "failed":
        tag = "failure" if failure["kind"] in ANSWERED else "error"
        SubElement(case, tag, type=clean(failure["kind"]), message=clean(_summary(step))).text = _why(run, step)
    else:
        reason = step.get("message") or f"the run ended while this step was {status}"
        SubElement(case, "error", type=clean(status), message=clean(reason))


def _unreached_case(run: Gathered, step: NeverReached) -> Element:
    case = _named(run, step.path, 0)
    _properties(case, {"action": step.action})
    SubElement(case, "skipped", message="never reached")
    return case


def _verdict_case(run: Gathered, status: str) -> Element:
    """What makes a suite red when no step does."""
    execution = run.execution
    failure = execution.get("failure") if execution else None
    said = failure["message"] if failure and "message" in failure else ""
    reason = run.problem or said or f"the execution ended as {status}"
    case = _named(run, "execution", execution.get("duration_ms") if execution else None)
    SubElement(case, "error", type=clean(status), message=clean(reason))
    return case


def _named(run: Gathered, name: str, milliseconds: float | None) -> Element:
    return Element("testcase", classname=clean(run.name), name=clean(name), time=_seconds(milliseconds))


def _properties(parent: Element, facts: Mapping[str, object]) -> None:
    if facts:
        properties = SubElement(parent, "properties")
        for name, value in facts.items():
            SubElement(properties, "property", name=clean(name), value=clean(value))


def _summary(step: StepRun) -> str:
    failure = step.get("failure")
    if failure is None:
        return step.get("message") or "failed"
    return f"{report.kind_of(failure)}: {failure.get('message') or step.get('message') or 'no message'}"


def _why(run: Gathered, step: StepRun) -> str:
    lines = report.failure_lines(step, run.details.get(step["path"]), file=run.file)
    return clean("\n" + "\n".join("".join(text for text, _ in line) for line in lines) + "\n")


def _attempts_text(detail: Mapping[str, Any] | None) -> str:
    attempts = (detail or {}).get("attempts")
    if not isinstance(attempts, list):
        return ""
    rows = []
    for attempt in attempts:
        failure = attempt.get("failure")
        why = f", {report.kind_of(failure)}: {failure.get('message') or ''}" if failure else ""
        took = report.duration(attempt.get("duration_ms"))
        rows.append(f"attempt {attempt.get('number')}: {attempt.get('status')} in {took}{why}")
    return "\n".join(rows)


def _seconds(milliseconds: float | None) -> str:
    return f"{(milliseconds or 0) / 1000:.3f}"


def _timestamp(execution: Execution) -> str:
    """To the second and without a zone, as the schema wants it (UTC, as the server writes all its times)."""
    return (execution.get("started_at") or execution.get("queued_at") or "1970-01-01T00:00:00")[:19]
