"""Output paths (FLOW_LANGUAGE §4): JSONPath, expression, JMESPath."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.language.expressions.errors import EvaluationError, ExpressionSyntaxError
from flows.language.paths import PathSyntaxError, capture, check_path, path_root_names
from flows.language.values import is_missing
from tests.flows.language.scopes import after_http, scope


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("$.id", "ord-1"),
        ("$.body.id", "ord-1"),
        ("$.items[0].sku", "a"),
        ("$.items[*].sku", ["a", "b", "c"]),
        ("$.items.length", 3),
        ("$.status", 201),
        ("body.items[0].sku", "a"),
        ("response.body.id", "ord-1"),
        ('response.headers["X-Request-Id"]', "r-1"),
        ("headers['x-request-id']", "r-1"),
        ("body.note", None),
        ("$.note", None),
        ("body.nope?.deeper", None),
        ("body.total + 1", 60.9),
        ("body.items[?price > `3`].sku | [0]", "a"),
        ("items[?price > `3`].sku | [0]", "a"),
        ("body.items[*].sku", ["a", "b", "c"]),
        ("body.items[].tags[]", ["x", "y", "y"]),
        ("body.items[?sku == `b`] | [0].price", 10),
        ('body.items[?sku == `"b"`] | [0].price', 10),
        ("body.items[?sku == 'b'] | [0].price", 10),
        ("length(body.items)", 3),
        ("sort_by(body.items, &price)[-1].sku", "c"),
        ("body.{id: id, n: count}", {"id": "ord-1", "n": 3}),
        ("user", "u-1"),
        ("now()", "2024-05-01T09:08:07.250000Z"),
    ],
)
def test_a_path_leads_to_a_value(path: str, expected: Any) -> None:
    found = capture(path, after_http(user="u-1"))
    assert found == expected
    assert type(found) is type(expected)
    check_path(path)


def test_paths_into_rows() -> None:
    rows = scope().with_result({"rows": [{"email": "a@x"}, {"email": "b@x"}], "row_count": 2})
    assert capture("rows[0].email", rows) == "a@x"
    assert capture("result.rows[1].email", rows) == "b@x"
    assert capture("$.rows[*].email", rows) == ["a@x", "b@x"]
    assert capture("rows[?email == 'b@x'] | [0].email", rows) == "b@x"


@pytest.mark.parametrize(
    ("path", "sentence"),
    [
        ("$.stauts", "$.stauts is missing. The nearest is $.status or $.state."),
        ("body.stauts", "body.stauts is missing. The nearest is body.status or body.state."),
        ("body.nope.deeper", "body.nope is missing. The nearest is body.note."),
        ("nobody", "There is no nobody. The nearest is body."),
        ("body.items[7]", "body.items[7] is missing. body.items has 3 elements."),
        ("body.nope[*].x | [0]", "body.nope[*].x | [0] is missing."),
        ("len(body.nope)", "body.nope is missing. The nearest is body.note."),
    ],
)
def test_a_path_that_finds_nothing_says_so(path: str, sentence: str) -> None:
    found = capture(path, after_http())
    assert is_missing(found)
    assert found.sentence() == sentence


def test_a_path_that_cannot_be_evaluated_raises() -> None:
    with pytest.raises(EvaluationError, match="has no result"):
        capture("body.id - 1", after_http())
    with pytest.raises(EvaluationError, match=r"sum\(\) wants"):
        capture("sum(body.items[].sku)", after_http())


@pytest.mark.parametrize(
    ("path", "column"),
    [("", 1), ("$.", 3), ("$.a[", 4), ("a ~ b", 3), ("$[?@.a = 1]", 8), ("body.items[?", 13), ("a b", 3)],
)
def test_a_path_that_cannot_be_read_says_where(path: str, column: int) -> None:
    with pytest.raises(PathSyntaxError) as caught:
        check_path(path)
    assert caught.value.column == column
    assert isinstance(caught.value, ExpressionSyntaxError)


def test_the_names_of_a_path() -> None:
    assert path_root_names("$.a.b") == frozenset()
    assert path_root_names("create.body.id ?? fallback") == {"create", "fallback"}
    assert path_root_names("items[*].sku") == frozenset()


@given(st.text(max_size=60) | st.text(alphabet="abody.$[]?@*'\"`|&{}()0123456789 =<>!:-", max_size=60))
def test_any_text_is_a_path_or_is_refused(path: str) -> None:
    try:
        check_path(path)
        capture(path, after_http())
    except (PathSyntaxError, EvaluationError):
        pass
