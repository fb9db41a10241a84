"""What the record says about an assertion (FLOW_LANGUAGE §4)."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.language import jsontext
from flows.language.assertions import AssertionRecord, check_any, check_assertion, check_condition, check_none
from tests.flows.language.scopes import after_http, scope


def checked(expression: str, **names: Any) -> AssertionRecord:
    return check_assertion(expression, after_http(payment={"state": "pending"}, **names))


def test_an_assertion_that_holds() -> None:
    record = check_assertion("status == 201", after_http(), line=12)
    assert record.to_json() == {
        "expression": "status == 201",
        "operator": "==",
        "passed": True,
        "actual": 201,
        "expected": 201,
        "message": "",
        "line": 12,
        "parts": [{"source": "status", "value": 201}],
        "error": None,
        "notes": [],
    }


@pytest.mark.parametrize(
    ("expression", "operator", "actual", "expected", "message"),
    [
        (
            "payment.state == 'authorised'",
            "==",
            "pending",
            "authorised",
            'payment.state is "pending", expected "authorised"',
        ),
        (
            "'authorised' == payment.state",
            "==",
            "pending",
            "authorised",
            'payment.state is "pending", expected "authorised"',
        ),
        ("body.count == '3'", "==", 3, "3", 'body.count is 3 (number), expected "3" (text)'),
        ("body.id == 3", "==", "ord-1", 3, 'body.id is "ord-1" (text), expected 3 (number)'),
        ("body.note == 'x'", "==", None, "x", 'body.note is null, expected "x"'),
        ("body.id == null", "==", "ord-1", None, 'body.id is "ord-1", expected null'),
        ("body.nope != null", "!=", None, None, "body.nope is missing, expected anything but null"),
        ("status != 201", "!=", 201, 201, "status is 201, expected anything but 201"),
        ("body.total > 100", ">", 59.9, 100, "body.total is 59.9, expected more than 100"),
        ("body.total <= 10", "<=", 59.9, 10, "body.total is 59.9, expected at most 10"),
        ("body.total >= 60", ">=", 59.9, 60, "body.total is 59.9, expected at least 60"),
        ("body.total < 1", "<", 59.9, 1, "body.total is 59.9, expected less than 1"),
        ("body.id contains 'x'", "contains", "ord-1", "x", 'body.id is "ord-1", expected it to contain "x"'),
        (
            "body.id not contains 'o'",
            "not contains",
            "ord-1",
            "o",
            'body.id is "ord-1", expected it not to contain "o"',
        ),
        ("body.id in ['a']", "in", "ord-1", ["a"], 'body.id is "ord-1", expected one of ["a"]'),
        ("body.id startsWith 'x'", "startsWith", "ord-1", "x", 'body.id is "ord-1", expected it to start with "x"'),
        ("body.id ends_with 'x'", "endsWith", "ord-1", "x", 'body.id is "ord-1", expected it to end with "x"'),
        ("body.id matches '^x'", "matches", "ord-1", "^x", 'body.id is "ord-1", expected it to match "^x"'),
        ("body.nope exists", "exists", False, True, "body.nope is missing, expected it to exist"),
        ("body.id not exists", "not exists", True, False, 'body.id is "ord-1", expected it not to exist'),
        ("body.id is number", "is", "ord-1", "number", 'body.id is "ord-1" (text), expected a number'),
        (
            "body.id is not string",
            "is not",
            "ord-1",
            "string",
            'body.id is "ord-1" (text), expected anything but a text',
        ),
        ("body.paid", "", False, True, "body.paid is false, expected true"),
        ("not (status == 201)", "not", True, False, "status == 201 is true, expected false"),
        ("all(body.items, {.price > 5})", "all", False, True, "all(body.items, {.price > 5}) is false, expected true"),
        ("len(body.items) == 2", "==", 3, 2, "len(body.items) is 3, expected 2"),
        ("$.items.length == 2", "==", 3, 2, "$.items.length is 3, expected 2"),
        ("status == 201 and body.count == 4", "and", False, True, "body.count is 3, expected 4"),
        (
            "status == 200 or status == 204",
            "or",
            False,
            True,
            "None of these held: status is 201, expected 200; status is 201, expected 204",
        ),
        ("body.exact == 60", "==", Decimal("59.90"), 60, "body.exact is 59.90, expected 60"),
    ],
)
def test_an_assertion_that_fails_says_what_was_there_and_what_was_expected(
    expression: str, operator: str, actual: Any, expected: Any, message: str
) -> None:
    record = checked(expression)
    assert not record.passed
    assert record.error is None
    assert (record.operator, record.actual, record.expected, record.message) == (operator, actual, expected, message)


@pytest.mark.parametrize(
    ("expression", "actual", "expected", "error"),
    [
        ("body.stauts != 500", None, 500, "body.stauts is missing. The nearest is body.status or body.state."),
        ("stauts == 200", None, 200, "There is no stauts. The nearest is status."),
        ("status", 201, True, "status is 201 (number). It must be true or false: compare it with something."),
        (
            "body.id > 3",
            "ord-1",
            3,
            "text and number cannot be compared in order. Use int(…) or float(…) to make a number of a text.",
        ),
        ("status = 200", None, True, "= compares nothing. Write == to compare. (column 8)"),
        ("", None, True, "The expression is empty. (column 1)"),
    ],
)
def test_what_cannot_be_evaluated_has_failed(expression: str, actual: Any, expected: Any, error: str) -> None:
    record = checked(expression)
    assert not record.passed
    assert (record.actual, record.expected, record.error, record.message) == (actual, expected, error, error)


def test_the_value_of_every_part_is_recorded() -> None:
    record = checked("len(body.items) + limit > 5 and $.total < body.count * 2 or body.nope exists", limit=1)
    assert record.parts == [
        {"source": "len(body.items) + limit > 5 and $.total < body.count * 2", "value": False},
        {"source": "len(body.items) + limit > 5", "value": False},
        {"source": "len(body.items) + limit", "value": 4},
        {"source": "len(body.items)", "value": 3},
        {"source": "body.items", "value": after_http().result["body"]["items"]},  # type: ignore[index]  # it is there
        {"source": "limit", "value": 1},
        {"source": "body.nope exists", "value": False},
        {"source": "body.nope", "value": None, "missing": True},
    ]


def test_a_part_that_was_not_reached_is_left_out() -> None:
    assert [part["source"] for part in checked("status == 200 and body.id == 'x'").parts] == ["status == 200", "status"]


def test_parts_of_templates_inside_expressions() -> None:
    record = checked("body.id == 'ord-${n}' and ${n} == 2", n=2)
    assert not record.passed
    assert record.message == 'body.id is "ord-1", expected "ord-2"'
    assert {"source": "'ord-${n}'", "value": "ord-2"} in record.parts


def test_the_author_s_message_is_used_and_rendered() -> None:
    here = after_http(order="o-1")
    assert check_assertion("status == 200", here, message="order ${order} not made").message == "order o-1 not made"
    assert check_assertion("status == 200", here, message="got ${status}").message == "got 201"
    assert check_assertion("status == 200", here, message="broken ${nope}").message == "broken ${nope}"
    assert check_assertion("status == 201", here, message="order ${order} not made").message == ""


def test_when_the_result_hid_the_body_the_record_says_so() -> None:
    here = after_http()
    assert checked("$.status == 201").notes == [
        "$.status: both the result and its body have status; the result is read. Use $.body.status for the other."
    ]
    assert check_assertion("$.id == 'ord-1'", here).notes == []


def test_a_condition_is_recorded_with_what_it_saw() -> None:
    record = check_condition("user.age >= 18", scope(user={"age": 17}))
    assert record.to_json() == {
        "expression": "user.age >= 18",
        "value": False,
        "parts": [{"source": "user.age", "value": 17}],
        "error": None,
    }
    assert check_condition("user.age >= 18", scope(user={"age": 18})).value is True


@pytest.mark.parametrize("expression", ["user.aeg > 1", "nobody", "user.age", "user.age >", "$.x == 1"])
def test_a_condition_that_cannot_be_evaluated_has_no_value(expression: str) -> None:
    record = check_condition(expression, scope(user={"age": 17}))
    assert record.value is None
    assert record.error


def test_any_and_none_of_a_group() -> None:
    good, bad, broken = (checked(text) for text in ("status == 201", "status == 200", "stauts == 1"))
    assert check_any([bad, good]).passed
    assert check_any([]).passed
    assert not check_any([bad, broken]).passed
    assert "status is 201, expected 200" in check_any([bad]).message
    assert check_none([bad]).passed
    assert check_none([]).passed
    assert check_none([good]).message == "status == 201 holds, expected it not to"
    assert not check_none([bad, broken]).passed


def test_huge_values_are_recorded_in_short_and_never_cut_inside_a_text() -> None:
    secret = "s" * 200
    here = scope(rows=[{"secret": secret, "n": n} for n in range(5000)], text="x" * 1_000_000)
    record = check_assertion("rows == [] or text == ''", here)
    assert len(jsontext.dumps(record.to_json())) < 50_000
    written = record.message + jsontext.dumps(record.to_json())
    assert set(written.replace(secret, "").split('"')) & {secret[:n] for n in range(20, 200)} == set()


@given(st.text(max_size=60) | st.text(alphabet="statusbody.=!<>&|()[]{}#?:'\"1 -+*/$@", max_size=60))
def test_whatever_is_written_there_is_a_record(expression: str) -> None:
    record = checked(expression)
    assert record.passed or record.message
    jsontext.dumps(record.to_json())
