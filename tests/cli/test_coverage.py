"""`stepwell coverage`, against a server that answers as told; and the diagnosis below a failed run."""

from typing import Any

import pytest

from tests.cli.conftest import Stepwell
from tests.cli.records import attempt, execution, failure, script_run, step
from tests.cli.scripted_server import Answer, ScriptedServer

OPERATION: dict[str, Any] = {
    "operation": "GET", "route": "/orders", "state": "covered", "excluded": None, "is_stale": False, "n": 4,
    "statuses_seen": [200], "statuses_undocumented": [], "last_day": "2026-03-01",
}  # fmt: skip
FOUND: dict[str, Any] = {
    "declared": 4, "covered": 3, "share": 0.75, "inventory": [],
    "services": [
        {"name": "shop", "declared": 4, "covered": 3, "share": 0.75, "operations": [OPERATION],
         "undeclared": [{"operation": "PUT", "route": "/x", "n": 2}]}
    ],
}  # fmt: skip


@pytest.mark.parametrize(("least", "code"), [(75, 0), (80, 1), (0, 0)])
def test_coverage_is_a_gate(stepwell: Stepwell, server: ScriptedServer, least: int, code: int) -> None:
    server.on("GET /analytics/coverage", Answer(json=FOUND))
    done = stepwell("coverage", "--fail-under", str(least), "--env", "staging", "--days", "7")
    assert done.returncode == code
    assert "shop  3 of 4 (75 %) covered" in done.stdout
    assert "undeclared: PUT /x" in done.stdout
    assert ("below 80 %" in done.stdout) is (code == 1)
    assert "environment=staging" in server.asked[0].path
    assert "days=7" in server.asked[0].path


def test_nothing_declared_is_not_enough(stepwell: Stepwell, server: ScriptedServer) -> None:
    empty: dict[str, Any] = {"declared": 0, "covered": 0, "share": None, "inventory": [], "services": []}
    server.on("GET /analytics/coverage", Answer(json=empty))
    assert stepwell("coverage").returncode == 0
    assert stepwell("coverage", "--fail-under", "1").returncode == 1


def test_a_failed_run_says_the_likely_cause_and_what_to_do(stepwell: Stepwell, server: ScriptedServer) -> None:
    failed = step(status="failed", failure=failure("unreachable", "refused", "Connection refused."))
    script_run(server, execution(status="failed", failed_step="steps/pay"), failed, details={"steps/pay": [attempt()]})
    found = {
        "verdict": {"category": "service", "confidence": "high", "runner_up": "environment"},
        "rules": [
            {"id": "refused", "points": {}, "evidence": ["E1"]},
            {"id": "many_flows", "points": {}, "evidence": ["E2"]},
        ],
        "items": [
            {"id": "E1", "type": "failure", "fact": "unreachable (refused)"},
            {"id": "E2", "type": "fleet", "fact": "4 flows failed at shop:80"},
            {"id": "E3", "type": "latency", "fact": "no matter"},
        ],
        "next_action": {"id": "many_flows", "text": "Open shop:80's health."},
    }
    server.on("GET /analytics/executions/7/diagnosis", Answer(json=found))
    said = stepwell("run", "checkout").stdout
    assert "likely cause: service, high confidence" in said
    assert "because 4 flows failed at shop:80" in said
    assert "next: Open shop:80's health." in said
    assert "no matter" not in said
    shown = stepwell("executions", "show", "7").stdout
    assert "likely cause: service, high confidence" in shown
