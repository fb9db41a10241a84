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


RULE = {
    "id": 3, "service": "shop:80", "pattern": "/products/{}", "wish": "one", "changed_by": "bob",
    "changed_at": "2026-03-01T12:00:00Z",
}  # fmt: skip


def test_routes_are_merged_split_and_left_alone(stepwell: Stepwell, server: ScriptedServer) -> None:
    route = {"operation": "GET", "template": "/products/{}", "routes": ["/products/cup", "/products/tea"], "count": 5}
    server.on("GET /analytics/routes", Answer(json={"items": [route]}))
    server.on("GET /analytics/route-overrides", Answer(json={"items": [RULE]}))
    server.on("PUT /analytics/route-overrides", Answer(json={"items": [RULE], "changed": 2}))
    server.on("DELETE /analytics/route-overrides/3", Answer(status=204))
    assert stepwell("routes", "list", "shop:80").stdout.split("\n")[:4] == [
        "GET /products/{}", "  /products/cup", "  /products/tea", "  … 3 more",
    ]  # fmt: skip
    assert "/products/{}  are one route" in stepwell("routes", "list").stdout
    assert "2 addresses are called otherwise now" in stepwell("routes", "merge", "shop:80", "/products/{}").stdout
    assert server.asked[-1].body == {"service": "shop:80", "patterns": ["/products/{}"], "wish": "one"}
    assert stepwell("routes", "split", "shop:80", "/products/tea").returncode == 0
    assert server.asked[-1].body["wish"] == "apart"
    assert stepwell("routes", "reset", "shop:80", "/products/{}").returncode == 0
    refused = stepwell("routes", "reset", "shop:80", "/pages/{}")
    assert (refused.returncode, "There are: /products/{}." in refused.stderr) == (2, True)
