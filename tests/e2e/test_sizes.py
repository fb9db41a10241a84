"""Large flows and large bodies work, and a message on the broker stays small whatever the flow."""

import base64
import json
import os
from collections.abc import Iterator

import pytest
import redis

from executions.operations.start import start_execution
from executions.status import Trigger
from flows.operations.save_flow import save_flow
from tests.cast import make_workspace
from tests.conftest import Embedded
from tests.e2e.front_door import Api, Lab, flow, http

MB = 1024 * 1024


@pytest.mark.stack
def test_a_flow_of_a_thousand_steps_passes(api: Api) -> None:
    steps = [
        f"{{id: s{n}, action: set, config: {{n: '${{N{n - 1} + 1}}'}}, output: {{N{n}: n}}}}" for n in range(1, 1000)
    ]
    number = api.start(flow("A thousand", "{id: s0, action: set, config: {n: 0}, output: {N0: n}}", *steps))
    record = api.wait(number, seconds=60)
    assert (record.status, len(record.steps)) == ("passed", 1000)
    [last] = api.step(number, "steps/s999")["attempts"]
    assert {k: last["captured"][-1][k] for k in ("name", "value")} == {"name": "N999", "value": 999}


@pytest.mark.stack
def test_a_body_of_ten_megabytes_is_recorded_in_full(api: Api, lab: Lab) -> None:
    assertion = 'assert: ["len(body.filler) > 10000000", "len(echo ?? body.filler) == len(body.filler)"]'
    number = api.start(
        flow(
            "Ten megabytes",
            http("get", "GET", f"{lab.url}/lab/large?mb=10", more=f"{assertion}, output: {{filler: body.filler}}"),
            http("text", "GET", f"{lab.url}/lab/large?mb=10&type=text", more="assert: ['body.length == 10485760']"),
            http("send", "POST", f"{lab.url}/lab/echo", config="json: {note: '${filler}'}",
                 more="assert: ['len(body.json.note) == len(filler)']"),
        )
    )  # fmt: skip
    record = api.wait(number, seconds=60)
    assert record.status == "passed", record
    for path, attempt in (
        (path, api.step(number, f"{path}?whole=true")["attempts"][0]) for path in ("steps/get", "steps/text")
    ):
        assert not attempt["is_cut"], path
        body = attempt["response"]["body"]
        assert len(body["filler"] if isinstance(body, dict) else body) > 10_000_000


@pytest.mark.stack
def test_more_than_the_most_is_marked_as_cut_and_says_how_much_it_was(api: Api, lab: Lab) -> None:
    number = api.start(flow("Eleven megabytes", http("get", "GET", f"{lab.url}/lab/large?mb=12&type=text")))
    api.wait(number, seconds=60)
    [attempt] = api.step(number, "steps/get")["attempts"]
    assert attempt["is_cut"]
    assert attempt["response"]["size"] == 12 * MB


@pytest.fixture
def broker(transactional_db: None, embedded: Embedded) -> Iterator[redis.Redis]:
    """This session's own, where nobody takes messages."""
    client = redis.Redis.from_url(os.environ["STEPWELL_REDIS_URL"])
    client.flushdb()
    yield client
    client.flushdb()
    client.close()


def test_a_message_stays_under_a_kilobyte_whatever_the_flow(broker: redis.Redis) -> None:
    huge = "x" * 200_000
    text = flow("n" * 200, f"{{id: {'i' * 64}, action: log, config: {{message: '{huge}'}}}}", env=f"{{A: '{huge}'}}")
    execution = start_execution(
        flow_version=save_flow(workspace=make_workspace(), text=text, by=None).version,
        environment=None,
        variables={"b": huge},
        labels={"commit": "c" * 200},
        trigger=Trigger.API,
        actor="alice" * 20,
    )
    [message] = broker.lrange("steps", 0, -1)
    assert len(message) < 1000
    envelope = json.loads(message)
    assert envelope["headers"]["task"] == "stepwell.run_step"
    args, *_ = json.loads(base64.b64decode(envelope["body"]))
    assert args == [execution.step_runs.get().pk, 1]
