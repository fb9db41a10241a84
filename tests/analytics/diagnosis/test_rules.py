"""Known failures and their likeliest cause. Written beside the rules: they prove that these agree, and no more."""

from dataclasses import replace
from math import exp
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.diagnosis.actions import next_action
from analytics.diagnosis.drift import Difference
from analytics.diagnosis.evidence import CATEGORIES, Facts
from analytics.diagnosis.hours import Skew
from analytics.diagnosis.points import Fired
from analytics.diagnosis.rules import fired
from analytics.diagnosis.verdict import verdict_of
from analytics.diagnosis.words import says


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
    (on_status(503, flows_failing=4, flows_failing_share=0.8), "service", "high"),
    (on_status(502, **STEADY), "service", "high"),
    (on_value(None, record={"parts": [{"source": "body.state", "missing": True}]}, **STEADY), "service", "high"),
    (facts("unreachable", "reset", **STEADY), "service", "high"),
    (facts("unreachable", "refused", flows_failing=3, flows_failing_share=1.0, **STEADY), "service", "high"),
    (facts("action", "grpc_internal"), "service", "high"),
    (facts("action", "sqlstate_53300", **STEADY), "service", "high"),
    # environment
    (facts("unreachable", "dns"), "environment", "high"),
    (facts("unreachable", "tls_expired"), "environment", "high"),
    (on_status(401, environment_changed=True), "environment", "high"),
    (on_status(401, **STEADY), "environment", "medium"),
    (on_status(503, services_failing=4), "environment", "medium"),
    (on_status(403, never_passed_here=True, passes_elsewhere=True), "environment", "high"),
    (facts("template", "unresolved"), "environment", "high"),
    (facts("action", "sqlstate_28P01"), "environment", "high"),
    (facts("action", "sqlstate_42P01", never_passed_here=True, passes_elsewhere=True), "environment", "high"),
    (facts("action", "unknown_topic"), "environment", "high"),
    (facts("unreachable", "connect_timeout", services_failing=4), "environment", "high"),
    # data
    (on_status(404, **STEADY), "data", "medium"),
    (on_status(409), "data", "medium"),
    (on_status(409, runs_beside=1), "timing", "medium"),
    (on_value("CLOSED", operation="SELECT", usual_actuals=["OPEN"] * 4), "data", "high"),
    (facts("template", "unresolved", lacks="value", flow_changed=True), "data", "medium"),
    (facts("action", "sqlstate_23505"), "data", "high"),
    (facts("action", "sqlstate_22P02"), "data", "high"),
    (on_status(422, flow_changed=True), "data", "high"),
    (facts("extraction", "not_found"), "data", "medium"),
    (facts("action", "grpc_not_found"), "data", "medium"),
    (on_value([], expected=[1], flow_changed=True), "data", "high"),
    (on_value([], expected=[1]), "data", "medium"),
    # timing
    (facts("timeout", "poll_timeout"), "timing", "medium"),
    (facts("timeout", "poll_timeout", flake_rate=0.1), "timing", "high"),
    (on_value("PENDING", seen_in_polls=True, usual_actuals=["DONE"]), "timing", "medium"),
    (facts("timeout", "read_timeout", p95_ms=850.0, limit_ms=1000.0), "timing", "high"),
    (on_status(429), "timing", "medium"),
    (facts("action", "sqlstate_40P01"), "timing", "high"),
    (facts("timeout", "too_few_messages", flake_rate=0.1, retry_passes=4), "timing", "high"),
    (facts("action", "grpc_deadline_exceeded", retry_passes=2), "timing", "high"),
    # nobody can tell
    (facts("unreachable", "refused"), "service", "inconclusive"),
    (on_value("OTHER"), "data", "inconclusive"),
    (facts("worker_lost", "worker_lost"), "environment", "inconclusive"),
    (facts("template", "unresolved", lacks="value"), "data", "inconclusive"),
]


@pytest.mark.parametrize(("known", "category", "confidence"), CASES)
def test_the_likeliest_cause(known: Facts, category: str, confidence: str) -> None:
    rules = fired(known)
    verdict = verdict_of(rules)
    assert (verdict.category, verdict.confidence) == (category, confidence), verdict.points
    assert sum(verdict.p.values()) == pytest.approx(1)
    said = next_action(known, "steps/pay", verdict, rules)
    assert said.text.endswith((".", "?", "failed"))
    assert "{" not in said.text


SLOW = {"expression": "duration_ms < 300"}
FAST_BEFORE: dict[str, Any] = {"ms": 900.0, "median_ms": 20.0, "p95_ms": 30.0, "limit_ms": 300.0, **STEADY}
TOO_SOON = {"service": 0.5, "timing": 3}
NEARLY = Facts(
    kind="template",
    code="unresolved",
    message="config.url: There is no SHOP_ULR. The nearest is SHOP_URL.",
    lacks="variable",
    flow_changed=True,
    environment_changed=False,
)
# Each row of the table of points: what is known → the rule that must fire by it, and what it gives.
ROWS: list[tuple[Facts, str, dict[str, float]]] = [
    (facts("unreachable", "dns"), "dns", {"environment": 4}),
    (facts("unreachable", "tls_untrusted"), "tls", {"environment": 4}),
    (facts("unreachable", "refused"), "refused", {"service": 2, "environment": 2}),
    (facts("unreachable", "reset"), "reset", {"service": 2.5, "timing": 0.5}),
    (facts("unreachable", "incomplete"), "reset", {"service": 2.5, "timing": 0.5}),
    (facts("timeout", "connect_timeout"), "connect_timeout", {"service": 1, "environment": 2.5}),
    (facts("timeout", "read_timeout"), "read_timeout", {"service": 1, "timing": 2.5}),
    (facts("timeout", "poll_timeout"), "poll", {"timing": 3}),
    (on_status(501), "http_501", {"service": 3.5}),
    (on_status(502), "http_502", {"service": 3, "environment": 0.5}),
    (on_status(504), "http_504", {"service": 1.5, "timing": 2}),
    (on_status(407), "http_407", {"environment": 3.5}),
    (on_status(410), "http_410", {"data": 2.5}),
    (on_status(429), "http_429", {"environment": 1, "timing": 2.5}),
    (on_status(415), "http_415", {"service": 1.5, "environment": 1}),
    (facts("action", "grpc_unavailable"), "grpc_unavailable", {"service": 2, "environment": 1}),
    (facts("timeout", "grpc_deadline_exceeded"), "grpc_deadline_exceeded", {"service": 1, "timing": 2.5}),
    (facts("action", "grpc_permission_denied"), "grpc_permission_denied", {"environment": 3}),
    (facts("action", "grpc_invalid_argument"), "grpc_invalid_argument", {"data": 2.5}),
    (facts("action", "sqlstate_3D000"), "sqlstate_3D", {"environment": 3.5}),
    (facts("action", "sqlstate_42501"), "sqlstate_42", {"environment": 3.5}),
    (facts("action", "sqlstate_42703"), "sqlstate_42", {"service": 1, "environment": 2.5}),
    (facts("action", "sqlstate_23503"), "sqlstate_23", {"data": 3.5}),
    (facts("action", "sqlstate_57014"), "sqlstate_57", {"service": 0.5, "timing": 3}),
    (facts("action", "sqlstate_55P03"), "sqlstate_55", {"timing": 3.5}),
    (facts("action", "sqlstate_57P01"), "sqlstate_57", {"service": 2.5, "environment": 1}),
    (facts("timeout", "too_few_messages"), "no_message", {"service": 0.5, "data": 0.5, "timing": 2}),
    (facts("action", "unknown_topic"), "kafka_topic", {"environment": 3.5}),
    (on_value("OTHER"), "other_value", {"service": 1, "data": 1.5}),
    (on_value(3), "other_type", {"service": 2, "data": 1}),
    (on_value(None, record={"parts": [{"source": "a", "missing": True}]}), "missing_value", {"service": 2, "data": 1}),
    (on_value(900, 300, record={"expression": "duration_ms < 300"}), "latency_assertion", {"service": 1, "timing": 2}),
    (facts("template", "unresolved"), "unresolved", {"environment": 4}),
    (facts("extraction", "not_found"), "empty_extract", {"data": 2.5}),
    (facts(never_passed_here=True, passes_elsewhere=True), "never_here", {"environment": 2}),
    (facts(fails_here_passes_elsewhere=True), "passes_elsewhere", {"environment": 1}),
    (facts(environment_changed=True), "environment_changed", {"environment": 2.5}),
    (facts(environment_changed=True, change_is_read=False), "environment_changed", {"environment": 0.5}),
    (facts(flow_changed=True), "flow_changed", {"data": 1.2}),
    (facts(**STEADY), "nothing_changed", {"service": 1}),
    (facts(flake_rate=0.05), "flaky", {"timing": 1.2}),
    (facts(retry_passes=2), "retries_help", {"timing": 1}),
    (facts(hours=Skew(0, 6, 30, 1, 210, 0.001)), "hours", {"timing": 1.2}),
    (facts(hours=Skew(0, 8, 9, 0, 90, 0.001)), "hours", {"timing": 3.5}),
    (on_status(401, is_fresh_token=True), "fresh_token_refused", {"service": 3.5}),
    (
        facts("timeout", "read_timeout", ms=50.0, median_ms=110.0, p95_ms=120.0, environment_changed=True),
        "limit_lowered",
        {"environment": 2.5},
    ),
    (
        facts("timeout", "read_timeout", ms=50.0, median_ms=110.0, p95_ms=120.0, flow_changed=True),
        "limit_lowered",
        {"data": 2.5},
    ),
    (facts(p95_ms=700.0, limit_ms=1000.0), "near_limit", {"timing": 1.5}),
    (facts(ms=500.0, median_ms=100.0, p95_ms=120.0, limit_ms=1000.0), "much_slower", {"service": 1.2}),
    (facts(ms=10.0, median_ms=100.0, p95_ms=120.0), "much_quicker", {"environment": 0.5}),
    (facts(flows_failing=3, flows_failing_share=0.5), "many_flows", {"service": 1.5}),
    (facts(services_failing=3), "many_services", {"environment": 2.5}),
    (on_value("OTHER", usual_actuals=["DONE"] * 3), "value_never_seen", {"data": 0.8}),
    (on_value([], [1]), "empty", {"data": 0.75}),
    (on_value("PENDING", seen_in_polls=True, usual_actuals=["DONE"]), "intermediate_state", {"timing": 2.5}),
    (facts(inputs=[Difference("$.url", "value", "a", "b")]), "input_differs", {"data": 2}),
    (facts(shapes=[Difference("$.body.a", "missing", "text", "")]), "shape_changed", {"service": 1.5}),
    (on_status(409), "leftover", {"data": 1}),
    (on_status(409, runs_beside=2), "run_beside", {"timing": 3}),
    (on_status(400, is_same_request=True, **STEADY), "same_request", {"service": 3}),
    (on_status(422, is_same_request=True, **STEADY), "same_request", {"service": 1.5}),
    (on_status(404, is_foreign=True, **STEADY), "foreign_answer", {"service": 1}),
    (on_status(403, is_foreign=True), "foreign_answer", {"environment": 1}),
    (on_status(401, **STEADY), "same_credentials", {"data": 1.5}),
    (on_status(503, **STEADY), "asked_as_ever", {"service": 0.5}),
    (on_status(422, flows_failing=3, flows_failing_share=1.0), "many_flows", {"service": 2}),
    (on_status(503, services_failing=3), "many_services", {"environment": 3.5}),
    (on_value("open", "OPEN", usual_actuals=["OPEN"] * 3), "respelled", {"service": 2.5}),
    (on_value(3, 4, expects_captured=["name"], expects_made=True, operation="GET"), "old_value", TOO_SOON),
    (on_value(2, 1, operation="SELECT"), "read_directly", {"data": 1.5}),
    (on_value(900, 300, record=SLOW, **FAST_BEFORE), "far_beyond", {"service": 2.5}),
    (facts("template", "unresolved", lacks="step", **STEADY), "step_left_nothing", {"service": 1, "data": 2}),
    (facts("template", "condition", lacks="value", **STEADY), "cannot_be_computed", {"service": 1, "data": 2}),
    (facts("extraction", "bad_path", **STEADY), "cannot_be_computed", {"service": 1, "data": 2}),
    (facts("template", lacks="value", changed_overrides=["SKU"]), "other_overrides", {"data": 1.5}),
    (
        facts("template", lacks="value", source_shapes=[Difference("$.body.a", "type", "text", "number")]),
        "source_changed",
        {"service": 2},
    ),
    (NEARLY, "name_misspelt", {"environment": 1, "data": 3}),
    # Ours, beyond that table.
    (facts("action", "oauth_unavailable"), "identity_provider", {"service": 3.5}),
    (on_status(401, refused_others=2), "refused_to_all", {"service": 2.5}),
    (on_status(404, made_by="steps/make"), "made_just_now", {"timing": 3.5}),
    (on_value(3, 4, expects_captured=["price"]), "contradicts_itself", {"service": 2.5}),
    (facts("timeout", "read_timeout", ms=2000.0, p95_ms=50.0, median_ms=9.0), "stalled", {"service": 2.5}),
    (facts("unreachable", "refused", service_before="other:80"), "address_changed", {"environment": 2.5}),
    (facts("unreachable", "refused", service_before="shop:80", **STEADY), "address_same", {"service": 1.5}),
    (
        facts(environment_changed=True, inputs=[Difference("$.url", "value", "a", "b")]),
        "input_from_environment",
        {"environment": 2},
    ),
]


@pytest.mark.parametrize(("known", "rule", "points"), ROWS, ids=[rule for _, rule, _ in ROWS])
def test_each_row_of_the_table_has_its_rule_and_its_next_action(
    known: Facts, rule: str, points: dict[str, float]
) -> None:
    assert {one.id: one.points for one in fired(known)}[rule] == points
    assert says(rule) != rule.replace("_", " ")
    alone = Fired(rule, points, "failure")
    verdict = verdict_of([alone, Fired("sure", {max(points, key=lambda one: points[one]): 9.0}, "failure")])
    said = next_action(known, "steps/pay", verdict, [alone])
    assert said.text.endswith((".", "?", "failed"))
    assert "{" not in said.text


WHAT_ELSE: Any = st.fixed_dictionaries(
    {},
    optional={
        "flow_changed": st.booleans(),
        "environment_changed": st.booleans(),
        "inputs": st.just([Difference("$.url", "value", "a", "b")]),
        "passes_elsewhere": st.booleans(),
        "fails_here_passes_elsewhere": st.booleans(),
        "limit_ms": st.just(150.0),
        "flake_rate": st.floats(0, 1),
        "retry_passes": st.integers(0, 5),
        "streak": st.integers(1, 9),
        "passed_before": st.integers(0, 50),
        "hours": st.just(Skew(0, 6, 30, 1, 210, 0.001)),
        "ms": st.just(10.0),
        "median_ms": st.just(100.0),
        "p95_ms": st.just(120.0),
        "group_count": st.integers(0, 9),
        "blocked_after": st.just(["steps/later"]),
    },
)
DECISIVE: list[Facts] = [
    facts("unreachable", "dns"),
    facts("unreachable", "tls_expired"),
    facts("template", "unresolved"),
    facts("action", "sqlstate_28P01"),
    facts("action", "unknown_topic"),
    on_status(500),
    facts("action", "grpc_internal"),
    facts("action", "sqlstate_23505"),
    facts("action", "sqlstate_40P01"),
    on_status(407),
]


@given(st.sampled_from(DECISIVE), WHAT_ELSE)
def test_what_is_beside_the_point_never_turns_what_is_decisive(decisive: Facts, more: dict[str, Any]) -> None:
    before = verdict_of(fired(decisive)).category
    assert verdict_of(fired(replace(decisive, **more))).category == before


POINTS: Any = st.dictionaries(st.sampled_from(CATEGORIES), st.floats(0, 6).map(lambda one: round(one, 1)))


@given(st.lists(POINTS, max_size=8))
def test_points_and_shares_are_those_of_a_slow_model(given_points: list[dict[str, float]]) -> None:
    verdict = verdict_of([Fired("any", one, "failure") for one in given_points])
    sums = dict.fromkeys(CATEGORIES, 0.0)
    for one in given_points:
        for category, value in one.items():
            sums[category] += value
    for category in CATEGORIES:
        against = sum(exp(sums[other] - sums[category]) for other in CATEGORIES)
        assert verdict.p[category] == pytest.approx(1 / against)
    likeliest = max(sums.values())
    assert sums[verdict.category] == likeliest
    assert sums[verdict.runner_up] == sorted(sums.values())[-2]
    is_likely = 1 / sum(exp(one - likeliest) for one in sums.values()) >= 0.80 and likeliest >= 3
    # All of it is one look at the failure, and so no proof, but for one rule that by itself is of this cause alone.
    alone = any(len(one) == 1 and one.get(verdict.category, 0) >= 3.5 for one in given_points)
    assert (verdict.confidence == "high") is (is_likely and alone)


def test_two_looks_that_agree_are_a_proof_and_one_that_contradicts_undoes_it() -> None:
    refused = Fired("http_404", {"data": 2.5}, "assertion")
    differs = Fired("input_differs", {"data": 2.0}, "input")
    late = Fired("made_just_now", {"timing": 1.6}, "made")
    assert verdict_of([refused, differs]).confidence == "high"
    assert verdict_of([refused, Fired("leftover", {"data": 2.0}, "failure")]).confidence == "medium"
    assert verdict_of([refused, differs, late]).confidence == "medium"


def test_several_rules_about_one_value_are_one_observation() -> None:
    points = {one.id: one.points for one in fired(on_value([], [1], usual_actuals=[[1]] * 4))}
    assert points["empty"] == {"data": 0.75}
    assert points["value_never_seen"] == {"data": 0.8}
    assert verdict_of(fired(on_value([], [1], usual_actuals=[[1]] * 4))).confidence == "medium"


def test_a_shaky_step_may_fail_in_another_way() -> None:
    shaky: dict[str, Any] = {"flake_rate": 0.2, "retry_passes": 5, "failed_before": ["assertion/assertion"]}
    assert {one.id for one in fired(facts("unreachable", "reset", **shaky))} == {"reset"}
    assert {one.id for one in fired(on_value("PENDING", **shaky))} >= {"flaky", "retries_help"}


def test_where_the_flow_was_edited_it_may_be_wrong_itself() -> None:
    known = on_status(422, flow_changed=True, inputs=[Difference("$.body.n", "value", "2", "0")])
    rules = fired(known)
    said = next_action(known, "steps/pay", verdict_of(rules), rules)
    assert said.text.endswith("The flow was edited since the last pass, and may itself be what is wrong.")


def test_a_lost_worker_says_nothing_about_the_target() -> None:
    known = facts("worker_lost", "worker_lost")
    rules = fired(known)
    assert next_action(known, "steps/pay", verdict_of(rules), rules).id == "worker_lost"


def test_a_timeout_near_the_usual_is_not_called_slow() -> None:
    near = facts("timeout", "read_timeout", ms=1000.0, median_ms=150.0, p95_ms=850.0, limit_ms=1000.0)
    assert {one.id for one in fired(near)} == {"read_timeout", "near_limit"}


def test_not_sure_names_what_would_decide() -> None:
    known = facts("unreachable", "refused")
    rules = fired(known)
    said = next_action(known, "steps/pay", verdict_of(rules), rules)
    assert said.id == "decide"
    assert said.text.startswith("Not sure. First: See whether shop:80 runs")


def test_a_target_that_answers_is_no_sign_of_a_network_that_is_down() -> None:
    assert "many_services" not in {one.id for one in fired(on_status(404, services_failing=5))}
    assert "many_services" in {one.id for one in fired(on_status(503, services_failing=5))}
