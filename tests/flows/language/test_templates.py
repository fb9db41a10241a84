"""Templates (FLOW_LANGUAGE §3): types kept, one pass, escapes, defaults, closers."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.language.expressions.errors import ExpressionSyntaxError
from flows.language.scope import Scope
from flows.language.templates import TemplateError, parse_template, render
from tests.flows.language.scopes import builtins, scope

NAMES: dict[str, Any] = {
    "text": "hello",
    "number": 3,
    "price": 2.50,
    "exact": Decimal("59.90"),
    "yes": True,
    "nothing": None,
    "list": [1, "a", None],
    "object": {"a": {"b": 1}, "name": "Zoë"},
    "empty": "",
    "sneaky": "${number} {{number}}",
    "key": "X-Id",
}


def rendered(text: Any) -> Any:
    return render(text, scope(**NAMES))


@pytest.mark.parametrize(
    ("template", "expected"),
    [
        ("${number}", 3),
        ("{{number}}", 3),
        ("${ number }", 3),
        ("{{ number }}", 3),
        ("${yes}", True),
        ("${nothing}", None),
        ("${list}", [1, "a", None]),
        ("${object}", NAMES["object"]),
        ("${object.a.b}", 1),
        ("${exact}", Decimal("59.90")),
        ("${number + 1}", 4),
        ("${list[0]}", 1),
        ("${text.upper()}", "HELLO"),
        ("${empty}", ""),
        ("no template", "no template"),
        ("", ""),
    ],
)
def test_a_string_that_is_one_template_keeps_the_type(template: str, expected: Any) -> None:
    found = rendered(template)
    assert found == expected
    assert type(found) is type(expected)


@pytest.mark.parametrize(
    ("template", "expected"),
    [
        ("n-${number}", "n-3"),
        ("${number} ", "3 "),
        (" ${number}", " 3"),
        ("${number}${number}", "33"),
        ("${number}{{number}}", "33"),
        ("${yes}/${nothing}", "true/null"),
        ("price ${price}, exact ${exact}", "price 2.5, exact 59.90"),
        ("list ${list}", 'list [1,"a",null]'),
        ("object ${object}", 'object {"a":{"b":1},"name":"Zoë"}'),
        ("http://x/${text}/{{ number }}?q=${list[1]}", "http://x/hello/3?q=a"),
        ('{"a": {{number}}}', '{"a": 3}'),
        ('{"a":{"b":{{number}}}}', '{"a":{"b":3}}'),
    ],
)
def test_anything_else_becomes_text_as_json_writes_it(template: str, expected: str) -> None:
    assert rendered(template) == expected


@pytest.mark.parametrize(
    ("template", "expected"),
    [
        ("$${number}", "${number}"),
        ("a $${number} ${number}", "a ${number} 3"),
        ("{{{{ number }}", "{{ number }}"),
        ("{{{{number}} {{number}}", "{{number}} 3"),
        ("$${", "${"),
        ("{{{{", "{{"),
        ("$5 and 100%", "$5 and 100%"),
        ("$", "$"),
        ("} }} {", "} }} {"),
        ("$name", "$name"),
    ],
)
def test_escapes_and_innocent_signs_stay_text(template: str, expected: str) -> None:
    assert rendered(template) == expected


@pytest.mark.parametrize(
    ("template", "expected"),
    [
        ("${'}'}", "}"),
        ('${"}" + text}', "}hello"),
        ("{{ '}}' }}", "}}"),
        ("${{'a': 1}['a']}", 1),
        ("{{ {'a': {'b': 1}}.a.b }}", 1),
        ("${any(list, {# == 1})}", True),
        ("{{ map([1], {{'n': #}}) }}", [{"n": 1}]),
        ("${'it\\'s }'}", "it's }"),
        ("x${'}'}y", "x}y"),
        ("${NOPE:{a}}", "{a}"),
        ('${NOPE:{"a": "}"}}', '{"a": "}"}'),
    ],
)
def test_a_closer_counts_only_at_depth_0_and_outside_strings(template: str, expected: Any) -> None:
    assert rendered(template) == expected


@pytest.mark.parametrize(
    ("template", "expected"),
    [
        ("${NAME:http://x}", "http://x"),
        ("${NAME:http://127.0.0.1:5016}/v1", "http://127.0.0.1:5016/v1"),
        ("{{NAME:x}}", "x"),
        ("{{ NAME:http://x }}", "http://x"),
        ("${ NAME : x }", "x"),
        ("${NAME:}", ""),
        ("${NAME:8080}", "8080"),
        ("${NAME:true}", "true"),
        ("${number:9}", 3),
        ("${text:other}", "hello"),
        ("${empty:other}", ""),
        ("${nothing:other}", None),
        ("${NAME:it's} and ${NAME:it's}", "it's and it's"),
        ("${NAME:${number}}", "3"),
        ("${NAME:${OTHER:deep}}", "deep"),
        ("${object.nope:none}", "none"),
        ("${NAME ?? 5}", 5),
        ("${NAME ?? text}", "hello"),
        ("${object.nope ?? 'x'}", "x"),
        ("${object.nope.deeper ?? 'x'}", "x"),
        ("${nothing ?? 'x'}", "x"),
        ("${number ?? 'x'}", 3),
        ("${object.nope?.deeper}", None),
        ("${yes ? 'a' : 'b'}", "a"),
    ],
)
def test_defaults(template: str, expected: Any) -> None:
    found = rendered(template)
    assert found == expected
    assert type(found) is type(expected)


def test_values_are_never_scanned_again() -> None:
    assert rendered("${sneaky}") == "${number} {{number}}"
    assert rendered("<${sneaky}>") == "<${number} {{number}}>"
    assert rendered("${sneaky + '!'}") == "${number} {{number}}!"
    assert rendered({"${sneaky}": 1}) == {"${number} {{number}}": 1}


@given(st.text())
def test_whatever_a_value_holds_it_arrives_as_it_is(held: str) -> None:
    here = Scope(captured={"v": held})
    assert render("${v}", here) == held
    assert render("<{{v}}>", here) == f"<{held}>"


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
        max_leaves=8,
    )
)
def test_a_single_template_keeps_any_type(held: Any) -> None:
    found = render({"x": "{{ v }}"}, Scope(captured={"v": held}))["x"]
    assert found == held
    assert type(found) is type(held)


@given(st.text(alphabet="ab${}:'\"\\ .[]()#?1", max_size=40))
def test_any_text_renders_or_says_what_is_wrong_with_it(text: str) -> None:
    try:
        render(text, scope(a=1, b="x"))
    except TemplateError as exc:
        template = exc.template
    else:
        template = text
    assert template == text


@given(st.text())
def test_text_without_openers_is_left_alone(text: str) -> None:
    if "${" not in text and "{{" not in text:
        assert render(text, scope()) == text


def test_everything_inside_a_config_is_rendered_keys_too() -> None:
    config = {
        "url": "http://x/${number}",
        "headers": {"${key}": "${text}"},
        "body": {"n": "${number}", "deep": [{"t": "{{text}}", "same": 5, "none": None}]},
    }
    assert rendered(config) == {
        "url": "http://x/3",
        "headers": {"X-Id": "hello"},
        "body": {"n": 3, "deep": [{"t": "hello", "same": 5, "none": None}]},
    }
    assert config["url"] == "http://x/${number}"


def test_expression_fields_of_a_config_stay_as_written_and_only_there() -> None:
    config = {
        "assertions": ["${number} == 3"],
        "condition": "${yes}",
        "match": {"key": "${text}"},
        "filter": "${number}",
        "params": {"filter": "${number}", "match": "${text}"},
    }
    assert rendered(config) == {**config, "params": {"filter": 3, "match": "hello"}}


def test_two_keys_that_become_one_are_an_error() -> None:
    with pytest.raises(TemplateError, match=r"Two keys become X-Id\."):
        rendered({"X-Id": 1, "${key}": 2})


@pytest.mark.parametrize(
    ("template", "message", "candidates"),
    [
        ("${numbr}", "There is no numbr. The nearest is number.", ("number",)),
        ("${object.nam}", "object.nam is missing. The nearest is object.name.", ("object.name",)),
        ("x ${object.nam} y", "object.nam is missing. The nearest is object.name.", ("object.name",)),
        ("${list[7]}", "list[7] is missing. list has 3 elements.", ()),
        ("${text + 1}", "a text + a number has no result. Use string(…) to join them as text.", ()),
        ("${number", "${ is never closed with }. Write $${ for the characters themselves. (column 1)", ()),
        ("ab {{ x", "{{ is never closed with }}. Write {{{{ for the characters themselves. (column 4)", ()),
        ("${}", "The expression is empty. (column 3)", ()),
        ("ab ${1 +}", "A value is missing at the end. (column 9)", ()),
    ],
)
def test_what_does_not_resolve_fails_and_names_the_nearest(
    template: str, message: str, candidates: tuple[str, ...]
) -> None:
    with pytest.raises(TemplateError) as caught:
        render({"body": {"a": [template]}}, scope(**NAMES), place="config")
    assert caught.value.message == message
    assert caught.value.candidates == candidates
    assert caught.value.place == "config.body.a[0]"
    assert str(caught.value) == f"config.body.a[0]: {message}"


def test_a_template_knows_its_names_and_their_places() -> None:
    template = parse_template("x ${a.b} {{ c ?? d }} ${E:${f}} $${g}")
    assert template.root_names() == {"a", "c", "d", "E", "f"}
    assert not template.is_single
    assert parse_template("{{a}}").is_single
    assert [(root.name, root.column) for root in template.unknown_roots({"c", "d", "f"})] == [("a", 5)]


def test_random_values_are_drawn_once_per_place_and_again_the_same_on_a_retry() -> None:
    config = {
        "a": "${RANDOM_ID}",
        "b": "${RANDOM_ID}",
        "c": "${RANDOM_ID}-${RANDOM_ID}",
        "n": "${random.int(1, 1000000)}",
    }
    draws: dict[str, Any] = {}
    here = Scope(builtins=builtins())
    first = render(config, here.for_step(step_id="s", path="steps/s", draws=draws), place="config")
    again = render(config, here.for_step(step_id="s", path="steps/s", draws=draws), place="config")
    other = render(config, here.for_step(step_id="t", path="steps/t", draws={}), place="config")
    assert first == again
    assert first != other
    assert len({first["a"], first["b"], *[first["c"][:36], first["c"][37:]]}) == 4
    assert set(draws.values()) >= {first["a"], first["b"], first["n"]}


def test_defaults_nested_without_end_are_refused() -> None:
    with pytest.raises(ExpressionSyntaxError, match="nested more than 8 deep"):
        parse_template("${a:" * 20 + "x" + "}" * 20)
