"""Every variable a step could see: its value, who set it, who used it later, and who never came to."""

from typing import Any

from executions.models import Attempt
from executions.status import Status
from tests.cast import Api, api_of, make_workspace
from tests.executions.api.conftest import finish, record
from workspaces.models import Role

TEXT = """
flow:
  name: Trace
  env: {REGION: eu, TOKEN_URL: "${API_URL}/token", PASSWORD: hunter2-hunter2}
  steps:
    - {id: login, action: log, config: {message: "${API_URL} ${API_KEY}"}, output: {user: message}}
    - {id: order, action: log, config: {message: "${user} ${REGION}"}, output: {order_id: message}}
    - {id: mail, action: log, config: {message: "${user}"}}
    - {id: ship, action: log, config: {message: "${order_id} ${user}"}}
"""


def trace(bob: Api) -> int:
    """A run that stopped after `order`."""
    bob.post("/flows", {"text": TEXT})
    values = {"variables": {"API_URL": "http://a", "REGION": "us"}, "secrets": {"API_KEY": "s3cr3t-value"}}
    bob.put("/environments/trace", values)
    body = {"flow": "trace", "environment": "trace", "variables": {"LIMIT": 5}}
    number = int(bob.post("/executions", body).body["id"])
    read = [{"name": "API_URL", "source": "environment"}, {"name": "API_KEY", "source": "environment"}]
    user = {"name": "user", "path": "message", "value": "ann", "source": "login"}
    record(number, "steps/login", reads=read, captured=[user])
    record(
        number,
        "steps/order",
        status="failed",
        failure_kind="assertion",
        reads=[{"name": "user", "source": "captured:login"}, {"name": "REGION", "source": "environment"}],
        captured=[{"name": "order_id", "path": "message", "value": "ord_1", "source": "order"}],
    )
    finish(number, Status.FAILED)
    return number


def variables(bob: Api, number: int, path: str) -> tuple[dict[str, dict[str, Any]], list[dict[str, Any]]]:
    """What the step could see, by name, and what it set."""
    answer = bob.get(f"/executions/{number}/steps/{path}/variables")
    assert answer.status == 200, answer.body
    assert "s3cr3t" not in str(answer.body)
    assert "hunter2" not in str(answer.body)
    return {one["name"]: one for one in answer.body["visible"]}, answer.body["set_here"]


def test_each_has_its_value_and_who_set_it(bob: Api) -> None:
    found, _ = variables(bob, trace(bob), "steps/order")
    told = {name: (one["origin"], one["value"]) for name, one in found.items()}
    assert told == {
        "API_KEY": ("environment", "‹secret:API_KEY›"),
        "API_URL": ("environment", "http://a"),
        "LIMIT": ("override", 5),
        "PASSWORD": ("flow", "‹secret:password›"),
        "REGION": ("environment", "us"),  # over the flow's own
        "TOKEN_URL": ("flow", None),
        "user": ("step", "ann"),
    }
    assert (found["TOKEN_URL"]["is_known"], found["TOKEN_URL"]["expression"]) == (False, "${API_URL}/token")
    assert (found["user"]["set_by"], found["user"]["expression"]) == ("steps/login", "message")
    assert {name for name, one in found.items() if one["is_read"]} == {"user", "REGION"}


def test_who_used_it_and_who_never_came_to(bob: Api) -> None:
    number = trace(bob)
    _, [user] = variables(bob, number, "steps/login")
    assert (user["name"], user["used_by"]) == ("user", ["steps/order"])
    assert user["not_reached"] == ["steps/mail", "steps/ship"]
    _, [order] = variables(bob, number, "steps/order")
    assert (order["used_by"], order["not_reached"]) == ([], ["steps/ship"])


def test_what_is_captured_later_is_not_seen_yet(bob: Api) -> None:
    seen, _ = variables(bob, trace(bob), "steps/login")
    assert "user" not in seen


def test_of_what_is_too_large_the_names_are_told(bob: Api) -> None:
    number = trace(bob)
    large = [{"name": "user", "path": "message", "value": "x" * 2_000_000, "source": "login"}]
    Attempt.objects.filter(step_run__path="steps/login", step_run__execution=number).update(captured=large)
    seen, _ = variables(bob, number, "steps/order")
    user = seen["user"]
    assert (user["is_known"], user["set_by"]) == (False, "steps/login")


def test_another_workspaces_step_is_not_there(bob: Api) -> None:
    path = f"/executions/{trace(bob)}/steps/steps/login/variables"
    assert api_of(make_workspace("other"), Role.ADMIN).get(path).status == 404
    assert bob.get(path.replace("login", "mail")).status == 404
