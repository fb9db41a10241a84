"""Which failures share a fingerprint."""

from dataclasses import replace
from typing import Any

import pytest

from analytics.failures.fingerprint import Failed, Fingerprint, fingerprint_of, word_of


def of(**changes: Any) -> Fingerprint:
    values: dict[str, Any] = {"flow_id": 1, "step_key": "steps/pay", "kind": "action", "code": "", "message": ""}
    return fingerprint_of(Failed(**(values | changes)))


def asserted(actual: Any, expression: str = "status == 200", **more: Any) -> Fingerprint:
    record = {"expression": expression, "operator": "==", "passed": False, "actual": actual, "expected": 200}
    held = {"expression": "true", "operator": "", "passed": True, "actual": True}
    message = f"status is {actual}, expected 200"
    return of(kind="assertion", code="assertion", message=message, assertions=[held, record | more])


def test_a_status_is_told_by_what_it_is_not_by_its_text() -> None:
    assert asserted(503) == asserted(500)
    assert asserted(503).own != asserted(404).own
    assert asserted(404).own != asserted(401).own


def test_an_assertion_is_told_by_the_class_of_what_came() -> None:
    classes = [
        asserted(None),
        asserted(None, parts=[{"source": "body.x", "value": None, "missing": True}]),
        asserted("PENDING"),
        asserted("CANCELLED"),
        asserted("some text"),
        asserted([1]),
        asserted({"a": 1}),
        asserted(3.5),
        asserted(True),
        asserted(None, error="body is no object"),
    ]
    assert len({one.own for one in classes}) == len(classes)
    assert asserted("some text") == asserted("other text")
    assert asserted(3.5, "body.total == 4") == asserted(7, "body.total == 4")
    assert asserted(503, "body.count == 4").own == asserted(404, "body.count == 4").own  # no status, only a number


@pytest.mark.parametrize(
    ("actual", "sub"),
    [
        ("PENDING", "enum:PENDING"),
        ("_LATE_", "enum:_LATE_"),
        ("A" * 32, "enum:" + "A" * 32),
        ("A" * 33, "type:string"),
        ("Pending", "type:string"),
        ("HTTP2", "type:string"),
        ("", "type:string"),
    ],
)
def test_a_word_is_short_and_of_capitals(actual: str, sub: str) -> None:
    assert asserted(actual).sub == f"status == 200|==|{sub}"


def test_a_word_of_many_is_told_by_its_type() -> None:
    record = {"expression": "body.state == 'PAID'", "operator": "==", "passed": False, "actual": "PENDING"}
    failed = Failed(1, "steps/pay", "assertion", "assertion", "", assertions=[record])
    assert word_of(failed) == ("body.state == 'PAID'|==", "PENDING")
    assert fingerprint_of(replace(failed, tells_word=False)).sub == "body.state == 'PAID'|==|type:string"
    assert word_of(replace(failed, kind="action")) is None


@pytest.mark.parametrize("kind", ["unreachable", "timeout"])
def test_a_transport_is_told_by_its_code(kind: str) -> None:
    assert of(kind=kind, code="dns", message="a.test") == of(kind=kind, code="dns", message="b.test")
    assert of(kind=kind, code="dns").own != of(kind=kind, code="refused").own


def test_text_counts_where_it_says_more_than_the_code() -> None:
    one = of(code="sqlstate_23505", message='duplicate key in "orders_pkey": (id)=(5)')
    assert one == of(code="sqlstate_23505", message='duplicate key in "orders_pkey": (id)=(81)')
    assert one.own != of(code="sqlstate_23505", message='duplicate key in "users_pkey": (id)=(5)').own


def test_the_same_elsewhere_has_the_same_second_hash() -> None:
    here, there = (of(flow_id=flow, kind="unreachable", code="refused", service="db:5432") for flow in (1, 2))
    assert here.own != there.own
    assert here.across == there.across
    assert here.across != of(kind="unreachable", code="refused", service="other").across
