"""What texts may refer to."""

import pytest

from flows.language.check import check
from flows.language.paths import capture
from flows.language.scope import Scope
from tests.flows.language.flow_texts import flow_with, found, good, marked, only_problem

HTTP = "action: http_request, config: {url: 'http://x'}"


def test_what_earlier_steps_gave_is_known() -> None:
    steps = f"""
    - {{id: login, {HTTP}, output: {{token: body.token}}}}
    - id: use
      action: http_request
      config: {{url: "http://x/${{token}}/${{login.body.id}}/${{API}}/${{UUID}}", headers: {{"X-${{STEP_ID}}": 1}}}}
      when: login.status == 200 and steps.login.status == 'passed'
      assert: [status == 200, body.id == login.body.id, "response.time < 100", "result.status == 200", 'token == "a"']
      retry: {{max_attempts: 3, retry_on: [timeout, status >= 500, any]}}
    """
    assert found(flow_with(steps, top="env: {API: x, BOTH: '${API}/v1'}")) == []


@pytest.mark.parametrize(
    "text",
    [
        "config: {message: '${later.status}'}",
        "config: {message: x}\n  when: later.status == 200",
        "config: {message: x}\n  assert: [later.status == 200]",
        "config: {message: x}\n  output: {a: later.status}",
        "config: {message: x}\n  when: steps.later.status == 'passed'",
        "config: {message: x}\n  timeout: ${later.seconds}",
    ],
)
def test_a_later_step_cannot_be_read(text: str) -> None:
    problem = only_problem(flow_with(f"- id: first\n  action: log\n  {text}\n- {{id: later, {HTTP}}}"))
    assert (problem.severity, problem.code) == ("error", "later_step")
    assert problem.message.startswith("later is a later step")


def test_a_name_the_environment_gives_may_be_that_of_a_later_step() -> None:
    text = flow_with(f"- {{action: log, config: {{message: '${{later}}'}}}}\n- {{id: later, {HTTP}}}")
    assert check(text, known_names={"later"}).problems == ()


def test_a_step_reads_itself_only_after_its_action() -> None:
    text = flow_with(f"- {{id: me, {HTTP[:-1]}, params: {{a: '${{me.status}}'}}}}}}")
    assert only_problem(text).code == "own_step"
    assert found(flow_with(f"- {{id: me, {HTTP}, assert: [me.status == 200], output: {{a: me.body.token}}}}")) == []
    scope = Scope().for_step(step_id="me", path="steps/me").with_result({"status": 200, "body": {"token": "t"}})
    assert capture("me.body.token", scope) == "t"


def test_an_unknown_name_is_a_warning_with_the_nearest_one() -> None:
    text, place = marked(flow_with("- {action: log, config: {message: 'a ${»API_ULR}'}}", top="env: {API_URL: x}"))
    problem = only_problem(text)
    assert (problem.severity, problem.code, problem.suggestion) == ("warning", "unknown_name", "API_URL")
    assert (problem.line, problem.column) == place
    assert check(text).flow is not None
    assert check(text, known_names=["API_ULR"]).problems == ()


def test_a_default_makes_a_name_optional() -> None:
    assert found(flow_with("- {action: log, config: {message: '${NOPE:x} ${NOPE:${UUID}}'}}")) == []


def test_a_variable_captured_later_is_told_apart() -> None:
    text = flow_with(
        f"- {{action: log, config: {{message: '${{token}}'}}}}\n- {{id: login, {HTTP}, output: {{token: body}}}}"
    )
    problem = only_problem(text)
    assert (problem.severity, "captured later, by login" in problem.message) == ("warning", True)


def test_error_is_there_in_error_steps_only() -> None:
    inside = f"- {{{HTTP}, error_steps: [{{action: log, config: {{message: '${{error.message}}'}}}}]}}"
    assert found(flow_with(inside)) == []
    assert found(flow_with("- {action: log, config: {message: '${error.message}'}}")) == [("warning", "unknown_name")]


def test_the_status_of_the_flow_is_there_in_teardown_only() -> None:
    log = "[{action: log, config: {message: '${FLOW_STATUS}'}}]"
    assert found(f"name: x\nsteps: [{{{HTTP}}}]\nteardown: {log}") == []
    assert found(f"name: x\nsteps: {log}") == [("warning", "unknown_name")]


def test_env_is_worked_out_before_any_step() -> None:
    text = flow_with(f"- {{id: login, {HTTP}}}", top="env: {A: '${login.body}', B: '${A}', C: '${NOPE}'}")
    assert found(text) == [("error", "later_step"), ("warning", "unknown_name")]


def test_what_set_names_is_known_from_then_on() -> None:
    steps = """
    - {id: names, action: set, config: {a: 1, b: "${UUID}"}}
    - {action: transform, config: {input: "${names}", transforms: {c: $.a, d: x}}}
    - {action: assert, config: {assertions: [a == 1, b != null, c == 1, d == 'x']}}
    """
    assert found(flow_with(steps)) == []


def test_assertions_of_the_assert_action_see_its_data() -> None:
    given = "- {action: assert, config: {data: {n: 1}, assertions: [n == 1, m == 1]}}"
    assert found(flow_with(given)) == [("warning", "unknown_name")]
    assert found(flow_with("- {action: assert, config: {data: '${UUID}', assertions: [whatever == 1]}}")) == []


def test_a_kind_of_failure_nobody_knows_draws_a_warning() -> None:
    text = flow_with(f"- {{{HTTP}, retry: {{max_attempts: 2, retry_on: [timeot, http_503]}}}}", top="")
    assert [(p.severity, p.suggestion) for p in check(text).problems] == [("warning", "timeout"), ("warning", None)]
    known = flow_with(
        f"- {{{HTTP}, retry: {{retry_on: [connection_error, assertion, worker_lost], retry_on_not: any}}}}"
    )
    assert found(known) == []


@pytest.mark.parametrize(
    ("step", "code"),
    [
        ("config: {message: 'abc ${1 +»}'}", "bad_template"),
        ("config: {message: 'abc »${x'}", "bad_template"),
        ("config: {message: x, data: {»'${': 1}}", "bad_template"),
        ("config: {message: x}\n  when: a ==»", "bad_expression"),
        ("config: {message: x}\n  assert: [message »= 1]", "bad_expression"),
        ("config: {message: x}\n  assert: [{expression: »'(1', message: m}]", "bad_expression"),
        ("config: {message: x}\n  assert: [{expression: 1 == 1, message: 'a »${'}]", "bad_template"),
        ("config: {message: x}\n  assert:\n    - |\n      message ==\n        »== 1", "bad_expression"),
        ("config: {message: x}\n  output: {a: '$.a»['}", "bad_path"),
        ("config: {message: x}\n  output: {a: {path: 'a.»'}}", "bad_path"),
        ("config: {message: x}\n  retry: {retry_on: ['1 +»']}", "bad_expression"),
        ("config: {message: x}\n  timeout: ' »${'", "bad_template"),
        ("config: {message: x}\n  name: ' »${'", "bad_template"),
    ],
)
def test_a_text_that_cannot_be_read_is_an_error_at_its_place(step: str, code: str) -> None:
    text, place = marked(flow_with(f"- id: a\n  action: log\n  {step}"))
    errors = check(text).errors
    assert [(problem.code, (problem.line, problem.column)) for problem in errors] == [(code, place)]


def test_a_path_may_be_jmespath() -> None:
    assert found(flow_with(f"- {{{HTTP}, output: {{a: 'body.items[?price > `3`].sku | [0]'}}}}")) == []


def test_nested_objects_called_like_expressions_are_templates() -> None:
    text = flow_with("- {action: http_request, config: {url: 'http://x', json: {filter: '${NOPE}', match: 'a ='}}}")
    assert found(text) == [("warning", "unknown_name")]


def test_a_testmesh_flow_is_understood() -> None:
    flow = good(
        """
        name: "Checkout"
        suite: "shop"
        tags: [critical, e2e]
        collection: "Shop flows"
        config: {retry: {enabled: true, max_attempts: 3, delay: "1s", backoff: "exponential"}}
        steps:
          - id: login
            action: http_request
            config: {method: POST, url: "${USERS}/api/login", body: {email: "bob@example.com"}}
            assert: ["status == 200", "body.token != nil", "len(body.roles) > 0"]
            output: {token: "login.body.token", user_id: "$.id"}
          - id: check_row
            action: postgresql.query
            config: {connection: "${DB}", query: "SELECT 1 WHERE id = $1", params: ["{{user_id}}"]}
            assert: [row_count == 1, 'rows[0].name == "Bob"']
            on_error: {action: continue}
          - id: shape
            action: transform
            config: {input: "${login}", transforms: {id: $.body.id, verified: true}}
          - id: see
            action: assert
            config: {data: "${shape}", assertions: [id == 1, verified == true]}
        """
    )
    assert flow.config.retry is not None
    assert flow.config.retry.max_attempts == 3
    assert flow.steps[1].on_error == "continue"
