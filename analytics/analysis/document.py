"""The document that is sent: evidence as JSON, so that text from systems under test stays inside string literals."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final

from analytics.analysis.budget import MOST_CHARS, REST, fitted, room_of
from analytics.analysis.material import Found, material
from analytics.analysis.prompt import SYSTEM, VERSION
from analytics.analysis.scrubbing import masker_of, scrubbed
from analytics.diagnosis.pack import Diagnosis
from analytics.models import FailureGroup, FailureOccurrence
from analytics.questions.failures import rows_of
from executions.models import Execution
from flows.language import jsontext
from workspaces.models import Workspace

SHAPE: Final = 1
_SAID_IN_FULL: Final = "response_excerpt"  # the item `response` holds more of the same


@dataclass(frozen=True)
class Document:
    """`hash` is the same for the same evidence: then the answer need not be asked for again."""

    data: Mapping[str, Any]
    text: str
    hash: str


def document_of_execution(execution: Execution, diagnosis: Diagnosis) -> Document:
    return _made(execution.workspace, _of_execution(execution, diagnosis))


def document_of_group(group: FailureGroup, execution: Execution | None, diagnosis: Diagnosis | None) -> Document:
    """With its last occurrence that is still on record, if there is one."""
    data = _of_execution(execution, diagnosis) if execution and diagnosis else {"items": [], "rules": []}
    (row,) = rows_of(group.workspace, [group])
    data["group"] = {"flow": row.flow, "step": row.step_key, "kind": row.kind, "code": row.sub}
    data["items"] += _numbered(_of_group(group, row), "G")
    return _made(group.workspace, data)


def _of_execution(execution: Execution, diagnosis: Diagnosis) -> dict[str, Any]:
    whole = asdict(diagnosis)
    items = [one for one in whole["items"] if one["type"] != _SAID_IN_FULL]
    for one in items:
        one["data"] = fitted(_plain(one["data"]), room_of(REST) // 3)
    found = list(material(execution, diagnosis))
    if not any(type_ == "response" for type_, *_ in found):
        items = [{**one, "data": fitted(_plain(one["data"]), room_of(REST))} for one in whole["items"]]
    return {
        "execution": {
            "id": execution.pk, "flow": execution.flow.slug, "flow_version": execution.flow_version.number,
            "environment": execution.environment_name, "trigger": execution.trigger,
            "started_at": f"{execution.started_at:%Y-%m-%d %H:%M:%S} UTC" if execution.started_at else None,
        },
        "failed_step": {"ref": diagnosis.failed_step.path, **whole["failed_step"]},
        "items": items + _numbered(found, "C"),
        "rules": whole["rules"], "verdict": whole["verdict"], "next_action": whole["next_action"],
    }  # fmt: skip


def _of_group(group: FailureGroup, row: Any) -> list[Found]:
    versions, environments = ", ".join(map(str, group.versions)), ", ".join(one or "none" for one in group.environments)
    fact = (
        f"{group.count} failures since {group.first_seen:%Y-%m-%d %H:%M} UTC,"
        f" the last {group.last_seen:%Y-%m-%d %H:%M} UTC; {group.recovered} overcome by a retry;"
        f" environments {environments}; flow versions {versions}; the same failure in {row.flows} flows"
    )
    said: Found = ("group", fact, {"sub": group.sub, "sample": group.sample[:1_000], "service": group.service}, True)
    trend: Found = ("trend", f"failures a day, the last {len(row.trend)} days, today last", {"days": row.trend}, False)
    last = FailureOccurrence.objects.filter(group=group).order_by("-at")[:20]
    told = [
        {"execution": one.execution_id, "at": f"{one.at:%Y-%m-%d %H:%M}", "environment": one.environment,
         "version": one.version}
        for one in last
    ]  # fmt: skip
    return [said, trend, ("occurrences", f"the last {len(told)} of them", {"occurrences": told}, False)]


def _numbered(found: Sequence[Found], letter: str) -> list[dict[str, Any]]:
    return [
        {"id": f"{letter}{number}", "type": type_, "fact": fact, "data": data, "untrusted": untrusted}
        for number, (type_, fact, data, untrusted) in enumerate(found, start=1)
    ]


def _made(workspace: Workspace, data: dict[str, Any]) -> Document:
    """Masked once more, within its budget, and as one line of ASCII."""
    masked = scrubbed(_plain(data), masker_of(workspace))
    spare = len(jsontext.dumps(masked)) - MOST_CHARS
    for item in sorted(masked["items"], key=lambda one: -len(jsontext.dumps(one["data"]))):
        if spare <= 0:
            break
        size = len(jsontext.dumps(item["data"]))
        item["data"] = fitted(item["data"], max(200, size - spare))
        spare -= size - len(jsontext.dumps(item["data"]))
    text = jsontext.dumps({"v": SHAPE, **masked})
    digest = hashlib.blake2b(f"{VERSION}\0{SYSTEM}\0{text}".encode(), digest_size=16).hexdigest()
    return Document(masked, text, digest)


def _plain(value: Any) -> Any:
    """Of JSON's own types, with times as text."""
    if isinstance(value, Mapping):
        return {str(name): _plain(one) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    return value.isoformat() if hasattr(value, "isoformat") else value
