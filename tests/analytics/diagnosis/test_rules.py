"""Known failures and their likeliest cause. Written beside the rules: they prove that these agree, and no more."""

from typing import Any

import pytest

from analytics.diagnosis.actions import next_action
from analytics.diagnosis.evidence import Facts
from analytics.diagnosis.rules import fired, verdict_of


def facts(kind: str = "action", code: str = "", **more: Any) -> Facts:
    return Facts(kind=kind, code=code, message="it failed", service="shop:80", **more)


def on_status(status: int, **more: Any) -> Facts:
    broken = {"expression": "status == 200", "operator": "==", "passed": False, "actual": status, "expected": 200}
    return facts("assertion", "assertion", status=status, assertion=broken, protocol="http", **more)


def on_value(actual: Any, expected: Any = "DONE", **more: Any) -> Facts:
    broken = {
        "expression": "body.state == x",
        "operator": "==",
        "passed": False,
        "actual": actual,
        "expected": expected,
    }
    return facts(
        "assertion", "assertion", status=200, assertion=broken | more.pop("record", {}), protocol="http", **more
    )


STEADY: dict[str, Any] = {"environment_changed": False, "flow_changed": False, "streak": 3, "passed_before": 40}
CASES: list[tuple[Facts, str, str]] = [
    # service
    (on_status(500), "service", "high"),
    (on_status(503, flows_failing=4, runs_failing_share=0.8), "service", "high"),
    (on_status(502, **STEADY), "service", "high"),
    (on_value(None, record={"parts": [{"source": "body.state", "missing": True}]}, **STEADY), "service", "high"),
    (facts("unreachable", "reset", **STEADY), "service", "high"),
    (facts("unreachable", "refused", flows_failing=3, runs_failing_share=1.0, **STEADY), "service", "high"),
    (facts("action", "grpc_internal"), "service", "high"),
    (facts("action", "sqlstate_53300", **STEADY), "service", "high"),
    # environment
    (facts("unreachable", "dns"), "environment", "high"),
    (facts("unreachable", "tls_expired"), "environment", "high"),
    (on_status(401, environment_changed=True), "environment", "high"),
    (on_status(403, never_passed_here=True, passes_elsewhere=True), "environment", "high"),
    (facts("template", "unresolved"), "environment", "high"),
    (facts("action", "sqlstate_28P01"), "environment", "high"),
    (facts("action", "sqlstate_42P01", never_passed_here=True, passes_elsewhere=True), "environment", "high"),
    (facts("action", "unknown_topic"), "environment", "high"),
    (facts("unreachable", "connect_timeout", services_failing=4), "environment", "high"),
    # data
    (on_status(404, **STEADY), "data", "medium"),
    (on_status(409), "data", "medium"),
    (facts("action", "sqlstate_23505"), "data", "high"),
    (facts("action", "sqlstate_22P02"), "data", "high"),
    (on_status(422, flow_changed=True), "data", "high"),
    (facts("extraction", "not_found"), "data", "medium"),
    (facts("action", "grpc_not_found"), "data", "medium"),
    (on_value([], expected=[1], flow_changed=True), "data", "high"),
    # timing
    (facts("timeout", "poll_timeout"), "timing", "high"),
    (on_value("PENDING", seen_in_polls=True, usual_actuals=["DONE"]), "timing", "medium"),
    (facts("timeout", "read_timeout", p95_ms=850.0, limit_ms=1000.0), "timing", "high"),
    (on_status(429), "timing", "medium"),
    (facts("action", "sqlstate_40P01"), "timing", "high"),
    (facts("timeout", "too_few_messages", flake_rate=0.1, retry_passes=4), "timing", "high"),
    (facts("action", "grpc_deadline_exceeded", retry_passes=2), "timing", "high"),
    # nobody can tell
    (facts("unreachable", "refused"), "service", "inconclusive"),
    (on_value("OTHER"), "data", "inconclusive"),
    (facts("worker_lost", "worker_lost"), "service", "inconclusive"),
]


@pytest.mark.parametrize(("given", "category", "confidence"), CASES)
def test_the_likeliest_cause(given: Facts, category: str, confidence: str) -> None:
    rules = fired(given)
    verdict = verdict_of(rules)
    assert (verdict.category, verdict.confidence) == (category, confidence), verdict.points
    assert sum(verdict.p.values()) == pytest.approx(1)
    said = next_action(given, "steps/pay", verdict, rules)
    assert said.text.endswith((".", "?", "failed"))
    assert "{" not in said.text


def test_a_timeout_near_the_usual_is_not_called_slow() -> None:
    near = facts("timeout", "read_timeout", ms=1000.0, median_ms=150.0, p95_ms=850.0, limit_ms=1000.0)
    assert {one.id for one in fired(near)} == {"read_timeout", "near_limit"}


def test_not_sure_names_what_would_decide() -> None:
    given = facts("unreachable", "refused")
    rules = fired(given)
    said = next_action(given, "steps/pay", verdict_of(rules), rules)
    assert said.id == "decide"
    assert said.text.startswith("Not sure. First: See whether shop:80 runs")
