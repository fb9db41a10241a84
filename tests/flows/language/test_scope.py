"""Where names come from (FLOW_LANGUAGE §3), in which order, and what is logged."""

from typing import Any

import pytest

from flows.language.expressions.errors import EvaluationError, ValueMissing
from flows.language.expressions.evaluate import evaluate
from flows.language.expressions.parse import parse
from flows.language.scope import Read, Scope
from flows.language.templates import TemplateError, render
from flows.language.values import Unresolved, is_missing
from tests.flows.language.scopes import RESULT, builtins

ORDER = ["loop", "captured", "results", "overrides", "environment", "flow_env"]


def layer(name: str, value: Any) -> dict[str, Any]:
    return {"x": value} if name != "results" else {"x": {"from": value}}


@pytest.mark.parametrize("depth", range(len(ORDER)))
def test_the_first_that_has_the_name_wins(depth: int) -> None:
    layers: dict[str, Any] = {name: layer(name, name) for name in ORDER[depth:]}
    found = evaluate(parse("x"), Scope(**layers))
    assert found == ({"from": "results"} if ORDER[depth] == "results" else ORDER[depth])


def test_flow_variables_hide_built_ins() -> None:
    assert evaluate(parse("UUID"), Scope(flow_env={"UUID": "mine"})) == "mine"


def test_the_own_result_comes_first_and_only_with_it() -> None:
    here = Scope(captured={"status": "captured"}, overrides={"body": "override"})
    assert evaluate(parse("status"), here) == "captured"
    after = here.with_result(RESULT)
    assert evaluate(parse("status"), after) == 201
    assert evaluate(parse("body.id"), after) == "ord-1"
    assert evaluate(parse("response.body.id"), after) == "ord-1"
    assert evaluate(parse("status"), here) == "captured"


def test_response_exists_for_http_only() -> None:
    rows = Scope().with_result({"rows": [], "row_count": 0})
    with pytest.raises(ValueMissing):
        evaluate(parse("response.time"), rows)
    grpc = Scope().with_result({"status": "OK", "response": {"id": 1}, "body": {"id": 1}})
    assert evaluate(parse("response.id"), grpc) == 1


def test_earlier_steps_are_read_by_id() -> None:
    here = Scope(results={"create": {**RESULT, "order_id": "o-9"}, "make-user": {"body": {"id": 1}}})
    assert evaluate(parse("create.body.items[0].sku"), here) == "a"
    assert evaluate(parse("create.status"), here) == 201
    assert evaluate(parse("create.order_id"), here) == "o-9"
    assert evaluate(parse("make-user.body.id"), here) == 1


def test_the_fate_of_an_earlier_step() -> None:
    here = Scope(fates={"pay": {"status": "failed"}, "make-user": {"status": "passed"}})
    assert evaluate(parse("steps.pay.status == 'failed'"), here) is True
    assert evaluate(parse("steps.make-user.status"), here) == "passed"


def test_a_step_without_a_result_is_named_as_such() -> None:
    here = Scope(fates={"pay": {"status": "skipped"}})
    with pytest.raises(ValueMissing, match=r"There is no pay\. The step pay is skipped and left no result\."):
        evaluate(parse("pay.body.id"), here)


def test_the_error_and_the_flow_status_come_as_extra_names() -> None:
    here = Scope(extra={"error": {"kind": "timeout"}, "FLOW_STATUS": "failed"})
    assert evaluate(parse("error.kind"), here) == "timeout"
    assert evaluate(parse("FLOW_STATUS == 'failed'"), here) is True
    assert is_missing(Scope().lookup("FLOW_STATUS"))


def test_what_was_read_is_logged_with_its_source() -> None:
    here = Scope(
        captured={"token": "t", "loose": 1},
        captured_by={"token": "login"},
        results={"create": RESULT},
        overrides={"o": 1},
        environment={"e": 1},
        flow_env={"f": 1},
        loop={"item": 1},
        builtins=builtins(),
    ).for_step(step_id="s", path="steps/s", draws={})
    render("${token}${loose}${create.body.id}${o}${e}${f}${item}${UUID}${token}${nope:x}", here)
    evaluate(parse("status"), here.with_result(RESULT))
    assert here.read_log == [
        Read("token", "captured:login"),
        Read("loose", "captured"),
        Read("create", "step:create"),
        Read("o", "override"),
        Read("e", "environment"),
        Read("f", "flow"),
        Read("item", "loop"),
        Read("UUID", "builtin"),
        Read("status", "result"),
    ]


def test_each_step_has_a_log_of_its_own() -> None:
    whole = Scope(captured={"a": 1})
    one, two = (whole.for_step(step_id=name, path=f"steps/{name}") for name in ("one", "two"))
    render("${a}", one)
    assert (len(one.read_log), len(two.read_log), len(whole.read_log)) == (1, 0, 0)


def test_a_variable_that_could_not_be_worked_out_fails_whoever_reads_it() -> None:
    here = Scope(flow_env={"URL": Unresolved("The variable URL cannot be worked out: There is no HOST.")})
    with pytest.raises(TemplateError, match="The variable URL cannot be worked out"):
        render("${URL}/x", here)
    with pytest.raises(EvaluationError, match="The variable URL cannot be worked out"):
        evaluate(parse("URL ?? 'x'"), here)


def test_step_id_exists_inside_a_step() -> None:
    assert evaluate(parse("STEP_ID"), Scope().for_step(step_id="pay", path="steps/pay")) == "pay"
    assert is_missing(Scope().lookup("STEP_ID"))


def test_nothing_leads_from_a_value_into_python() -> None:
    here = Scope(captured={"v": {"a": 1}, "t": "x", "n": 1, "l": [1]}, builtins=builtins()).with_result(RESULT)
    for root in ("v", "t", "n", "l", "body", "result", "headers", "random", "FAKER", "steps", "v.a", "t.length"):
        for name in ("__class__", "__init__", "__globals__", "mro", "keys", "get", "find", "items_", "_draw", "format"):
            with pytest.raises(EvaluationError):
                evaluate(parse(f"{root}.{name}"), here)
            with pytest.raises(EvaluationError):
                evaluate(parse(f"{root}['{name}']"), here)
