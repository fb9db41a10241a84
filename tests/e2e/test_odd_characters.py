"""What PostgreSQL's text cannot hold and UTF-8 cannot write comes from a target all the same: recorded, and shown."""

import pytest

from tests.e2e.front_door import Api, Lab, flow, http

pytestmark = pytest.mark.stack


@pytest.mark.parametrize("odd", ["\\u0000", "\\ud800"], ids=["NUL", "half a surrogate pair"])
def test_it_goes_all_the_way(api: Api, lab: Lab, odd: str) -> None:
    body = f"""'{{"a": "x{odd}y"}}'"""
    number = api.start(
        flow(
            "Odd",
            http("echo", "POST", f"{lab.url}/lab/echo", config=f"body: {body}", more="output: {odd: body.json.a}"),
            "{id: say, action: assert, config: {assertions: [{expression: odd == 'z', message: 'it is ${odd}'}]}}",
        )
    )
    record = api.wait(number)
    assert record.fates == {"steps/echo": "passed", "steps/say": "failed"}
    [attempt] = api.step(number, "steps/echo")["attempts"]
    assert attempt["response"]["body"]["json"]["a"] == f"x{odd}y".encode().decode("unicode_escape")
    assert record.steps["steps/say"]["failure"]["kind"] == "assertion"
    assert api.ok("GET", f"/executions/{number}/report")["execution"]["status"] == "failed"
