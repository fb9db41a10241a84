import pytest

from flows.language import jsontext
from flows.language.spec import FlowSpec, RetrySpec
from tests.flows.language.flow_texts import flow_with, good

EVERYTHING = """
flow:
  name: Everything
  description: All keys there are
  tags: [smoke, 1]
  suite: shop
  author: alice
  version: 1.0
  graph: {nodes: [1, 2]}
  env: {API: "${BASE:http://x}/v1", PRICE: 12345678901234567.89, LIST: [1, {a: null}]}
  env_file: ../.env.test
  config:
    timeout: 5m
    teardown_timeout: 90
    fail_fast: false
    retry: {max_attempts: 2, retry_on: [connection_error, "status >= 500"]}
  setup:
    - {id: prepare, action: log, config: {message: hello}}
  steps:
    - id: create
      name: Create ${API}
      description: d
      tags: [x]
      action: http_request
      config: {url: "${API}/a", json: {price: 1.10, none: null}}
      when: PRICE > 1
      assert:
        - status == 200
        - {expression: "body.id != null", message: "no id for ${PRICE}"}
      assert_any: [status == 200]
      assert_none: status == 500
      output:
        id: $.id
        maybe: {path: $.maybe, optional: true}
        other: {path: $.other, default: null}
      retry: {max_attempts: "${N:3}", delay: 250ms, max_delay: "${M:9s}", jitter: true, retry_on_not: timeout}
      timeout: ${T:10s}
      on_error: {action: continue}
      soft: true
      disabled: false
      repeatable: true
      error_steps:
        - {action: log, config: {message: "${error.message}"}}
  teardown:
    - {action: delay, config: {duration: 1s}}
"""


def test_every_key_is_understood() -> None:
    flow = good(EVERYTHING)
    assert (flow.name, flow.tags, flow.version, flow.kept) == (
        "Everything",
        ["smoke", "1"],
        "1.0",
        {"graph": {"nodes": [1, 2]}},
    )
    assert (flow.config.timeout, flow.config.teardown_timeout, flow.config.fail_fast) == (300.0, 90.0, False)
    assert flow.config.retry is not None
    assert flow.config.retry.retry_on == ["unreachable", "status >= 500"]
    step = flow.steps[0]
    assert (step.id, step.action, step.run_condition, step.on_error, step.soft) == (
        *("create", "http_request", "PRICE > 1", "continue", True),
    )
    assert [(a.expression, a.message, a.line) for a in step.assert_] == [
        ("status == 200", None, 28),
        ("body.id != null", "no id for ${PRICE}", 29),
    ]
    assert [a.expression for a in step.assert_none] == ["status == 500"]
    assert step.output["id"].path == "$.id"
    assert (step.output["maybe"].optional, step.output["maybe"].has_default) == (True, False)
    assert (step.output["other"].default, step.output["other"].has_default) == (None, True)
    assert step.retry is not None
    assert (step.retry.max_attempts, step.retry.delay, step.retry.retry_on_not) == ("${N:3}", 0.25, ["timeout"])
    assert step.timeout == "${T:10s}"
    assert step.kept == {"tags": ["x"]}
    assert step.error_steps[0].action == "log"


def test_a_flow_survives_being_stored() -> None:
    flow = good(EVERYTHING)
    stored = jsontext.dumps(flow.dump())
    assert FlowSpec.load(jsontext.loads(stored)) == flow


def test_defaults_are_those_of_the_language() -> None:
    flow = good(flow_with("- {action: log, config: {message: x}}"))
    assert (flow.config.timeout, flow.config.teardown_timeout, flow.config.fail_fast) == (600.0, 60.0, True)
    step = flow.steps[0]
    assert (step.on_error, step.soft, step.timeout, step.retry, step.disabled) == ("fail", False, None, None, False)
    retry = RetrySpec()
    assert (retry.max_attempts, retry.delay, retry.backoff, retry.max_delay, retry.retry_on) == (
        1,
        1.0,
        "exponential",
        30.0,
        None,
    )


@pytest.mark.parametrize(
    ("backoff", "delays"),
    [("exponential", [1, 2, 4, 8, 10, 10]), ("linear", [1, 2, 3, 4, 5, 6]), ("constant", [1, 1, 1, 1, 1, 1])],
)
def test_delays_grow_as_told_up_to_the_longest(backoff: str, delays: list[float]) -> None:
    retry = RetrySpec.model_validate({"max_attempts": 7, "delay": 1.0, "backoff": backoff, "max_delay": 10.0})
    assert [retry.delay_before(attempt, 0.5) for attempt in range(2, 8)] == delays


def test_jitter_only_shortens() -> None:
    assert RetrySpec(delay=4.0, jitter=True).delay_before(2, 0.5) == 3.0
    assert RetrySpec(delay=4.0, jitter=0.25).delay_before(2, 0.999) == pytest.approx(3.0, abs=0.01)
    assert RetrySpec(delay=4.0, jitter=True).delay_before(2, 0.0) == 4.0


def test_a_retry_with_templates_is_rendered_before_use() -> None:
    retry = RetrySpec(max_attempts="${N}", delay="${D}", max_delay="${M}")
    values = {"${N}": "4", "${D}": 2, "${M}": "1m"}
    rendered = retry.rendered(values.__getitem__)
    assert (rendered.max_attempts, rendered.delay, rendered.max_delay) == (4, 2.0, 60.0)
    with pytest.raises(ValueError, match="outside 1 to 10"):
        retry.rendered({**values, "${N}": 11}.__getitem__)


def test_steps_without_an_id_get_one_by_place() -> None:
    flow = good(
        """
        name: x
        setup: [{action: log, config: {message: a}}]
        steps:
          - {action: log, config: {message: a}}
          - {id: step_2, action: log, config: {message: a}}
          - action: log
            config: {message: a}
            error_steps: [{action: log, config: {message: a}}]
          - {action: log, config: {message: a}}
        """
    )
    assert [step.id for step in flow.steps] == ["step_1", "step_2", "step_3", "step_4"]
    assert [flow.setup[0].id, flow.steps[2].error_steps[0].id] == ["step_5", "step_6"]
