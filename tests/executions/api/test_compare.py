"""Two runs step by step over HTTP."""

from executions.models import Payload
from executions.status import Status
from tests.cast import Api, api_of, make_workspace
from tests.executions.api.conftest import finish, record, start
from workspaces.models import Role


def run(bob: Api, state: str, *, attempts: int = 1, status: Status = Status.PASSED, tail: bool = True) -> int:
    number = start(bob)
    record(number, "steps/one", response={"body": {"same": True}})
    held = {"expression": 'body.state == "paid"', "operator": "==", "passed": state == "paid", "actual": state}
    for attempt in range(1, attempts + 1):
        record(
            number,
            "steps/each[0]/pay",
            number=attempt,
            action="http_request",
            request={"method": "POST", "body": {"amount": 5}},
            response={"status": 201, "body": {"id": f"ord_{number}", "state": state}},
            assertions=[{**held, "expected": "paid"}],
            status="passed" if state == "paid" else "failed",
            failure_kind="" if state == "paid" else "assertion",
            timing={"connect": 1},
        )
    if tail:
        record(number, "steps/two")
    finish(number, status)
    return number


def test_steps_stand_side_by_side_and_what_differs_is_told(bob: Api) -> None:
    before = run(bob, "paid")
    now = run(bob, "pending", attempts=2, status=Status.FAILED, tail=False)
    body = bob.get(f"/executions/compare?right={now}").body
    assert (body["left"]["id"], body["right"]["id"], body["is_last_pass"]) == (before, now, True)
    rows = {one["path"]: one for one in body["steps"]}
    assert list(rows) == ["steps/one", "steps/each[0]/pay", "steps/two"]
    assert [one["is_different"] for one in rows.values()] == [False, True, True]
    pay = rows["steps/each[0]/pay"]
    assert (pay["kind"], pay["left"]["attempts"], pay["right"]["attempts"]) == ("status", 1, 2)
    assert [(one["where"], one["path"], one["left"], one["right"]) for one in pay["differences"]] == [
        ("assertion", 'body.state == "paid"', "paid", "pending"),
        ("response", "body.state", "paid", "pending"),
    ]
    assert pay["ignored"] == 1
    assert (rows["steps/two"]["kind"], rows["steps/two"]["right"]) == ("only_left", None)


def test_a_step_is_compared_in_full(bob: Api) -> None:
    before, now = run(bob, "paid"), run(bob, "pending")
    query = f"left={before}&right={now}&path=steps/each[0]/pay"
    step = bob.get(f"/executions/compare/step?{query}").body
    assert [one["path"] for one in step["response"]["differences"]] == ["body.state"]
    assert step["response"]["ignored"] == [{"path": "body.id", "reason": "id"}]
    assert step["request"]["differences"] == []
    [assertion] = step["assertions"]
    assert (assertion["left"]["passed"], assertion["right"]["passed"], assertion["is_different"]) == (True, False, True)
    assert (step["left"]["timing"], step["right"]["number"]) == ({"connect": 1}, 1)
    assert bob.get(f"/executions/compare/step?left={before}&right={now}&path=steps/nope").status == 404


def test_a_long_text_shows_where_it_parts(bob: Api) -> None:
    numbers = []
    for end in ("a", "b"):
        numbers.append(start(bob))
        record(numbers[-1], response={"body": "x" * 5000 + end})
        finish(numbers[-1], Status.PASSED)
    step = bob.get(f"/executions/compare/step?left={numbers[0]}&right={numbers[1]}&path=steps/one").body
    [difference] = step["response"]["differences"]
    assert difference["is_shortened"]
    assert (difference["left"][-1], difference["right"][-1]) == ("a", "b")
    assert len(difference["left"]) < 100


def test_bodies_too_large_for_the_list_are_compared_in_the_step(bob: Api) -> None:
    before, now = run(bob, "paid"), run(bob, "pending")
    Payload.objects.update(response_size=3 * 1024 * 1024)
    rows = {one["path"]: one for one in bob.get(f"/executions/compare?left={before}&right={now}").body["steps"]}
    assert rows["steps/each[0]/pay"]["not_compared"] == ["response"]
    step = bob.get(f"/executions/compare/step?left={before}&right={now}&path=steps/each[0]/pay").body
    assert step["response"]["differences"]


def test_without_a_pass_there_is_nothing_to_compare_with(bob: Api) -> None:
    body = bob.get(f"/executions/compare?right={run(bob, 'paid')}").body
    assert (body["left"], body["steps"], body["since"]) == (None, [], None)


def test_both_runs_must_be_of_the_workspace(bob: Api) -> None:
    mine = run(bob, "paid")
    mallory = api_of(make_workspace("other"), Role.EDITOR, "mallory")
    mallory.post("/flows", {"text": "flow: {name: Check out, steps: [{id: one, action: log, config: {message: x}}]}"})
    theirs = mallory.post("/executions", {"flow": "check-out"}).body["id"]
    for left, right in ((mine, theirs), (theirs, mine)):
        assert bob.get(f"/executions/compare?left={left}&right={right}").status == 404
        assert mallory.get(f"/executions/compare?left={left}&right={right}").status == 404
    assert bob.get("/executions/compare?right=0").status == 422
