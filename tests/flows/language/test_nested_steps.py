"""Steps inside steps, as they are read: what is wrong with them, and which names are known where."""

import pytest

from flows.language.check import check
from flows.language.export import to_yaml
from flows.language.plan import Plan, in_turn, key_of, located, turn_of, turns_of
from flows.language.problems import Problem

SAY = "{id: %s, action: log, config: {message: '%s'}}"


def problems_of(*steps: str) -> list[Problem]:
    written = "\n".join(f"    - {step}" for step in steps)
    return list(check(f"flow:\n  name: Nested\n  steps:\n{written}\n").problems)


def messages(*steps: str) -> list[str]:
    return [problem.message for problem in problems_of(*steps)]


def each(*steps: str, config: str = "items: [1, 2],") -> str:
    return f"{{id: each, action: for_each, config: {{{config} steps: [{', '.join(steps)}]}}}}"


@pytest.mark.parametrize(
    ("step", "said"),
    [
        ("{action: for_each, config: {items: [1]}}", "for_each needs steps."),
        ("{action: for_each, config: {items: [1], steps: {}}}", "steps must be a list of steps, and is an object."),
        ("{action: for_each, config: {steps: [{action: log, config: {message: a}}]}}", "items or range, one of them."),
        ("{action: for_each, config: {items: [1], steps: [], step: 1}}", "for_each has no key step."),
        ("{action: parallel, config: {}}", "parallel needs branches, or steps that are a branch each."),
        ("{action: parallel, config: {branches: [[]]}}", "This branch has no steps."),
        ("{action: parallel, config: {branches: [{name: a}]}}", "This branch has no steps."),
        ("{action: parallel, config: {branches: [{nmae: a, steps: []}]}}", "A branch has no key nmae."),
        ("{action: condition, config: {then: []}}", "condition needs condition."),
        (
            "{action: for_each, config: {items: null, steps: [%s]}}" % (SAY % ("a", "x")),
            "items must be a list, or an object, and is null.",
        ),
        (
            "{action: for_each, config: {items: [1], item_name: x, index_name: x, steps: [%s]}}" % (SAY % ("a", "x")),
            "item_name and index_name are both x: the steps could see only one of them.",
        ),
        (
            "{action: condition, retry: {max_attempts: 2}, config: {condition: 1 == 1}}",
            "A condition is not tried again as a whole. Give retry to the steps inside it.",
        ),
        ("{action: run_flow, config: {}}", "run_flow needs flow."),
    ],
)
def test_what_is_wrong_is_said_in_words(step: str, said: str) -> None:
    assert any(message.endswith(said) for message in messages(step)), messages(step)


def test_a_misspelt_key_gets_the_nearest() -> None:
    found = problems_of("{action: for_each, config: {items: [1], stepz: [{action: log, config: {message: a}}]}}")
    assert "steps" in {problem.suggestion for problem in found}


def test_an_item_is_known_inside_its_loop_and_not_after_it() -> None:
    assert messages(each(SAY % ("a", "${item}"))) == []
    assert messages(each(SAY % ("a", "x")), SAY % ("b", "${item}"))[0].startswith("Nothing here is called item")


def test_what_a_turn_captures_is_known_after_the_loop_and_to_its_assertions() -> None:
    loop = each("{id: a, action: set, config: {total: 1}}")
    asserting = f"{loop[:-1]}, assert: [total == 1, a.total == 1, count == 2]}}"
    assert messages(asserting, SAY % ("b", "${total} ${each.count} ${a.total}")) == []


def test_a_step_cannot_read_the_one_around_it() -> None:
    assert "holds this step" in messages(each(SAY % ("a", "${each.count}")))[0]


def test_branches_cannot_read_each_other() -> None:
    fan = "{id: fan, action: parallel, config: {branches: [[%s], [%s]]}}"
    said = messages(fan % (SAY % ("a", "x"), SAY % ("b", "${a.message}")))
    assert "in another branch" in said[0]
    assert messages(fan % (SAY % ("a", "x"), SAY % ("b", "y")), SAY % ("c", "${a.message}${b.message}")) == []


def test_the_condition_of_wait_until_reads_what_its_steps_gave() -> None:
    wait = "{action: wait_until, config: {condition: ask.message == found, steps: [%s]}}"
    inside = "{id: ask, action: log, config: {message: a}, output: {found: message}}"
    assert messages(wait % inside) == []


def test_nesting_has_an_end() -> None:
    step = SAY % ("deep", "x")
    for level in range(11):
        step = f"{{id: l{level}, action: for_each, config: {{items: [1], steps: [{step}]}}}}"
    assert any("nested more than 10 deep" in message for message in messages(step))


def test_a_nested_flow_is_written_and_read_again() -> None:
    text = f"""
flow:
  name: Nested
  steps:
    - {each(SAY % ("a", "${item}"))}
    - id: fan
      action: parallel
      config: {{branches: [{{name: left, steps: [{SAY % ("b", "x")}]}}, [{SAY % ("c", "y")}]]}}
    - {{id: choose, action: condition, config: {{condition: 1 == 1, then: [{SAY % ("d", "x")}]}}}}
"""
    first = check(text).flow
    assert first is not None
    second = check(to_yaml(first)).flow
    assert second is not None
    assert [step.path for step in Plan(first).all] == [step.path for step in Plan(second).all]
    assert to_yaml(first) == to_yaml(second)


@pytest.mark.parametrize("named", ["nested", "Nested", "' nested '"])
def test_a_flow_that_runs_itself_is_refused(named: str) -> None:
    assert messages(f"{{action: run_flow, config: {{flow: {named}}}}}") == ["A flow cannot run itself."]


def test_addresses_and_their_turns() -> None:
    path = "steps/a[1]/b[22]/c"
    assert (key_of(path), turn_of(path)) == ("steps/a/b/c", "steps/a[1]/b[22]")
    assert turns_of(path) == ("", "steps/a[1]", "steps/a[1]/b[22]")
    assert located("steps/a/b/d", path) == "steps/a[1]/b[22]/d"
    assert in_turn("steps/a[1]/b", 3, "steps/a/b/c") == "steps/a[1]/b[3]/c"
    assert in_turn("steps/a[1]/x", None, "steps/a/x/then/c") == "steps/a[1]/x/then/c"
