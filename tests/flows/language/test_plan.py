import pytest

from flows.language.plan import Plan
from flows.language.spec import FlowSpec
from tests.flows.language.flow_texts import good

TEXT = """
name: x
env: {API: http://x}
setup:
  - {id: prepare, action: log, config: {message: "${API}"}}
steps:
  - id: create
    action: http_request
    config: {url: "${API}/a"}
    output: {order: body.id}
  - id: pay
    action: http_request
    config: {url: "${API}/${order}", headers: {"X-${trace}": 1}}
    when: create.status == 201
    assert: [{expression: total > 0, message: "${currency}"}]
    retry: {max_attempts: 2, delay: "${pause}", retry_on: [body.code == code]}
    error_steps:
      - {id: notify, action: log, config: {message: "${error.message}"}}
      - {id: undo, action: log, config: {message: "${undo_name}"}}
  - {id: see, action: log, config: {message: "${receipt}"}}
teardown:
  - {id: clean, action: log, config: {message: "${order} ${steps.pay.status}"}}
"""


@pytest.fixture(scope="module")
def plan() -> Plan:
    return Plan(good(TEXT))


def test_every_step_has_an_address_and_a_position_in_the_text(plan: Plan) -> None:
    assert [(step.path, step.position) for step in plan.all] == [
        ("setup/prepare", 0),
        ("steps/create", 1),
        ("steps/pay", 2),
        ("steps/pay/error_steps/notify", 3),
        ("steps/pay/error_steps/undo", 4),
        ("steps/see", 5),
        ("teardown/clean", 6),
    ]
    assert plan.steps_total == 5
    notify = plan.at("steps/pay/error_steps/notify")
    assert (notify.section, notify.parent, notify.index_in_sequence) == ("steps", "steps/pay", 0)
    assert (notify.sequence, notify.key, notify.spec.name) == ("steps/pay/error_steps", notify.path, "log")


def test_addresses_with_turns_lead_to_the_same_step(plan: Plan) -> None:
    assert plan.at("steps/pay[2]/error_steps/notify[0]") is plan.at("steps/pay/error_steps/notify")
    with pytest.raises(KeyError):
        plan.at("steps/nobody")


def test_what_follows_stays_in_its_list(plan: Plan) -> None:
    def after(path: str) -> str | None:
        following = plan.next_sibling(path)
        return following.path if following else None

    assert after("setup/prepare") is None
    assert after("steps/create") == "steps/pay"
    assert after("steps/pay") == "steps/see"
    assert after("steps/see") is None
    assert after("steps/pay/error_steps/notify") == "steps/pay/error_steps/undo"
    assert after("steps/pay/error_steps/undo") is None
    assert [step.path for step in plan.section("teardown")] == ["teardown/clean"]
    assert [step.step.id for step in plan.children("steps/pay", "error_steps")] == ["notify", "undo"]
    assert plan.children("steps/see", "error_steps") == ()


def test_a_step_reads_what_any_of_its_texts_names(plan: Plan) -> None:
    assert plan.at("steps/pay").reads == {
        *("API", "order", "trace", "create", "total", "currency", "pause", "body", "code"),
    }


def test_what_may_still_be_read_shrinks_as_the_flow_goes_on(plan: Plan) -> None:
    assert {"API", "order", "create", "undo_name", "receipt", "steps"} <= plan.reads_after("setup/prepare")
    after_pay = plan.reads_after("steps/pay")
    assert {"API", "create", "order", "error", "undo_name", "receipt", "steps"} <= after_pay
    assert plan.reads_after("steps/pay/error_steps/undo") == {"undo_name", "receipt", "order", "steps"}
    assert plan.reads_after("steps/see") == {"receipt", "order", "steps"}
    assert plan.reads_after("teardown/clean") == {"order", "steps"}
    assert plan.reads_fates


def test_the_flow_s_own_retry_is_read_by_every_step_that_has_none() -> None:
    text = """
    name: x
    config: {retry: {retry_on: [wanted == 1]}}
    steps:
      - {id: a, action: log, config: {message: x}}
      - {id: b, action: log, config: {message: x}, retry: {max_attempts: 1}}
    """
    plan = Plan(good(text))
    assert (plan.at("steps/a").reads, plan.at("steps/b").reads) == (frozenset({"wanted"}), frozenset())
    assert not plan.reads_fates


def test_inside_a_loop_everything_of_the_loop_may_run_again() -> None:
    # Control flow comes later; the shape is planned for now: a step whose action holds steps.
    def log(step_id: str, message: str) -> dict[str, object]:
        return {"id": step_id, "action": "log", "config": {"message": message}}

    loop = {**log("each", "${items}"), "children": {"steps": [log("one", "${first}"), log("two", "${second}")]}}
    branch = {**log("choose", "x"), "children": {"then": [log("yes", "${third}")]}}
    flow = FlowSpec.load({"name": "x", "steps": [log("before", "${early}"), loop, branch]})
    plan = Plan(flow)
    assert [step.path for step in plan.all] == [
        *("steps/before", "steps/each", "steps/each/one", "steps/each/two", "steps/choose", "steps/choose/then/yes"),
    ]
    assert plan.at("steps/each[7]/two").parent == "steps/each"
    assert plan.reads_after("steps/each[7]/two") == {"items", "first", "second", "third"}
    assert [step.step.id for step in plan.children("steps/each", "steps")] == ["one", "two"]
    assert [step.step.id for step in plan.children("steps/choose", "then")] == ["yes"]
    following = plan.next_sibling("steps/each[7]/one")
    assert following is not None
    assert following.path == "steps/each/two"
