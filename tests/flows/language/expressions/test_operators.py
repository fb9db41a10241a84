"""Literals, operators and how they bind (FLOW_LANGUAGE §4)."""

from decimal import Decimal
from typing import Any

import pytest

from flows.language.expressions.errors import EvaluationError, ExpressionSyntaxError
from flows.language.expressions.parse import parse
from tests.flows.language.scopes import value


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("1", 1),
        ("2.5", 2.5),
        ("1e3", 1000.0),
        ('"a"', "a"),
        ("'a'", "a"),
        ("true", True),
        ("false", False),
        ("nil", None),
        ("null", None),
        ("[1, 2]", [1, 2]),
        ("[]", []),
        ("[1, 2,]", [1, 2]),
        ('{"a": 1}', {"a": 1}),
        ("{}", {}),
        ("{a: 1, 'b c': [true]}", {"a": 1, "b c": [True]}),
        ('{"a": {"b": null}}', {"a": {"b": None}}),
        (r"'it\'s'", "it's"),
        (r'"a\n\t\\"', "a\n\t\\"),
        (r'"\u00e9\ud83d\ude00"', "é😀"),
        (r"'\d+'", r"\d+"),
    ],
)
def test_a_literal_is_what_it_says(expression: str, expected: Any) -> None:
    found = value(expression)
    assert found == expected
    assert type(found) is type(expected)


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("1 + 2 * 3", 7),
        ("(1 + 2) * 3", 9),
        ("10 - 2 - 3", 5),
        ("10 / 4", 2.5),
        ("10 / 5", 2),
        ("7 % 3", 1),
        ("-2 + 5", 3),
        ("--2", 2),
        ("'a' + 'b'", "ab"),
        ("[1] + [2]", [1, 2]),
        ("1 + 1 == 2", True),
        ("2 * 3 > 5 and 1 < 2", True),
        ("not 1 == 2", True),
        ("not true or true", True),
        ("!true || true", True),
        ("true or false and false", True),
        ("not 1 in [2]", True),
        ("null ?? 1 + 1", 2),
        ("null ?? null ?? 3", 3),
        ("1 > 2 ? 'a' : 'b'", "b"),
        ("true ? false ? 1 : 2 : 3", 2),
        ("false ? 1 : true ? 2 : 3", 2),
        ("null ?? true ? 1 : 2", 1),
        ("1 + 1 in [2]", True),
        ("'ab' contains 'a' == true", True),
        ("!body.paid", True),
        ("!body.paid == true", True),
        ("-body.count + 5", 2),
        ("2 * -3", -6),
    ],
)
def test_operators_bind_as_the_manual_says(expression: str, expected: Any) -> None:
    assert value(expression) == expected


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("body.state == 'pending'", True),
        ("body.state != 'pending'", False),
        ("body.count < 4 && body.count <= 3", True),
        ("body.count > 3 || body.count >= 3", True),
        ("'abc' < 'abd'", True),
        ("body.state in ['new', 'pending']", True),
        ("body.state not in ['new']", True),
        ("'end' in body.state", True),
        ("'id' in body", True),
        ("body contains 'id'", True),
        ("body not contains 'nope'", True),
        ("body.state contains 'end'", True),
        ("[1, 2] contains 2", True),
        ("[{'a': 1}] contains {'a': 1.0}", True),
        ("body.state startsWith 'pen'", True),
        ("body.state starts_with 'pen'", True),
        ("body.state endsWith 'ing'", True),
        ("body.state ends_with 'x'", False),
        ("body.state not startsWith 'x'", True),
        ("body.id matches '[0-9]$'", True),
        (r"body.id matches '^ord-\d+$'", True),
        ("body.id matches 'rd'", True),
        ("body.id not matches 'x'", True),
        ("body.note exists", True),
        ("body.nope exists", False),
        ("body.nope not exists", True),
        ("exists(body.id)", True),
        ("body.note is null", True),
        ("body.note is not null", False),
        ("body.count is number", True),
        ("body.exact is number", True),
        ("body.paid is number", False),
        ("body.paid is boolean", True),
        ("body.id is string", True),
        ("body.items is array", True),
        ("body.customer is object", True),
        ("body.customer is not array", True),
        ("body.id is nil", False),
    ],
)
def test_comparisons_and_word_operators(expression: str, expected: bool) -> None:
    assert value(expression) is expected


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ('1 == "1"', False),
        ("1 == true", False),
        ("0 == false", False),
        ("1 == 1.0", True),
        ("null == false", False),
        ("[] == {}", False),
        ("[1, [true]] == [1, [true]]", True),
        ("[1] == [true]", False),
        ("{'a': 1} == {'a': 1.0}", True),
        ("0.1 + 0.2 == 0.3", True),
        ("body.total == body.exact", True),
        ("body.exact == 59.9", True),
        ("body.total * 3 == 179.7", True),
        ("body.exact + 0.1 == 60", True),
        ("9007199254740993 == 9007199254740992.0", False),
    ],
)
def test_types_are_never_mixed_up_and_numbers_are_exact(expression: str, expected: bool) -> None:
    assert value(expression) is expected


def test_exact_numbers_stay_exact() -> None:
    assert value("body.exact * 2") == Decimal("119.80")
    assert type(value("body.exact * 2")) is Decimal
    assert type(value("body.total * 2")) is float
    assert type(value("body.count * 2")) is int


@pytest.mark.parametrize(
    ("expression", "part"),
    [
        ("1 < '2'", "number and text cannot be compared in order. Use int(…)"),
        ("null < 1", "null and number"),
        ("true > false", "boolean have no order"),
        ("'a' + 1", "Use string(…)"),
        ("1 - 'a'", "has no result"),
        ("1 / 0", "1 / 0 has no result"),
        ("5 in 'a5'", "a text cannot contain a number"),
        ("1 contains 1", "contains nothing"),
        ("1 startsWith 'a'", "startsWith works on texts"),
        ("'a' matches '('", "is not a pattern"),
        ("'a' matches '(?=a)'", "look-around"),
        ("body.count and true", "body.count is 3 (number); true or false is wanted there."),
        ("not 'x'", "true or false is wanted"),
        ("1 ? 2 : 3", "true or false is wanted"),
        ("-'a'", "no negative of a text"),
        ("body.items['a':]", "is no index"),
    ],
)
def test_what_has_no_value_says_why(expression: str, part: str) -> None:
    with pytest.raises(EvaluationError, match=r".") as caught:
        value(expression)
    assert part in str(caught.value)


@pytest.mark.parametrize(
    ("text", "column", "part"),
    [
        ("", 1, "empty"),
        ("   ", 1, "empty"),
        ("a = 1", 3, "Write == to compare"),
        ("a & b", 3, "Write &&"),
        ("a ==", 5, "A value is missing at the end"),
        ("(a", 1, "( is never closed"),
        ("a)", 2, ") closes nothing"),
        ("[1, 2", 1, "[ is never closed"),
        ("a b", 3, "An operator is expected, not b"),
        ("a containz 'x'", 3, "The nearest is contains."),
        ("a not b", 3, "not wants in, contains"),
        ("a is strng", 6, "The nearest is string."),
        ("'abc", 1, "never closed"),
        ("lenn(a)", 1, "There is no function lenn. The nearest is len."),
        ("len()", 1, "len takes 1 argument, not 0."),
        ("a.upper(1)", 3, "upper takes 1 argument, not 2."),
        ("1 < 2 < 3", 7, "join them with and"),
        ("a ~ b", 3, "'~' has no meaning here."),
        ("$.a[", 4, "[ is never closed"),
        ("1.5x", 4, "A number is followed by x"),
        ("body.0", 6, "Write [0]"),
        ("1e999", 1, "exponent"),
        ("9" * 1001, 1, "too long"),
        ("${a", 1, "never closed"),
        ("'${a'", 1, "never closed"),
        ("a == ${b +}", 11, ""),
    ],
)
def test_what_cannot_be_read_says_where(text: str, column: int, part: str) -> None:
    with pytest.raises(ExpressionSyntaxError) as caught:
        parse(text)
    assert part in caught.value.message
    assert caught.value.column == column


def test_and_and_or_stop_as_soon_as_they_know() -> None:
    assert value("true or body.nope.x") is True
    assert value("false and body.nope.x") is False
