from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.language.check import check
from flows.language.document import plain, read
from flows.language.export import to_yaml
from flows.language.spec import FlowSpec
from tests.flows.language.flow_texts import good
from tests.flows.language.test_spec import EVERYTHING


def without_lines(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: without_lines(item) for key, item in value.items() if key != "line"}
    return [without_lines(item) for item in value] if isinstance(value, list) else value


def test_a_flow_that_is_written_is_read_as_the_same_flow() -> None:
    flow = good(EVERYTHING)
    assert without_lines(good(to_yaml(flow)).dump()) == without_lines(flow.dump())


def test_it_is_written_with_the_wrapper_and_without_defaults() -> None:
    flow = good(
        "name: x\nsteps: [{action: redis.get, config: {key: k, host: h}, when: 1 == 1, timeout: 90, assert: [1 == 1]}]"
    )
    assert to_yaml(flow) == (
        "flow:\n"
        "  name: x\n"
        "  steps:\n"
        "    - id: step_1\n"
        "      action: redis_get\n"
        "      config:\n"
        "        key: k\n"
        "        host: h\n"
        "      run_condition: 1 == 1\n"
        "      assert:\n"
        "        - 1 == 1\n"
        "      timeout: 1m30s\n"
    )


json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**30), 10**30)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=["Cs"]), max_size=30)
    | st.sampled_from(
        ["0o17", "1e3", "yes", "null", "~", ".5", ".inf", "0x1F", "a: b", "- x", "<<", "", " x ", "a\n b\n"]
    ),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.text(st.characters(exclude_categories=["Cs"])), inner, max_size=3)
    ),
    max_leaves=8,
)


@given(json_values)
def test_any_value_survives(value: Any) -> None:
    flow = FlowSpec.load(
        {"name": "x", "steps": [{"id": "a", "action": "log", "config": {"message": "m", "data": value}}]}
    )
    document = read(to_yaml(flow))
    assert document.root is not None, document.problems
    assert plain(document.root)["flow"]["steps"][0]["config"]["data"] == value


def test_no_digit_is_lost() -> None:
    text = to_yaml(
        good("name: x\nsteps: [{action: log, config: {message: m, data: [12345678901234567.89, 0.10, 1e400]}}]")
    )
    assert "[" not in text
    assert [line.strip() for line in text.splitlines()[-3:]] == ["- 12345678901234567.89", "- 0.1", "- 1.0e+400"]


@pytest.mark.parametrize("name", ["yes", "12", "a: b", "# x", "{{ x", "é\u2028ü"])
def test_odd_names_survive(name: str) -> None:
    text = to_yaml(FlowSpec.load({"name": name, "steps": []}))
    assert plain(read(text).root)["flow"]["name"] == name  # type: ignore[arg-type]  # it has a root
    assert check(text).problems
