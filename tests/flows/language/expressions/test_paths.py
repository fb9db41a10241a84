"""Names, members, what is missing, JSONPath (FLOW_LANGUAGE §4)."""

from typing import Any

import pytest

from flows.language.expressions.errors import EvaluationError, ValueMissing
from flows.language.expressions.evaluate import evaluate
from flows.language.expressions.parse import parse
from flows.language.scope import Scope
from tests.flows.language.scopes import BODY, after_http, scope, value


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("body.items[0].sku", "a"),
        ("body.items[-1].sku", "c"),
        ("body.items[1:]", BODY["items"][1:]),
        ("body.items[:1]", BODY["items"][:1]),
        ("body.items[-2:].length", 2),
        ("body.items[::2].length", 2),
        ("body.items.length", 3),
        ("body.id.length", 5),
        ('body["customer"]["name"]', "Zoë"),
        ("body['customer'].name", "Zoë"),
        ("body.customer['nick names'][0]", "z"),
        ("body.items[body.count - 1].sku", "c"),
        ("body?.id", "ord-1"),
        ("body.customer?.name", "Zoë"),
        ("body.items?.[0].sku", "a"),
        ("[1, 2][0]", 1),
        ("'abc'.length", 3),
        ("{'a': {'b': 7}}.a.b", 7),
        ("(body.customer).name", "Zoë"),
        ("result.body.id", "ord-1"),
        ("response.body.id", "ord-1"),
        ("response.time", 12),
        ("response.status", 201),
        ("result.duration_ms", 12),
    ],
)
def test_a_path_leads_into_a_value(expression: str, expected: Any) -> None:
    assert value(expression) == expected


@pytest.mark.parametrize(
    "expression",
    [
        'headers["Content-Type"]',
        "headers['content-type']",
        "headers.content-type",
        "headers.Content-Type",
        "response.headers['CONTENT-TYPE']",
        "result.headers['content-TYPE']",
        "$.headers['content-type']",
    ],
)
def test_header_names_do_not_mind_their_case(expression: str) -> None:
    assert value(expression) == "application/json"


def test_only_header_names_do_not_mind_their_case() -> None:
    assert value("body.ID exists") is False
    earlier = Scope(results={"create": {"status": 200, "headers": {"X-A": "1"}}})
    assert evaluate(parse("create.headers['x-a']"), earlier) == "1"


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("body.first == 'a'", True),
        ("body.in", "inside"),
        ("body.nil", "nothing"),
        ("body.not", "negation"),
        ("body.in in ['inside']", True),
        ("first == 'a'", True),
        ("in == 1", True),
        ("in in [1]", True),
        ("contains contains 'o'", True),
        ("matches", "m"),
        ("not == 5", True),
        ("exists exists", True),
        ("is is string", True),
        ("len + 1", 3),
        ("or == 6 or false", True),
    ],
)
def test_words_are_reserved_only_where_they_mean_something(expression: str, expected: Any) -> None:
    names = {
        "first": "a",
        "in": 1,
        "contains": "xox",
        "matches": "m",
        "not": 5,
        "exists": 0,
        "is": "s",
        "len": 2,
        "or": 6,
    }
    assert value(expression, **names) == expected


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("a-b", 3),
        ("a - b", 3),
        ("a-1", 9),
        ("2*a-b", 13),
        ("a-b*2", -4),
        ("a-b-1", 2),
        ("a-len('xy')", 8),
        ("user-id", "u-1"),
        ("user-id.length", 3),
        ("create-user.body.id", 5),
        ("a-create-user.body.id", 5),
        ("body.customer.e-mail", "zoe@example.com"),
        ("body.count-1", 2),
        ("body.count-b", -4),
        ("body.items.length-1", 2),
        ("$.count-1", 2),
        ("$.customer.e-mail", "zoe@example.com"),
        ("${a-b} + 1", 4),
        ("'${a-b}'", "3"),
        ("map([1, 2], {a-#})", [9, 8]),
    ],
)
def test_a_dash_joins_a_name_if_there_is_one_else_it_subtracts(expression: str, expected: Any) -> None:
    names = {"a": 10, "b": 7, "user-id": "u-1", "create-user": {"body": {"id": 5}}}
    assert value(expression, **names) == expected


def test_a_dashed_member_that_is_missing_is_named_whole() -> None:
    with pytest.raises(
        ValueMissing, match=r"body\.customer\.e-mial is missing\. The nearest is body\.customer\.e-mail\."
    ):
        value("body.customer.e-mial")


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("body.nope == null", True),
        ("null == body.nope", True),
        ("body.nope != null", False),
        ("body.nope is null", True),
        ("body.nope is not null", False),
        ("body.nope is string", False),
        ("body.nope exists", False),
        ("body.nope.deeper exists", False),
        ("body.note.deeper exists", False),
        ("body.nope ?? 'x'", "x"),
        ("body.nope.deeper ?? 'x'", "x"),
        ("body.note ?? 'x'", "x"),
        ("body.note.deeper ?? 'x'", "x"),
        ("nobody ?? 'x'", "x"),
        ("nobody.at.all ?? 'x'", "x"),
        ("body.items[9] ?? 'x'", "x"),
        ("body.items[9].sku ?? 'x'", "x"),
        ("body.nope?.deeper", None),
        ("body.nope?.deeper.still", None),
        ("body.nope?.deeper == 'x'", False),
        ("body.nope?.deeper exists", False),
        ("body.note?.deeper", None),
        ("body.note?.deeper == null", True),
        ("body.nope?.upper()", None),
        ("nobody exists", False),
        ("find(body.items, {.sku == 'z'}) == null", True),
        ("first(body.empty) ?? 1", 1),
        ("$.nope == null", True),
        ("$.nope exists", False),
    ],
)
def test_what_is_missing_may_meet_a_few_operators(expression: str, expected: Any) -> None:
    assert value(expression) == expected


@pytest.mark.parametrize(
    ("expression", "sentence"),
    [
        ("body.stauts != 500", "body.stauts is missing. The nearest is body.status or body.state."),
        ("body.stauts == 500", "body.stauts is missing. The nearest is body.status or body.state."),
        ("500 != body.stauts", "body.stauts is missing. The nearest is body.status or body.state."),
        ("body.stauts != body.id", "body.stauts is missing. The nearest is body.status or body.state."),
        ("body.stauts != body.nope", "body.stauts is missing. The nearest is body.status or body.state."),
        ("not body.stauts", "body.stauts is missing. The nearest is body.status or body.state."),
        ("body.stauts > 1", "body.stauts is missing. The nearest is body.status or body.state."),
        ("body.stauts not in [1]", "body.stauts is missing. The nearest is body.status or body.state."),
        ("body.stauts not contains 'x'", "body.stauts is missing. The nearest is body.status or body.state."),
        ("body.stauts not matches 'x'", "body.stauts is missing. The nearest is body.status or body.state."),
        ("len(body.stauts) == 0", "body.stauts is missing. The nearest is body.status or body.state."),
        ("body.stauts", "body.stauts is missing. The nearest is body.status or body.state."),
        ("body.nope.deeper == null", "body.nope is missing. The nearest is body.note."),
        ("body.note.deeper == null", "body.note.deeper is missing. body.note is null."),
        ("body.items[9].sku", "body.items[9] is missing. body.items has 3 elements."),
        (
            "body.items.sku",
            "body.items.sku is missing. body.items is a list. Write body.items[0] for its first element.",
        ),
        ("body.id.foo", "body.id.foo is missing. body.id is a text."),
        ("body.id[0]", "body.id[0] is missing. body.id is a text. Only a list has numbered elements."),
        ("stauts == 200", "There is no stauts. The nearest is status."),
        ("stauts == null", "There is no stauts. The nearest is status."),
        ("stauts != null", "There is no stauts. The nearest is status."),
        ("stauts is null", "There is no stauts. The nearest is status."),
        ("stauts?.x", "There is no stauts. The nearest is status."),
        ("$.stauts != 1", "$.stauts is missing. The nearest is $.status or $.state."),
        ("find(body.items, {.sku == 'z'}).price > 1", "find(body.items, {.sku == 'z'}) is missing."),
    ],
)
def test_any_other_operator_fails_and_names_it(expression: str, sentence: str) -> None:
    with pytest.raises(ValueMissing) as caught:
        value(expression)
    assert str(caught.value) == sentence


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("$.items[0].sku", "a"),
        ("$.items[?@.price > 3].length >= 2", True),
        ("$.items[?(@.sku == 'b')]", [BODY["items"][1]]),
        ("$.items[?@.sku == 'b'].price", [10]),
        ("$.items[?@.sku == 'z']", []),
        ("$.items[?@.price > 5 && @.price < 15][0].sku", []),
        ("$.items[*].sku", ["a", "b", "c"]),
        ("$..sku", ["a", "b", "c"]),
        ("$.items[-1].price", 20),
        ("$.items[0:2].length", 2),
        ("$.items.length", 3),
        ("$.id.length", 5),
        ("$['items'][0]['sku']", "a"),
        ("$.items[0, 2].length", 2),
        ("$.items[?length(@.tags) == 2].length", 1),
        ("$.items[?match(@.sku, '[ab]')].length", 2),
        ("$.items[?count(@.tags[*]) == 0].length", 1),
        ("$.items[?!@.tags[0]].length", 1),
        ("$.id == 'ord-1' and $.count == 3", True),
        ("len($.items) + 1", 4),
        ("'b' in $.items[*].sku", True),
        ("$.state.upper()", "PENDING"),
        ("$", BODY),
        ("$ == body", True),
        ("$.exact == 59.9", True),
        ("jsonpath('$.items[*].price')", [3.5, 10, 20]),
        ("body.items.jsonpath('$[0].sku')", "a"),
        ("jmespath('body.items[?price > `5`].sku | [0]')", "b"),
        ("body.jmespath('items[].price')", [3.5, 10, 20]),
    ],
)
def test_jsonpath_is_an_operand(expression: str, expected: Any) -> None:
    assert value(expression) == expected


def test_jsonpath_reads_the_body_unless_it_begins_with_a_key_of_the_result() -> None:
    here = after_http()
    assert evaluate(parse("$.state"), here) == "pending"
    assert evaluate(parse("$.size"), here) == 345
    assert evaluate(parse("$.body.state"), here) == "pending"
    assert here.notes == []


def test_when_both_have_the_key_the_result_wins_and_the_record_says_so() -> None:
    here = after_http()
    assert evaluate(parse("$.status"), here) == 201
    (note,) = here.notes
    assert note.startswith("$.status: both the result and its body have status; the result is read.")
    assert note.endswith("Use $.body.status for the other.")
    assert evaluate(parse("$.body.status"), here) == "created"


def test_jsonpath_reads_the_result_itself_where_it_has_no_body() -> None:
    rows = scope().with_result({"rows": [{"id": 7}], "row_count": 1})
    assert evaluate(parse("$.rows[0].id"), rows) == 7
    assert evaluate(parse("$.row_count"), rows) == 1
    assert evaluate(parse("result.rows[0].id"), rows) == 7


def test_a_body_that_is_a_list_or_text_is_read_too() -> None:
    assert evaluate(parse("$[0].id"), scope().with_result({"status": 200, "body": [{"id": 1}]})) == 1
    assert evaluate(parse("$.length"), scope().with_result({"status": 200, "body": [1, 2, 3]})) == 3
    assert evaluate(parse("body.length"), scope().with_result({"status": 200, "body": "hello"})) == 5


def test_jsonpath_without_a_result_is_an_error() -> None:
    with pytest.raises(EvaluationError, match="There is no result here"):
        evaluate(parse("$.id"), scope())


def test_the_names_an_expression_reads_are_known_beforehand() -> None:
    assert parse("len(body.items) > limit and $.x == 'v-${user}' and a-b > any(xs, {# > min_price})").root_names() == {
        "body", "limit", "user", "a-b", "a", "b", "xs", "min_price",
    }  # fmt: skip
    assert [(root.name, root.column) for root in parse("stauts == 1 and a-b").unknown_roots({"a", "b"})] == [
        ("stauts", 1)
    ]
    assert [root.name for root in parse("item-1").unknown_roots({"items"})] == ["item-1"]
