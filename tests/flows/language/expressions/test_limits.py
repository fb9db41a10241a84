"""No expression hangs, fills the memory, or does anything but give a value or a sentence."""

import sys
import threading
import time
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flows.language.expressions.errors import EvaluationError, ExpressionSyntaxError, LimitReached
from flows.language.expressions.evaluate import evaluate
from flows.language.expressions.parse import parse
from flows.language.scope import Scope
from tests.flows.language.scopes import after_http


def nested(times: int, inner: str, outer: str) -> str:
    for _ in range(times):
        inner = outer.format(inner)
    return inner


@pytest.fixture(scope="module")
def big() -> Scope:
    deep: Any = 1
    for _ in range(400):
        deep = {"d": deep}
    rows = [{"price": n, "name": "x" * 20, "tags": ["a", "b"]} for n in range(20_000)]
    body = {"items": rows, "deep": deep}
    return Scope(captured={"rows": rows, "text": "a" * 5_000_000, "deep": deep}).with_result(
        {"status": 200, "body": body}
    )


HEAVY = [
    nested(40, "[1, 2]", "map({}, {{[#, #]}})"),
    nested(30, "[99999999999]", "map({}, {{# * #}})"),
    nested(30, "['abcdefghij']", "map({}, {{# + #}})"),
    "$" + "..*" * 6,
    "$..[?@..[?@..[?@.price > 1]]]",
    "any(rows, {any(rows, {any(rows, {.price == -1})})})",
    "replace(text, 'a', text)",
    "join(rows, text)",
    "text + text + text + text + text + text + text",
    "string([text, text, text, text, text, text, text, text])",
    "jmespath('" + "[@,@]|" * 60 + "@')",
    "matches_schema(body, {'$defs': {'a': {'allOf': [{'$ref': '#/$defs/a'}]}}, '$ref': '#/$defs/a'})",
    "rows.sum()",
    "now() + 1e300",
    "text matches '((((a{1,100}){1,100}){1,100}){1,100})'",
]


@pytest.mark.parametrize("expression", HEAVY)
def test_what_would_not_end_is_stopped(expression: str, big: Scope) -> None:
    began = time.thread_time()
    with pytest.raises(EvaluationError):
        evaluate(parse(expression), big)
    assert time.thread_time() - began < 5


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("text matches '(a+)+$'", True),
        ("text matches '(a|a)*b'", False),
        ("text matches '^(([a-z])+.)+[A-Z]([a-z])+$'", False),
        ("$.items[?search(@.name, '(x+x+)+y')]", []),
        ("matches_schema(text, {'pattern': '(a+)+b'})", False),
        ("$.items[?@.price == 19999].length", 1),
        ("rows == body.items", True),
        ("deep == body.deep", True),
        ("-".join(["status"] * 30) + " < 0", True),
        ("unique(map(rows, {.tags})).length", 1),
        ("$..d.length", 400),
        ("len(string(deep)) > 400", True),
        ("rows contains {'price': 19999, 'name': 'xxxxxxxxxxxxxxxxxxxx', 'tags': ['a', 'b']}", True),
    ],
)
def test_large_values_and_evil_patterns_are_no_trouble(expression: str, expected: Any, big: Scope) -> None:
    began = time.thread_time()
    assert evaluate(parse(expression), big) == expected
    assert time.thread_time() - began < 3


def test_the_evaluations_of_one_attempt_share_an_allowance(big: Scope) -> None:
    here = big.for_step(step_id="s", path="steps/s").with_result({"body": 1})
    here.allowance.spend(9.99)
    with pytest.raises(LimitReached, match="takes too long"):
        evaluate(parse("all(rows, {.price >= 0 and .name == 'xxxxxxxxxxxxxxxxxxxx'})"), here)
    assert evaluate(parse("all(rows, {.price >= 0})"), big.for_step(step_id="s", path="steps/s")) is True


@pytest.mark.parametrize(
    "text",
    [
        "(" * 5000 + "1" + ")" * 5000,
        "[" * 3000,
        "!" * 3000 + "true",
        "-" * 3000 + "1",
        "a" + "+a" * 3000,
        "a ? b : " * 2000 + "c",
        "a ?? " * 3000 + "b",
        "$" + ".a" * 3000,
        "$[?" + "(" * 3000,
        "$[?" + "@.a[?" * 500 + "1",
        "x" * 20_000,
        "'" + "${" * 2000 + "'",
        "${" * 3000,
        "{{" * 3000,
        "${a:" * 3000,
        "9" * 5000,
        "1e" + "9" * 3000,
        "a" + "-a" * 5000,
        "\ud800",
    ],
)
def test_monsters_are_refused_at_once(text: str) -> None:
    began = time.thread_time()
    with pytest.raises(ExpressionSyntaxError):
        evaluate(parse(text), Scope(captured={"a": 1, "b": 1, "c": 1}))
    assert time.thread_time() - began < 3


def test_long_but_flat_expressions_are_fine() -> None:
    here = after_http()
    assert evaluate(parse(" and ".join(["status == 201"] * 500)), here) is True
    assert evaluate(parse("[" + ", ".join(["1"] * 2000) + "].length"), here) == 2000


def test_a_deep_thread_is_not_needed_and_none_is_left_behind() -> None:
    before = threading.active_count()
    found: list[Any] = []
    expression = nested(30, "1", "({} + 1)")
    thread = threading.Thread(target=lambda: found.append(evaluate(parse(expression), after_http())))
    thread.start()
    thread.join()
    assert found == [31]
    assert threading.active_count() == before
    assert sys.getrecursionlimit() <= 3000


WORDS = """
a b body .items [0] [-1] [1:] == != < > >= && || ! not and or in contains matches exists is number null true nil
+ - * / % ( ) [ ] { } {# # .price ?. ? ?? : , 'x' "y" 1 2.5 1e3 $ $.items $..x [?@.a>1] [?(@.price==1)] .. * len(
any( filter( map( join( ${ } {{ }} $${ ' " \\ a-b ` & | = @ ~ é 😀 \x00 .upper() jsonpath( jmespath( matches_schema(
random.int(1,2) FAKER.name.firstName __class__ .__class__ ${a} 'v${a}' steps .status
"""


def refusal(text: str) -> ExpressionSyntaxError | None:
    """What is said about `text`, if it is no expression. Any other exception is a failure."""
    try:
        parse(text)
    except ExpressionSyntaxError as exc:
        return exc
    return None


@settings(max_examples=400, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(WORDS.split()), st.sampled_from(["", " "])), max_size=10))
def test_any_row_of_words_is_an_expression_or_refused_with_a_column(words: list[tuple[str, str]]) -> None:
    text = "".join(word + space for word, space in words)
    refused = refusal(text)
    if refused is not None:
        assert 1 <= refused.column <= len(text) + 1
        assert refused.message
        return
    parse(text).root_names()
    with suppress(EvaluationError):
        evaluate(parse(text), after_http(a=1, b=[1, 2], **{"a-b": 3}))


@given(st.text())
def test_any_text_is_an_expression_or_refused(text: str) -> None:
    refused = refusal(text)
    assert refused is None or 1 <= refused.column <= len(text) + 1


@given(st.from_regex(r"[A-Za-z_]\w{0,20}", fullmatch=True, alphabet=st.characters(codec="ascii")))
def test_no_member_of_python_is_a_member_of_a_value(name: str) -> None:
    values = {"text": "x", "number": 1, "list": [], "object": {}, "truth": True, "null": None}
    here = Scope(captured=values)
    for root in values:
        if root == "null" or (name == "length" and root in ("text", "list")):
            continue
        assert evaluate(parse(f"{root}.{name} ?? 'missing'"), here) == "missing"


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**12), 10**12) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=6,
)


@given(JSON, JSON)
def test_equality_is_equality_of_json(left: Any, right: Any) -> None:
    from flows.language import jsontext

    def canonical(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: canonical(item) for key, item in sorted(value.items())}
        return [canonical(item) for item in value] if isinstance(value, list) else value

    same = jsontext.dumps(canonical(left)) == jsontext.dumps(canonical(right))
    here = Scope(captured={"a": left, "b": right})
    assert evaluate(parse("a == b"), here) is same
    assert evaluate(parse("a != b"), here) is not same
    assert evaluate(parse("unique([a, b]).length == 1"), here) is same
