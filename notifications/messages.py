"""What a notification says: facts for programs, a few lines for people. All of it is masked: the record is."""

from typing import Any

from django.utils import timezone

from executions.models import Execution
from executions.schemas import page_of
from notifications.models import Occasion
from workspaces.models import Workspace

SIGNS = {"failure": "✗", "every_failure": "✗", "failures": "✗", "recovery": "✓", "test": "•"}


def message_of(execution: Execution, occasion: Occasion, *, failures: tuple[int, int] | None = None) -> dict[str, Any]:
    """Of an execution with its workspace, flow, flow version and slot loaded."""
    slot = execution.slot
    return {
        "event": occasion.value,
        "workspace": execution.workspace.slug,
        "flow": execution.flow.slug,
        "flow_name": execution.flow_name,
        "flow_version": execution.flow_version.number,
        "environment": execution.environment_name or None,
        "schedule": slot.schedule.name if slot is not None else None,
        "execution": {
            "id": execution.pk,
            "status": execution.status,
            "url": page_of(execution),
            "trigger": execution.trigger,
            "actor": execution.actor,
            "labels": execution.labels,
            "started_at": _iso(execution.started_at),
            "finished_at": _iso(execution.finished_at),
            "duration_ms": execution.duration_ms,
        },
        "failure": {
            "step": execution.failed_step_path or None,
            "kind": execution.failure_kind,
            "code": execution.failure_code,
            "message": execution.failure_message[:2000],
        }
        if execution.failure_kind
        else None,
        "failures": {"count": failures[0], "of_last": failures[1]} if failures else None,
    }


def test_message(workspace: Workspace, target: str, actor: str) -> dict[str, Any]:
    said = f"{actor} tries the notification target {target} of {workspace.slug}. It works if you read this."
    return {"event": "test", "workspace": workspace.slug, "text": said, "at": _iso(timezone.now())}


def title_of(message: dict[str, Any]) -> str:
    """One line."""
    if message["event"] == "test":
        return f"Stepwell: a test from {message['workspace']}"
    where = f" in {message['environment']}" if message["environment"] else ""
    word = {"recovery": "passes again"}.get(message["event"], message["execution"]["status"].replace("_", " "))
    if message["failures"]:
        word = f"failed {message['failures']['count']} of the last {message['failures']['of_last']} times"
    return f"{SIGNS[message['event']]} {message['flow_name']}{where} {word}"


def text_of(message: dict[str, Any]) -> str:
    """A few lines."""
    if message["event"] == "test":
        return str(message["text"])
    execution, failure = message["execution"], message["failure"]
    lines = [title_of(message)]
    if failure:
        step = f"{failure['step']}: " if failure["step"] else ""
        lines.append(f"{step}{failure['message']}")
    if cause := message.get("cause"):
        lines.append(_said(cause))
    started = f"#{execution['id']}, started by {execution['actor']} ({execution['trigger']})"
    lines += [started, execution["url"]]
    return "\n".join(lines)


def _said(cause: dict[str, Any]) -> str:
    if cause["or"]:
        return f"Likely cause: not sure, {cause['category']} or {cause['or']}. {cause['next']}"
    return f"Likely cause: {cause['category']}, {cause['confidence']} confidence. Next: {cause['next']}"


def _iso(moment: Any) -> str | None:
    return moment.isoformat().replace("+00:00", "Z") if moment is not None else None
