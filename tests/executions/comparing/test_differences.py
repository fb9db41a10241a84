"""Two JSON values beside each other: nothing that differs is missed, nothing that is the same is told."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from executions.comparing.differences import Difference, compare, is_same
from flows.language import jsontext

KEYS = st.sampled_from(["a", "b", "c d", ""])
LEAVES = st.none() | st.booleans() | st.integers(-3, 3) | st.floats(-2, 2, width=16) | st.text(max_size=3)
VALUES = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=4),
    max_leaves=12,
)


def equal(one: Any, other: Any) -> bool:
    """As JSON, the slow and plain way."""
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(equal(one[key], other[key]) for key in one)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(equal, one, other))
    if isinstance(one, dict | list) or isinstance(other, dict | list):
        return False
    return is_same(one, other)


@settings(deadline=None)
@given(VALUES, VALUES)
def test_there_is_a_difference_exactly_when_they_differ(left: Any, right: Any) -> None:
    assert (compare(left, right).found == []) is equal(left, right)
    assert compare(left, left).found == []


@settings(deadline=None)
@given(VALUES, VALUES)
def test_turned_around_it_says_the_opposite(left: Any, right: Any) -> None:
    opposite = {"added": "removed", "removed": "added", "changed": "changed"}
    there = {(one.path, one.kind) for one in compare(left, right).found}
    assert there == {(one.path, opposite[one.kind]) for one in compare(right, left).found}


@settings(deadline=None)
@given(VALUES, VALUES)
def test_no_place_is_told_twice(left: Any, right: Any) -> None:
    told = [(one.path, one.kind) for one in compare(left, right).found]
    assert len(told) == len(set(told))


def test_places_are_written_as_expressions_are() -> None:
    left = {"body": {"items": [{"sku": 1}, {"sku": 2}], "x-y": None}}
    right = {"body": {"items": [{"sku": 1}, {"sku": 3}], "x-y": "", "new": True}}
    assert compare(left, right).found == [
        Difference("body.items[1].sku", "changed", 2, 3),
        Difference('body["x-y"]', "changed", None, ""),
        Difference("body.new", "added", right=True),
    ]


def test_what_is_put_between_is_added_and_moves_nothing() -> None:
    assert compare([1, 2, 3], [1, 9, 2, 3]).found == [Difference("[1]", "added", right=9)]
    assert compare([{"a": 1}, {"a": 2}, {"a": 3}], [{"a": 1}, {"a": 3}]).found == [
        Difference("[1]", "removed", left={"a": 2})
    ]


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [(1, 1.0, True), (Decimal("0.10"), 0.1, True), (True, 1, False), (None, False, False), ("1", 1, False)],
)
def test_numbers_are_equal_by_value_and_nothing_else_is_a_number(one: Any, other: Any, same: bool) -> None:
    assert is_same(one, other) is same


def test_the_work_is_bounded_and_it_says_where_it_stopped() -> None:
    left, right = {"rows": list(range(1000)), "z": 1}, {"rows": list(range(1, 1001)), "z": 2}
    compared = compare(left, right, looks=100)
    assert compared.stopped_at == "rows[98]"
    assert len(compared.found) == 98
    assert jsontext.dumps(compared.found[0].path) == '"rows[0]"'
