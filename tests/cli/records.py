"""Answers of the API, as the server gives them, with only what a test is about filled in."""

from typing import Any
from urllib.parse import quote

from tests.cli.scripted_server import Answer, ScriptedServer


def execution(**known: Any) -> dict[str, Any]:
    found: dict[str, Any] = {
        "id": 7,
        "flow": "checkout",
        "flow_name": "Checkout",
        "flow_version": 3,
        "workspace": "default",
        "environment": None,
        "status": "passed",
        "batch": None,
        "called_by": None,
        "waiting_for": None,
        "slot": None,
        "quarantined": None,
        "phase": None,
        "outcome": "passed",
        "trigger": "cli",
        "actor": "ci",
        "labels": {},
        "queued_at": "2026-03-01T12:00:00Z",
        "started_at": "2026-03-01T12:00:00.100000Z",
        "finished_at": "2026-03-01T12:00:01.300000Z",
        "duration_ms": 1200,
        "deadline": None,
        "counts": counts(total=1, passed=1),
        "failed_step": None,
        "failure": None,
        "rerun_of": None,
        "rerun_mode": None,
        "rerun_from": None,
        "family": 7,
        "cancel_requested_at": None,
        "cancel_requested_by": None,
        "event_number": 5,
        "url": "/executions/7/",
    }
    return found | known


def queued(**known: Any) -> dict[str, Any]:
    unknown = {"started_at": None, "finished_at": None, "duration_ms": None, "outcome": None, "event_number": 0}
    return execution(status="queued", counts=counts(total=1), **unknown) | known


def counts(**known: int) -> dict[str, int]:
    names = ("total", "passed", "failed", "soft_failed", "skipped", "cancelled", "retries", "recovered")
    return dict.fromkeys(names, 0) | known


def step(path: str = "steps/pay", **known: Any) -> dict[str, Any]:
    found: dict[str, Any] = {
        "path": path,
        "id": path.rpartition("/")[2],
        "action": "http_request",
        "section": path.partition("/")[0],
        "position": 0,
        "parent": None,
        "index": None,
        "turns": None,
        "status": "passed",
        "attempts": 1,
        "started_at": "2026-03-01T12:00:00.200000Z",
        "finished_at": "2026-03-01T12:00:00.300000Z",
        "duration_ms": 100,
        "due_at": None,
        "skip_reason": None,
        "failure": None,
        "message": None,
        "recovered": False,
        "soft": False,
        "may_have_taken_effect": False,
        "called": [],
    }
    return found | known


def failure(kind: str = "assertion", code: str = "", message: str = "It did not hold.") -> dict[str, str]:
    return {"kind": kind, "code": code, "message": message}


def assertion(**known: Any) -> dict[str, Any]:
    found: dict[str, Any] = {
        "expression": 'body.state == "paid"',
        "operator": "==",
        "passed": False,
        "actual": "pending",
        "expected": "paid",
        "message": 'body.state is "pending", expected "paid"',
        "line": 12,
        "parts": [{"source": "body.state", "value": "pending"}],
        "error": None,
    }
    return found | known


def attempt(number: int = 1, **known: Any) -> dict[str, Any]:
    return {"number": number, "status": "failed", "duration_ms": 100, "failure": None, "assertions": []} | known


def snapshot(execution: dict[str, Any], *steps: dict[str, Any]) -> dict[str, Any]:
    return {"execution": execution, "steps": list(steps), "event_number": execution["event_number"]}


def report(execution: dict[str, Any], *steps: dict[str, Any]) -> dict[str, Any]:
    names = ("id", "status", "flow", "environment", "duration_ms", "url")
    shown = ("path", "id", "action", "status", "attempts", "duration_ms", "failure")
    return {
        "execution": {name: execution[name] for name in names},
        "steps": [{name: one[name] for name in shown} | {"assertions": [], "outputs": {}} for one in steps],
    }


def script_run(
    server: ScriptedServer, ended: dict[str, Any], *steps: dict[str, Any], details: dict[str, Any] | None = None
) -> None:
    """The answers to one run of the flow `checkout` that ends as `ended`."""
    number = ended["id"]
    server.on("POST /executions", Answer(201, queued(id=number)))
    server.on(f"GET /executions/{number}", Answer(json=snapshot(ended, *steps)))
    server.on(f"GET /executions/{number}/report", Answer(json=report(ended, *steps)))
    for path, attempts in (details or {}).items():
        one = next(step for step in steps if step["path"] == path)
        server.on(f"GET /executions/{number}/steps/{quote(path)}", Answer(json=one | {"attempts": attempts}))
