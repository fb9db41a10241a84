"""Whatever the text: an answer, soon, with places that lie inside it."""

import re
from time import thread_time

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from flows.language import jsontext
from flows.language.actions import SPECS
from flows.language.check import Checked, check
from flows.language.checks.flow import FLOW_KEYS, KEPT_FLOW_KEYS
from flows.language.checks.retry import RETRY_KEYS
from flows.language.checks.step import STEP_KEYS
from flows.language.plan import Plan
from flows.language.spec import FlowSpec
from tests.flows.language.test_spec import EVERYTHING

OTHER_KEYS = (
    "url",
    "method",
    "auth",
    "type",
    "basic",
    "headers",
    "body",
    "connection",
    "query",
    "params",
    "key",
    "value",
)
MORE_KEYS = (
    "message",
    "level",
    "data",
    "assertions",
    "duration",
    "expression",
    "path",
    "optional",
    "default",
    "<<",
    "flow",
)
KEYS = st.sampled_from((*FLOW_KEYS, *KEPT_FLOW_KEYS, *STEP_KEYS, *RETRY_KEYS, *OTHER_KEYS, *MORE_KEYS))
VALUES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-10, 10**20),
    st.floats(allow_nan=False, allow_infinity=False),
    st.text(max_size=20),
    st.sampled_from([*SPECS, "${x}", "${1 +", "{{", "$.a", "status == 200", "5s", "GET", "1"]),
)
TREES = st.recursive(
    VALUES,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS | st.text(max_size=5), inner, max_size=6),
    max_leaves=30,
)
SLOW = settings(
    max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)


def holds(text: str | bytes, checked: Checked) -> None:
    """What is true of every answer."""
    assert (checked.flow is None) == bool(checked.errors)
    shown = text if isinstance(text, str) else text.decode("utf-8", "replace")
    lines = re.split(r"\r\n|\r|\n", shown)
    for problem in checked.problems:
        assert 1 <= problem.line <= len(lines)
        if isinstance(text, str):
            assert 1 <= problem.column <= len(lines[problem.line - 1]) + 2
        assert problem.message
        assert "\n" not in problem.format("flow.yaml")
    if checked.flow is not None:
        assert FlowSpec.load(jsontext.loads(jsontext.dumps(checked.flow.dump()))) == checked.flow
        assert Plan(checked.flow).steps_total >= 1


@SLOW
@given(st.text(max_size=300) | st.binary(max_size=300))
def test_any_text_and_any_bytes_get_an_answer(text: str | bytes) -> None:
    holds(text, check(text))


@SLOW
@given(st.text(alphabet="ab:- \n\t\r&*!|>'\"{}[],#?%@`~<.$0e+\u2028", max_size=60))
def test_text_made_of_yaml_s_own_signs_gets_an_answer(text: str) -> None:
    holds(text, check(text))


@SLOW
@given(TREES)
def test_any_tree_gets_an_answer(tree: object) -> None:
    text = jsontext.dumps({"name": "x", "steps": tree})
    holds(text, check(text))


@SLOW
@given(
    st.dictionaries(KEYS, TREES, max_size=6),
    st.sampled_from([spec.name for spec in SPECS.all]),
)
def test_any_config_gets_an_answer(config: dict[str, object], action: str) -> None:
    text = jsontext.dumps({"name": "x", "steps": [{"action": action, "config": config}]})
    holds(text, check(text))


@SLOW
@given(st.data())
def test_a_good_flow_with_something_wrong_in_it_gets_an_answer(data: st.DataObject) -> None:
    begin = data.draw(st.integers(0, len(EVERYTHING)))
    end = data.draw(st.integers(begin, min(len(EVERYTHING), begin + 30)))
    inserted = data.draw(st.text(alphabet="abc:- \n{}[]'\"$&*0\t", max_size=6))
    text = EVERYTHING[:begin] + inserted + EVERYTHING[end:]
    holds(text, check(text))


def one_step(action: str, config: str) -> str:
    """A flow of one step."""
    return f"name: x\nsteps: [{{action: {action}, config: {{{config}}}}}]"


# The dearest are a quarter of what a flow may be: enough for whatever grows faster than its text to take minutes.
BOMBS = {
    "brackets": "[" * 1_000_000,
    "braces": "{" * 1_000_000,
    "dashes": "- " * 500_000,
    "questions": "? " * 500_000,
    "duplicates": "x: y\n" * 50_000,
    "unknown keys": "".join(f"k{n}: v\n" for n in range(25_000)),
    "empty steps": "name: x\nsteps: [" + "{}," * 75_000 + "]",
    "templates": "name: x\nsteps: [{action: log, config: {message: '" + "${a} " * 50_000 + "'}}]",
    "names": "name: x\nsteps: [{action: log, config: {message: '"
    + "".join(f"${{a{n}}}" for n in range(25_000))
    + "'}}]",
    "open templates": "name: x\nsteps: [{action: log, config: {message: '" + "${" * 400_000 + "'}}]",
    "brackets in an expression": "name: x\nsteps: [{action: log, when: '" + "(" * 900_000 + "'}]",
    "a long expression": "name: x\nsteps: [{action: log, when: '" + "a + " * 250_000 + "a > 1'}]",
    "fates": "name: x\nsteps: [{action: log, when: '" + "steps.a " * 100_000 + "'}]",
    "a long name": f"name: {'x' * 1_000_000}\nsteps: []",
    "a long id": f"name: x\nsteps: [{{id: {'x' * 1_000_000}, action: {'y' * 10}}}]",
    "a long action": f"name: x\nsteps: [{{action: {'y' * 1_000_000}}}]",
    "digits": f"name: x\nsteps: [{{action: delay, config: {{duration: {'9' * 1_000_000}}}}}]",
    "a duration": f"name: x\ntimeout: 1\nsteps: [{{action: delay, config: {{duration: '{'1h' * 500_000}'}}}}]",
    "colons": one_step("log", f"message: '{'://a:' * 190_000}'"),
    "half a token": one_step("log", f"message: '{'eyJ-' * 250_000}'"),
    "passwords": f"name: x\nenv: {{DSN: '{'password = ' * 90_000}'}}\nsteps: []",
    "a long url": one_step("http_request", f"url: 'http://{'a:@[%' * 200_000}'"),
    "a long connection": one_step("postgresql.query", f"connection: '{'a=b ' * 250_000}', query: q"),
    "a long redis url": one_step("redis.get", f"url: 'redis://{'a:@[%' * 200_000}', key: k"),
    "a long query": one_step("postgresql.query", f"connection: 'sqlite://', query: '{':a ? $1 ' * 110_000}'"),
    "anchors": "a: &a [" + "x," * 1000 + "]\nb: [" + "*a," * 300_000 + "]",
    "quotes": "a: '" + "'" * 1_000_000,
    "exclamation marks": "a: " + "!" * 1_000_000,
}


@pytest.mark.parametrize("name", BOMBS)
def test_a_bomb_does_not_go_off(name: str) -> None:
    began = thread_time()
    text = BOMBS[name]
    holds(text, check(text))
    assert thread_time() - began < 20
