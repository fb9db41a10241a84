"""The example flows through the whole product: those that shall pass do, those that shall fail say so in the record."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
import pytest

from tests.e2e.front_door import Api, Record
from tests.running_stack import Stack

pytestmark = pytest.mark.stack
FLOWS = Path(__file__).parents[2] / "examples" / "flows"
PASSING = sorted(FLOWS.glob("*.yaml"))
FAILING = sorted((FLOWS / "failing").glob("*.yaml"))


@dataclass(frozen=True)
class Started:
    api: Api
    numbers: dict[Path, int]

    def ended(self, path: Path) -> tuple[int, Record]:
        number = self.numbers[path]
        return number, self.api.wait(number)

    def failing(self, name: str) -> tuple[Record, dict[str, Any], dict[str, Any]]:
        """Its record, its failed step, and the last attempt of that."""
        number, record = self.ended(FLOWS / "failing" / f"{name}.yaml")
        failed = self.api.step(number, record.execution["failed_step"])
        return record, failed, failed["attempts"][-1]


@pytest.fixture(scope="module")
def started(stack: Stack) -> Iterator[Started]:
    """All of them at once: most of their time is spent waiting for the shop to misbehave."""
    api = Api(stack)
    yield Started(api, {path: api.start(path.read_text(), environment="demo") for path in (*PASSING, *FAILING)})
    api.close()


@pytest.mark.parametrize("path", PASSING, ids=lambda path: path.stem)
def test_it_passes(started: Started, path: Path) -> None:
    _, record = started.ended(path)
    assert record.status == "passed", record


def test_turns_beside_each_other_never_wait_for_each_other_in_a_circle(started: Started, stack: Stack) -> None:
    """PostgreSQL would break one up after a second, and the result would be written again: nobody would see it fail."""
    assert started.ended(FLOWS / "orders-at-once.yaml")[1].status == "passed"
    with psycopg.connect(stack.database_url) as database:
        found = database.execute("SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()")
        assert found.fetchone() == (0,)


@pytest.mark.parametrize("path", FAILING, ids=lambda path: path.stem)
def test_it_fails_as_its_first_line_says(started: Started, path: Path) -> None:
    _, record = started.ended(path)
    first_line = path.read_text().splitlines()[0]
    if "timed_out" in first_line:
        assert record.status == "timed_out"
        return
    kind, code = re.match(r"# Fails with kind `(\w+)`(?:, code `(\w+)`)?", first_line).groups()  # type: ignore[union-attr]  # held by tests/examples
    failure = record.execution["failure"]
    assert (record.status, failure["kind"]) == ("failed", kind), record
    assert code is None or failure["code"] == code
    assert failure["message"]


EVERY_ACTION = """
flow:
  name: Every action
  env: {SHOP_URL: x, SHOP_DATABASE_URL: x, SHOP_REDIS_URL: x, KEY: "every-${random.string(8)}"}
  steps:
    - {id: http, action: http_request, config: {url: "${SHOP_URL}/lab/echo?a=1"},
       assert: [status == 200], output: {http_value: body.query.a}}
    - {id: sql, action: database_query, config: {connection: "${SHOP_DATABASE_URL}", query: "SELECT 41 + 1 AS n"},
       assert: [row_count == 1], output: {sql_value: "rows[0].n"}}
    - {id: put, action: redis_set, config: {url: "${SHOP_REDIS_URL}", key: "${KEY}", value: "v", ttl: 1m},
       assert: [ok == true], output: {put_value: ok}}
    - {id: get, action: redis_get, config: {url: "${SHOP_REDIS_URL}", key: "${KEY}"},
       assert: ["value == 'v'"], output: {get_value: value}}
    - {id: there, action: redis_exists, config: {url: "${SHOP_REDIS_URL}", key: "${KEY}"},
       assert: [exists == true], output: {there_value: exists}}
    - {id: away, action: redis_del, config: {url: "${SHOP_REDIS_URL}", key: "${KEY}"},
       assert: [deleted == 1], output: {away_value: deleted}}
    - {id: wait, action: delay, config: {duration: 10ms}, assert: [duration == 0.01], output: {wait_value: duration}}
    - {id: say, action: log, config: {message: "it is ${sql_value}"},
       assert: ["message == 'it is 42'"], output: {say_value: message}}
    - {id: keep, action: set, config: {kept: "${get_value}"}, assert: ["kept == 'v'"], output: {keep_value: kept}}
    - {id: check, action: assert, config: {assertions: [http_value == "1", away_value == 1]}}
"""


def test_every_action_passes_with_assertions_and_outputs(api: Api) -> None:
    number = api.start(EVERY_ACTION, environment="demo")
    record = api.wait(number)
    assert record.status == "passed", record
    for path, step in record.steps.items():
        [attempt] = api.step(number, path)["attempts"]
        assert attempt["assertions"]
        assert all(assertion["passed"] for assertion in attempt["assertions"])
        names = {captured["name"] for captured in attempt["captured"] or ()}
        assert step["action"] == "assert" or f"{step['id']}_value" in names


def test_a_failed_assertion_is_explained(started: Started) -> None:
    _, _, attempt = started.failing("failed-assertion")
    failed = [record for record in attempt["assertions"] if not record["passed"]]
    assert failed
    assert any(record["passed"] for record in attempt["assertions"])
    for record in failed:
        assert {"expression", "actual", "expected", "message", "parts"} <= {*record}
    assert attempt["response"]["status"] == 200


def test_half_a_response_is_in_the_record(started: Started) -> None:
    _, _, attempt = started.failing("half-a-response")
    assert attempt["is_partial"]
    assert attempt["response"]["status"] == 200
    assert "shipped" in str(attempt["response"]["body"])


def test_a_dripping_response_is_in_the_record_as_far_as_it_came(started: Started) -> None:
    _, _, attempt = started.failing("drip")
    assert attempt["is_partial"]
    assert str(attempt["response"]["body"]).startswith(".")


def test_a_refused_target_was_tried_as_often_as_said(started: Started) -> None:
    _, step, _ = started.failing("refused")
    assert [attempt["failure"]["code"] for attempt in step["attempts"]] == ["refused"] * 3


def test_what_was_sent_before_the_reset_is_in_the_record(started: Started) -> None:
    _, _, attempt = started.failing("reset")
    assert attempt["request"]["url"].endswith("/lab/reset")


def test_the_databases_own_words_are_in_the_record(started: Started) -> None:
    _, _, attempt = started.failing("bad-sql")
    assert "column" in attempt["failure"]["message"]
    assert attempt["request"]["query"]


def test_nothing_was_sent_for_a_missing_variable(started: Started) -> None:
    _, _, attempt = started.failing("missing-variable")
    assert attempt["response"] is None
    assert "CUSTOMER_ID" in attempt["failure"]["message"]


def test_both_types_are_named_where_only_they_differ(started: Started) -> None:
    _, _, attempt = started.failing("wrong-type")
    assert "number" in attempt["failure"]["message"]
    assert "string" in attempt["failure"]["message"] or "text" in attempt["failure"]["message"]


def test_the_deadline_of_a_flow_leaves_its_teardown_time(started: Started) -> None:
    number = started.numbers[FLOWS / "failing" / "flow-deadline.yaml"]
    record = started.api.wait(number)
    assert "cancelled" in record.fates.values()
    assert [fate for path, fate in record.fates.items() if path.startswith("teardown/")] == ["passed"]
