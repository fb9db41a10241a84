"""Flow variables and overrides (FLOW_LANGUAGE §3)."""

from decimal import Decimal
from typing import Any

import pytest

from flows.language.env import resolve_env, typed_override
from flows.language.scope import Scope
from flows.language.values import Unresolved
from tests.flows.language.scopes import builtins


def test_entries_refer_to_each_other_in_any_order() -> None:
    env = {"A": "${B}/v1", "B": "http://${C}", "C": "host", "N": 5, "M": "${N}", "L": ["${M}", {"k": "${C}"}]}
    assert resolve_env(env, Scope()) == {
        "A": "http://host/v1", "B": "http://host", "C": "host", "N": 5, "M": 5, "L": [5, {"k": "host"}],
    }  # fmt: skip


def test_an_environment_or_an_override_wins_also_inside() -> None:
    env = {"URL": "${HOST}/v1", "HOST": "flow"}
    assert resolve_env(env, Scope(environment={"HOST": "environment"}))["URL"] == "environment/v1"
    both = Scope(environment={"HOST": "environment"}, overrides={"HOST": "override"})
    assert resolve_env(env, both)["URL"] == "override/v1"


def test_the_default_of_the_manual() -> None:
    env = {"API_URL": "${API_BASE_URL:http://127.0.0.1:5016}/v1"}
    assert resolve_env(env, Scope()) == {"API_URL": "http://127.0.0.1:5016/v1"}
    assert resolve_env(env, Scope(environment={"API_BASE_URL": "http://x"})) == {"API_URL": "http://x/v1"}


def test_an_entry_that_names_itself_takes_its_default() -> None:
    env = {"API_URL": "${API_URL:http://x}"}
    assert resolve_env(env, Scope()) == {"API_URL": "http://x"}
    assert resolve_env(env, Scope(environment={"API_URL": "http://y"})) == {"API_URL": "http://y"}


def test_a_circle_is_told_and_harms_nobody_else() -> None:
    found = resolve_env({"A": "${B}", "B": "${C}", "C": "${A}", "D": "fine"}, Scope())
    assert found["D"] == "fine"
    assert isinstance(found["A"], Unresolved)
    assert "in a circle: A → B → C → A" in found["A"].message


def test_a_missing_name_makes_the_entry_unresolved() -> None:
    found = resolve_env({"URL": "${HSOT}/x", "HOST": "h", "Q": "${URL}?q"}, Scope())
    assert isinstance(found["URL"], Unresolved)
    assert "There is no HSOT. The nearest is HOST." in found["URL"].message
    assert isinstance(found["Q"], Unresolved)


def test_a_long_chain_is_no_crash() -> None:
    env = {f"V{i}": f"${{V{i + 1}}}" for i in range(3000)} | {"V3000": "end"}
    found = resolve_env(env, Scope())
    assert found["V2999"] == "end"
    assert all(value == "end" or isinstance(value, Unresolved) for value in found.values())


def test_random_values_and_the_time_are_drawn_once() -> None:
    draws: dict[str, Any] = {}
    env = {"ID": "${RANDOM_ID}", "SAME": "${ID}", "OTHER": "${RANDOM_ID}", "AT": "${TIMESTAMP}"}
    first = resolve_env(env, Scope(builtins=builtins(1), draws=draws))
    assert first["SAME"] == first["ID"] != first["OTHER"]
    assert resolve_env(env, Scope(builtins=builtins(2), draws=draws)) == first


@pytest.mark.parametrize(
    ("text", "like", "expected"),
    [
        ("5", 1, 5),
        ("5.5", 1, 5.5),
        ("-2", 1.5, -2),
        ("1.10", Decimal("1.5"), 1.1),
        ("true", False, True),
        ("FALSE", True, False),
        ("5", "text", "5"),
        ("true", "${OTHER}", "true"),
        ("5", None, "5"),
        ("[1, 2]", [], [1, 2]),
        ('{"a": 1}', {}, {"a": 1}),
        ("", "x", ""),
    ],
)
def test_an_override_takes_the_type_of_the_flows_value(text: str, like: Any, expected: Any) -> None:
    found = typed_override(text, like)
    assert found == expected
    assert type(found) is type(expected)


@pytest.mark.parametrize(
    ("text", "like", "sentence"),
    [
        ("abc", 1, "'abc' is not a number, as the flow's own value 1 is."),
        ("yes", True, "'yes' is neither true nor false, as the flow's own value is."),
        ("{", [], "'{' is not a JSON list, as the flow's own value is."),
        ("{}", [], "'{}' is not a JSON list, as the flow's own value is."),
        ("[]", {}, "'[]' is not a JSON object, as the flow's own value is."),
        ("1e999999", 1, "'1e999999' is not a number, as the flow's own value 1 is."),
    ],
)
def test_an_override_of_the_wrong_type_is_refused(text: str, like: Any, sentence: str) -> None:
    with pytest.raises(ValueError, match=r".") as caught:
        typed_override(text, like)
    assert str(caught.value) == sentence
