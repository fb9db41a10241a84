"""Keys, types and limits of a flow. What actions take is in test_check_config, names in test_check_names."""

import pytest

from flows.language.check import check
from flows.language.checks.layout import MAX_NESTING, MAX_STEPS
from tests.flows.language.flow_texts import flow_with, found, good, only_problem

LOG = "- {action: log, config: {message: x}}"


def test_a_flow_needs_neither_the_wrapper_nor_anything_but_a_name_and_a_step() -> None:
    bare = good(flow_with(LOG))
    wrapped = good("flow:\n  name: A flow\n  steps:\n    - {action: log, config: {message: x}}\n")
    assert bare.name == wrapped.name == "A flow"
    assert bare.steps[0].model_copy(update={"line": 0}) == wrapped.steps[0].model_copy(update={"line": 0})


def test_all_problems_are_told_at_once_in_the_order_of_the_text() -> None:
    text = """
name: A flow
tagz: [a]
config: {timeout: soon}
steps:
  - id: one
    action: http_requst
  - id: one
    action: log
    config: {message: "${1 +}", level: loud}
    asert: [true]
    timeout: 5x
teardown: {}
"""
    checked = check(text, filename="shop.yaml")
    assert checked.flow is None
    assert [(p.line, p.code, p.suggestion) for p in checked.problems] == [
        (3, "unknown_key", "tags"),
        (4, "bad_duration", None),
        (7, "unknown_action", "http_request"),
        (8, "duplicate_id", None),
        (10, "bad_template", None),
        (10, "bad_value", None),
        (11, "unknown_key", "assert"),
        (12, "bad_duration", None),
        (13, "wrong_type", None),
    ]
    assert checked.lines()[2] == ("shop.yaml:7:13: error: There is no action http_requst. Did you mean http_request?")
    assert checked.lines()[6] == "shop.yaml:11:5: error: Steps have no key asert. Did you mean assert?"
    assert "the first is on line 6" in checked.lines()[3]


@pytest.mark.parametrize(
    ("top", "code", "place", "suggestion"),
    [
        ("sttepz: []", "unknown_key", (2, 1), "steps"),
        ("Name: x", "unknown_key", (2, 1), "name"),
        ("config: {retries: {}}", "unknown_key", (2, 10), "retry"),
        ("config: {retry: {max_atempts: 2}}", "unknown_key", (2, 18), "max_attempts"),
        ("config: {fail_fast: yes}", "wrong_type", (2, 21), "true"),
        ("config: {timeout: 0}", "bad_duration", (2, 19), None),
        ("config: {timeout: -5s}", "bad_duration", (2, 19), None),
        ("config: {retry: {max_attempts: 11}}", "bad_value", (2, 32), None),
        ("config: {retry: {max_attempts: 0}}", "bad_value", (2, 32), None),
        ("config: {retry: {max_attempts: 1.5}}", "bad_value", (2, 32), None),
        ("config: {retry: {backoff: exponentail}}", "bad_value", (2, 27), "exponential"),
        ("config: {retry: {jitter: 2}}", "wrong_type", (2, 26), None),
        ("config: [a]", "wrong_type", (2, 9), None),
        ("tags: {a: b}", "wrong_type", (2, 7), None),
        ("env: [a]", "wrong_type", (2, 6), None),
        ("setup: {}", "wrong_type", (2, 8), None),
        ("setup: [text]", "wrong_type", (2, 9), None),
        ("description: [a]", "wrong_type", (2, 14), None),
        ('author: "a\\0b"', "bad_character", (2, 9), None),
    ],
)
def test_what_is_wrong_at_the_top(top: str, code: str, place: tuple[int, int], suggestion: str | None) -> None:
    problem = only_problem(flow_with(LOG, top=top))
    assert (problem.code, (problem.line, problem.column), problem.suggestion) == (code, place, suggestion)


@pytest.mark.parametrize(
    ("line", "code", "column", "suggestion"),
    [
        ("timout: 5s", "unknown_key", 3, "timeout"),
        ("timeout: [5]", "wrong_type", 12, None),
        ("timeout: 0", "bad_duration", 12, None),
        ("retry: 3", "wrong_type", 10, None),
        ("retry: {dely: 1s}", "unknown_key", 11, "delay"),
        ("retry: {delay: 1 second}", "bad_duration", 18, None),
        ("on_error: ignore", "bad_value", 13, None),
        ("on_error: contineu", "bad_value", 13, "continue"),
        ("on_error: {action: contineu}", "bad_value", 22, "continue"),
        ("on_error: {actoin: continue}", "unknown_key", 14, "action"),
        ("disabled: maybe", "wrong_type", 13, None),
        ("soft: 1", "wrong_type", 9, None),
        ("assert: 5", "wrong_type", 11, None),
        ("assert: [[a]]", "wrong_type", 12, None),
        ("assert: [{expresion: a}]", "unknown_key", 13, "expression"),
        ("assert: [{message: a}]", "missing_key", 12, None),
        ("output: [a]", "wrong_type", 11, None),
        ("output: {a: 1}", "wrong_type", 15, None),
        ("output: {a: {optional: true}}", "missing_key", 15, None),
        ("output: {a: {path: message, defualt: 1}}", "unknown_key", 31, "default"),
        ("run_condition: {a: b}", "wrong_type", 18, None),
        ("error_steps: {a: b}", "wrong_type", 16, None),
        ("id: 9a", "bad_id", 7, "step_9a"),
        ("id: a b", "bad_id", 7, "a_b"),
        ("id: äh", "bad_id", 7, "h"),
        (f"id: {'a' * 65}", "bad_id", 7, "a" * 60),
        ("name: {a: b}", "wrong_type", 9, None),
    ],
)
def test_what_is_wrong_in_a_step(line: str, code: str, column: int, suggestion: str | None) -> None:
    problems = check(flow_with(f"- action: log\n  config: {{message: x}}\n  {line}")).errors
    assert [(p.code, p.line, p.column, p.suggestion) for p in problems][:1] == [(code, 6, column, suggestion)]


def test_a_flow_without_name_or_steps_says_so() -> None:
    assert found("steps: [{action: log, config: {message: x}}]") == [("error", "missing_key")]
    assert found("name: x") == [("error", "missing_key")]
    assert found("name: x\nsteps: []") == [("error", "missing_key")]
    assert found("name: ''\nsteps: [{action: log, config: {message: x}}]") == [("error", "missing_key")]
    assert found(f"name: {'x' * 256}\nsteps: [{{action: log, config: {{message: x}}}}]") == [("error", "too_long")]
    assert good(f"name: {'x' * 255}\nsteps: [{{action: log, config: {{message: x}}}}]").name == "x" * 255
    assert found("- a") == [("error", "wrong_type")]
    assert found("just text") == [("error", "wrong_type")]
    assert found("flow: text") == [("error", "wrong_type")]
    assert found("name: x\nsteps: [{config: {}}]") == [("error", "missing_key")]


def test_what_stands_beside_the_wrapper_belongs_under_it() -> None:
    problem = only_problem("flow: {name: x, steps: [{action: log, config: {message: x}}]}\nenv: {A: 1}")
    assert "stands beside flow: and belongs under it" in problem.message


@pytest.mark.parametrize("key", ["graph", "collection", "data_source", "output"])
def test_keys_of_other_tools_are_kept_and_ignored_with_a_warning(key: str) -> None:
    text = flow_with(LOG, top=f"{key}: {{a: [1]}}")
    assert found(text) == [("warning", "ignored_key")]
    assert good(text).kept == {key: {"a": [1]}}


def test_tags_of_a_step_are_kept_and_ignored_with_a_warning() -> None:
    text = flow_with("- {action: log, config: {message: x}, tags: [a]}")
    assert found(text) == [("warning", "ignored_key")]
    assert good(text).steps[0].kept == {"tags": ["a"]}


def test_soft_alone_has_no_effect_and_draws_a_warning() -> None:
    assert found(flow_with("- {action: log, config: {message: x}, soft: true}")) == [("warning", "no_effect")]
    assert found(flow_with("- {action: log, config: {message: x}, soft: true, on_error: continue}")) == []


def test_ids_are_unique_over_the_whole_flow() -> None:
    text = """
name: x
setup: [{id: a, action: log, config: {message: x}}]
steps:
  - {id: b, action: log, config: {message: x}, error_steps: [{id: a, action: log, config: {message: x}}]}
teardown: [{id: b, action: log, config: {message: x}}]
"""
    assert [(p.code, p.line) for p in check(text).problems] == [("duplicate_id", 5), ("duplicate_id", 6)]


def test_both_spellings_of_a_condition_are_read_but_not_together() -> None:
    assert good(flow_with("- {action: log, config: {message: x}, when: 1 == 1}")).steps[0].run_condition == "1 == 1"
    assert good(flow_with("- {action: log, config: {message: x}, when: false}")).steps[0].run_condition == "false"
    both = flow_with("- {action: log, config: {message: x}, when: 1 == 1, run_condition: 1 == 1}")
    assert found(both) == [("error", "duplicate_key")]


def test_yes_and_no_are_text() -> None:
    assert good(flow_with("- {action: log, config: {message: no}}")).steps[0].config == {"message": "no"}


def test_actions_are_known_by_their_other_names_too() -> None:
    steps = """
    - {action: redis.get, config: {url: "redis://h", key: k}}
    - {action: postgresql.query, config: {connection: "sqlite://", query: SELECT 1}}
    - {action: transform, config: {a: 1}}
    """
    assert [step.action for step in good(flow_with(steps)).steps] == ["redis_get", "database_query", "set"]


def test_a_thousand_steps_are_allowed_and_no_more() -> None:
    steps = "\n".join([LOG] * MAX_STEPS)
    assert len(good(flow_with(steps)).steps) == MAX_STEPS
    assert only_problem(flow_with(f"{steps}\n{LOG}")).code == "too_many_steps"
    nested = f"{LOG[:-1]}, error_steps: [{{action: log, config: {{message: x}}}}]}}"
    assert only_problem(flow_with("\n".join([LOG] * (MAX_STEPS - 1) + [nested]))).code == "too_many_steps"


def nested_steps(levels: int) -> str:
    step = "{action: log, config: {message: x}}"
    for _ in range(levels):
        step = f"{{action: log, config: {{message: x}}, error_steps: [{step}]}}"
    return flow_with(f"- {step}")


def test_steps_may_be_nested_ten_deep() -> None:
    assert check(nested_steps(MAX_NESTING)).flow is not None
    assert only_problem(nested_steps(MAX_NESTING + 1)).code == "too_deep"
    assert {problem.code for problem in check(nested_steps(80)).problems} == {"too_deep"}


def test_two_megabytes_are_one_error() -> None:
    assert only_problem(flow_with("\n".join([LOG] * 60_000))).code == "too_large"


def test_a_thousand_problems_are_shown_and_the_others_counted() -> None:
    problems = check("".join(f"k{n}: v\n" for n in range(3000))).problems
    assert len(problems) == 1001
    assert problems[-1].message == "There are 2,002 more problems. Mend these first."


def test_a_large_flow_is_checked_in_seconds() -> None:
    from time import perf_counter

    steps = "\n".join(
        f"- {{id: s{n}, action: http_request, config: {{url: 'http://x/${{v{n - 1}}}', body: {{pad: {'p' * 700}}}}}, "
        f"assert: [status == 200, 'body.items[{n}].id == {n}'], output: {{v{n}: body.id}}}}"
        for n in range(1, 1000)
    )
    began = perf_counter()
    assert check(flow_with(f"- {{id: s0, action: set, config: {{v0: 1}}}}\n{steps}")).problems == ()
    assert perf_counter() - began < 20
