"""Functions, closures, methods (FLOW_LANGUAGE §4)."""

from decimal import Decimal
from typing import Any

import pytest

from flows.language.expressions.errors import EvaluationError, ExpressionSyntaxError
from flows.language.expressions.functions import FUNCTIONS
from flows.language.expressions.parse import parse
from tests.flows.language.scopes import value

PROMISED = """
len lower upper trim split join replace int float string abs round floor ceil min max sum mean first last
keys values sort unique reverse now date duration type any all none one count filter map find jsonpath jmespath
matches_schema
"""


def test_every_promised_function_is_there() -> None:
    assert [name for name in PROMISED.split() if name not in FUNCTIONS] == []


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("len('abc')", 3),
        ("len([1, 2])", 2),
        ("len({'a': 1})", 1),
        ("lower('ABC')", "abc"),
        ("upper('abc')", "ABC"),
        ("trim('  a ')", "a"),
        ("split('a,b', ',')", ["a", "b"]),
        ("join(['a', 'b'], '-')", "a-b"),
        ("join([1, true, null], ' ')", "1 true null"),
        ("replace('a.b.c', '.', '/')", "a/b/c"),
        ("int('12')", 12),
        ("int(' -3 ')", -3),
        ("int(2.9)", 2),
        ("int('4.0')", 4),
        ("float('2.5')", 2.5),
        ("float(2)", 2.0),
        ("string(12)", "12"),
        ("string(null)", "null"),
        ("string('a')", "a"),
        ("string({'a': [1, true]})", '{"a":[1,true]}'),
        ("string(2.50)", "2.5"),
        ("abs(-3)", 3),
        ("abs(-2.5)", 2.5),
        ("round(2.5)", 3),
        ("round(-2.5)", -3),
        ("round(2.345, 2)", 2.35),
        ("floor(2.9)", 2),
        ("floor(-2.1)", -3),
        ("ceil(2.1)", 3),
        ("min([3, 1, 2])", 1),
        ("min(3, 1)", 1),
        ("max(['a', 'b'])", "b"),
        ("max(1, 2.5, 2)", 2.5),
        ("sum([1, 2.5])", 3.5),
        ("sum([])", 0),
        ("sum([0.1, 0.2]) == 0.3", True),
        ("mean([1, 2])", 1.5),
        ("first([1, 2])", 1),
        ("last([1, 2])", 2),
        ("keys({'a': 1, 'b': 2})", ["a", "b"]),
        ("values({'a': 1, 'b': 2})", [1, 2]),
        ("sort([3, 1.5, 2])", [1.5, 2, 3]),
        ("sort(['b', 'a'])", ["a", "b"]),
        ("unique([1, 1.0, '1', true, [1], [1]])", [1, "1", True, [1]]),
        ("reverse([1, 2])", [2, 1]),
        ("reverse('ab')", "ba"),
        ("now()", "2024-05-01T09:08:07.250000Z"),
        ("date('2024-05-01')", "2024-05-01T00:00:00Z"),
        ("date('2024-05-01T10:00:00+02:00')", "2024-05-01T08:00:00Z"),
        ("date(0)", "1970-01-01T00:00:00Z"),
        ("now() > date('2024-01-01')", True),
        ("date('2024-05-02') - date('2024-05-01')", 86400.0),
        ("date('2024-05-01') + duration('1h30m')", "2024-05-01T01:30:00Z"),
        ("now() - date('2024-05-01T09:08:00Z') < duration('10s')", True),
        ("duration('1m30s')", 90),
        ("duration('300ms')", 0.3),
        ("type(1)", "number"),
        ("type('a')", "string"),
        ("type([])", "array"),
        ("type({})", "object"),
        ("type(null)", "null"),
        ("type(true)", "boolean"),
    ],
)
def test_functions(expression: str, expected: Any) -> None:
    found = value(expression)
    assert found == expected
    assert type(found) is type(expected)


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("any([1, 2], {# > 1})", True),
        ("all([1, 2], {# > 1})", False),
        ("none([1, 2], {# > 2})", True),
        ("one([1, 2], {# > 1})", True),
        ("one([2, 2], {# > 1})", False),
        ("count([1, 2, 3], {# > 1})", 2),
        ("count([1, 2, 3])", 3),
        ("filter([1, 2, 3], {# > 1})", [2, 3]),
        ("map([1, 2], {# * 2})", [2, 4]),
        ("find([1, 2, 3], {# > 1})", 2),
        ("any(body.items, {.price > 15})", True),
        ("all(body.items, {.price > 3})", True),
        ("map(body.items, {.sku})", ["a", "b", "c"]),
        ("map(body.items, .sku)", ["a", "b", "c"]),
        ("filter([1, 2, 3], # > 1)", [2, 3]),
        ("map(body.items, {#.sku + '!'})", ["a!", "b!", "c!"]),
        ("map(body.items, {{'s': .sku}})[0]", {"s": "a"}),
        ("map(body.items, {.sku.upper()})", ["A", "B", "C"]),
        ("filter(body.items, {not .tags.length == 0}).length", 2),
        ("count(body.items, {any(.tags, {# == 'y'})})", 2),
        ("any([], {# > 1})", False),
        ("all([], {# > 1})", True),
        ("any([false, true])", True),
        ("all([false, true])", False),
        ("map([1, 2], {'n-${#}'})", ["n-1", "n-2"]),
        ("sum(map(body.items, {.price}))", 33.5),
        ("map([1], {body.count})", [3]),
    ],
)
def test_closures(expression: str, expected: Any) -> None:
    assert value(expression) == expected


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("body.state.upper()", "PENDING"),
        ("body.state.replace('p', 'P').upper().length", 7),
        ("body.items.any({.price > 15})", True),
        ("body.items.map({.price}).sum()", 33.5),
        ("body.items.filter(.price > 5).length", 2),
        ("'a,b'.split(',')[1]", "b"),
        ("[3, 1].sort()[0]", 1),
        ("body.id.contains('ord')", True),
        ("body.id.startsWith('ord')", True),
        ("body.id.starts_with('ord')", True),
        ("(1 + 2).string()", "3"),
        ("len (body.items)", 3),
    ],
)
def test_a_function_may_be_written_as_a_method(expression: str, expected: Any) -> None:
    assert value(expression) == expected


def test_matches_schema() -> None:
    schema = "{'type': 'object', 'required': ['id'], 'properties': {'id': {'type': 'string', 'pattern': '^ord'}}}"
    assert value(f"matches_schema(body, {schema})") is True
    assert value(f"body.matches_schema({schema})") is True
    assert value("matches_schema(body, {'required': ['nope']})") is False
    assert value("matches_schema([1, 1], {'uniqueItems': true})") is False
    assert value("matches_schema([1, true], {'uniqueItems': true})") is True
    assert value("matches_schema({'ab': 1, 'c': 2}, {'patternProperties': {'^a': {'type': 'number'}}})") is True
    assert value("matches_schema({'c': 2}, {'additionalProperties': false})") is False


def test_a_schema_reaches_nothing_outside_itself() -> None:
    with pytest.raises(EvaluationError, match="refers to something outside itself"):
        value("matches_schema(body, {'$ref': 'http://127.0.0.1:9/schema.json'})")
    with pytest.raises(EvaluationError, match="The schema is wrong"):
        value("matches_schema(body, {'type': 7})")


@pytest.mark.parametrize(
    ("expression", "part"),
    [
        ("int('abc')", '"abc" is not a number.'),
        ("int('2.5')", "is not a whole number"),
        ("int(true)", "int wants a number or a text, not true (boolean)."),
        ("upper(1)", "upper wants a text, not 1 (number)."),
        ("sum(['a'])", "sum wants a number"),
        ("mean([])", "The mean of an empty list is not defined."),
        ("min([])", "The min of an empty list is not defined."),
        ("sort([1, 'a'])", "sort wants only numbers or only texts; the list holds number and text."),
        ("split('a', '')", "a separator that is not empty"),
        ("len(1)", "len wants a text, a list or an object"),
        ("date('soon')", '"soon" is not a date.'),
        ("any([1], {#})", "any wants true or false"),
        ("filter([1], 2)", "filter wants true or false"),
        ("# > 1", "# stands for an element only inside { }"),
        ("{# > 1}", "goes only into any, all"),
        ("upper({# > 1})", "upper takes no { }."),
        ("duration('soon')", "is not a duration"),
        ("jmespath('[')", "is not a JMESPath"),
        ("jsonpath('$[')", "is not a JSONPath"),
    ],
)
def test_a_wrong_argument_is_said_plainly(expression: str, part: str) -> None:
    with pytest.raises(EvaluationError) as caught:
        value(expression)
    assert part in str(caught.value)


def test_a_closure_belongs_to_a_function_that_takes_one() -> None:
    with pytest.raises(ExpressionSyntaxError, match="map takes 2 arguments, not 1"):
        parse("map([1])")


def test_exact_numbers_survive_functions() -> None:
    assert value("sum([body.exact, body.exact])") == Decimal("119.80")
    assert type(value("round(body.exact, 1)")) is Decimal
    assert type(value("float(body.exact)")) is Decimal
