"""Where a value is unlike those of runs that passed."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from analytics.diagnosis.drift import Difference, shape_differences, value_differences


def order(number: int, **changes: Any) -> dict[str, Any]:
    return {"id": f"o-{number}", "state": "placed", "lines": [{"sku": "a", "price": 3}], "note": None} | changes


PASSED = [order(number) for number in range(5)]


def test_a_member_that_is_gone_and_one_of_another_type() -> None:
    now = order(9, lines=[{"sku": 7, "cost": 3}])
    assert shape_differences(PASSED, now) == [
        Difference("$.lines[*].price", "missing", "number", ""),
        Difference("$.lines[*].sku", "type", "text", "number"),
        Difference("$.lines[*].cost", "new", "", "number"),
    ]


def test_an_empty_list_is_no_change_of_shape_but_empty() -> None:
    assert shape_differences(PASSED, order(9, lines=[])) == [Difference("$.lines", "empty", "", "")]


def test_nothing_where_an_object_was_is_empty_too() -> None:
    rows = [{"rows": [{"a": 1}], "first_row": {"a": 1}} for _ in range(3)]
    assert shape_differences(rows, {"rows": [], "first_row": None}) == [
        Difference("$.rows", "empty", "", ""),
        Difference("$.first_row", "empty", "", ""),
    ]


def test_what_is_new_alone_or_null_changes_no_shape() -> None:
    assert shape_differences(PASSED, order(9, extra=1)) == []
    assert shape_differences(PASSED, order(9, state=None)) == []


def test_a_value_never_seen_counts_and_one_that_always_varies_does_not() -> None:
    assert value_differences(PASSED, order(9)) == []
    assert value_differences(PASSED, order(9, state="lost")) == [
        Difference("$.state", "value", '"placed"', '"lost"'),
    ]
    without = {name: value for name, value in order(9).items() if name != "state"}
    assert value_differences(PASSED, without) == [Difference("$.state", "missing", '"placed"', "")]


def test_two_runs_that_passed_are_too_few() -> None:
    assert value_differences(PASSED[:2], order(9, state="lost")) == []
    assert shape_differences(PASSED[:2], {}) == []


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(0, 3) | st.sampled_from(["a", "b"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("xyz"), inner, max_size=3),
    max_leaves=12,
)


@given(VALUES)
def test_a_value_is_not_unlike_itself(value: Any) -> None:
    assert shape_differences([value] * 4, value) == []
    assert value_differences([value] * 4, value) == []


@given(st.lists(VALUES, min_size=3, max_size=5), VALUES)
def test_the_order_of_the_runs_does_not_matter(passed: list[Any], now: Any) -> None:
    assert shape_differences(passed, now) == shape_differences(passed[::-1], now)
    assert value_differences(passed, now) == value_differences(passed[::-1], now)
