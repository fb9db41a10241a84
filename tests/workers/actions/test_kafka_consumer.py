"""kafka_consumer against real brokers: what it takes, what it leaves, and what it says of what did not match."""

from datetime import UTC, datetime, timedelta
from time import monotonic, time
from typing import Any

import pytest
from pydantic import ValidationError

from flows.language.actions.kafka_consumer import KafkaConsumerConfig
from flows.language.check import check
from flows.language.plan import Plan
from flows.language.scope import Scope
from tests.workers.actions.conftest import Run
from tests.workers.actions.kafka_flow import Late, failure, flow_with, fresh_topic, values, write
from workers.actions import ACTIONS
from workers.attempt import Outcome, make_attempt

# Young enough to stay: what is older than a week a broker may remove at any moment.
AN_HOUR_AGO = datetime.now(UTC).replace(microsecond=0) - timedelta(hours=1)


def run_since(began: datetime, seconds: float = 5, **context: Any) -> Run:
    run = Run(seconds, **context)
    run.context.execution_started_at = began
    return run


def in_ms(moment: datetime) -> int:
    return int(moment.timestamp() * 1000)


def ago(seconds: float) -> int:
    return int((time() - seconds) * 1000)


def test_everything_in_a_message(kafka_brokers: str) -> None:
    topic = fresh_topic(kafka_brokers, 2)
    headers = [("source", b"test"), ("many", b"a"), ("many", b"b"), ("none", None), ("raw", b"\xff")]
    written = in_ms(AN_HOUR_AGO) + 123
    write(kafka_brokers, topic, '{"a": 1.10}', key="k", partition=1, headers=headers, timestamp=written)
    found = Late()("kafka_consume", brokers=kafka_brokers, topic=topic, from_beginning=True)
    assert found["messages"] == [
        {
            "topic": topic,
            "partition": 1,
            "offset": 0,
            "key": "k",
            "value": found["messages"][0]["json"],
            "text": '{"a": 1.10}',
            "json": found["messages"][0]["json"],
            "headers": {"source": "test", "many": ["a", "b"], "none": None, "raw": {"base64": "/w=="}},
            "timestamp": AN_HOUR_AGO.strftime("%Y-%m-%dT%H:%M:%S.123Z"),
            "timestamp_ms": written,
        }
    ]
    assert str(found["messages"][0]["json"]["a"]) == "1.10"
    assert (found["count"], found["scanned"], found["near_misses"]) == (1, 1, [])


def test_text_binary_and_tombstones(kafka_brokers: str) -> None:
    topic = fresh_topic(kafka_brokers)
    for value in ("plain", b"\xff\x00", None, ""):
        write(kafka_brokers, topic, value, key=b"\xfe")  # type: ignore[arg-type]  # a tombstone is no text
    found = Late()("kafka_consumer", brokers=kafka_brokers, topic=topic, count=4)
    assert values(found) == ["plain", {"base64": "/wA="}, None, ""]
    assert [message["text"] for message in found["messages"]] == ["plain", None, None, ""]
    assert found["messages"][0]["key"] == {"base64": "/g=="}


def test_what_came_before_the_step_is_taken_and_what_came_before_the_run_is_not(kafka_brokers: str) -> None:
    topic = fresh_topic(kafka_brokers, 3)
    for partition in range(3):
        write(kafka_brokers, topic, "old", partition=partition, timestamp=ago(60))
    began = datetime.now(UTC) - timedelta(seconds=30)
    write(kafka_brokers, topic, "early", partition=1, timestamp=ago(20))
    write(kafka_brokers, topic, "late", partition=2)
    found = run_since(began)("kafka_consumer", brokers=kafka_brokers, topic=topic, count=2)
    assert sorted(values(found)) == ["early", "late"]
    none = failure("kafka_consumer", run=run_since(datetime.now(UTC), 1), brokers=kafka_brokers, topic=topic)
    assert (none.kind, none.code) == ("timeout", "too_few_messages")
    assert "none has arrived since the execution began" in none.message


def test_where_to_begin(kafka_brokers: str) -> None:
    topic = fresh_topic(kafka_brokers)
    for number in range(5):
        write(kafka_brokers, topic, str(number), timestamp=in_ms(AN_HOUR_AGO) + number * 1000)

    def first(begin: Any) -> Any:
        return values(Late(30)("kafka_consumer", brokers=kafka_brokers, topic=topic, **{"from": begin}))

    assert first("beginning") == [0]
    assert first(3) == [3]
    assert first("3") == [3]
    assert first((AN_HOUR_AGO + timedelta(seconds=2)).strftime("%Y-%m-%dT%H:%M:%SZ")) == [2]
    error = failure("kafka_consumer", seconds=0.5, brokers=kafka_brokers, topic=topic, from_="end")
    assert error.partial is not None
    assert error.partial.pop("duration_ms") >= 400
    assert error.partial == {"messages": [], "count": 0, "scanned": 0, "near_misses": []}


def test_an_offset_that_is_yet_to_come_is_waited_for(kafka_brokers: str) -> None:
    topic = fresh_topic(kafka_brokers)
    write(kafka_brokers, topic, "0", "1")
    run = Late(30)
    run.context.language = Arrives(lambda: write(kafka_brokers, topic, "2", "3", "4"))
    found = run("kafka_consumer", brokers=kafka_brokers, topic=topic, match={"key": None}, **{"from": 3})
    assert values(found) == [3]


class Arrives:
    """A flow in which something happens between the rendering of the match and the reading."""

    def __init__(self, event: Any) -> None:
        self._event = event

    def render(self, value: Any, *, place: str) -> Any:
        if place == "match.headers":
            self._event()
        return value

    def __getattr__(self, name: str) -> Any:
        return getattr(flow_with(), name)


def test_only_one_partition(kafka_brokers: str) -> None:
    topic = fresh_topic(kafka_brokers, 2)
    write(kafka_brokers, topic, "0", partition=0)
    write(kafka_brokers, topic, "1", partition=1)
    assert values(Late()("kafka_consumer", brokers=kafka_brokers, topic=topic, partition=1)) == [1]
    assert failure("kafka_consumer", brokers=kafka_brokers, topic=topic, partition=2).code == "unknown_partition"


def test_a_topic_that_is_made_while_it_waits(kafka_brokers: str) -> None:
    name = f"later-{monotonic()}"
    run = Late(30)

    def make(value: Any = None) -> None:
        from tests.kafka import make_topic

        make_topic(kafka_brokers, name)
        write(kafka_brokers, name, "first")

    run.context.language = Arrives(make)
    assert values(run("kafka_consumer", brokers=kafka_brokers, topic=name, match={"headers": {}})) == ["first"]


def test_an_unknown_topic(kafka_brokers: str) -> None:
    error = failure("kafka_consumer", seconds=1, brokers=kafka_brokers, topic="nowhere-to-be-seen")
    assert (error.kind, error.code) == ("action", "unknown_topic")
    assert "no topic nowhere-to-be-seen" in error.message


# --- match and filter ---


@pytest.fixture
def orders(kafka_brokers: str) -> dict[str, Any]:
    topic = fresh_topic(kafka_brokers)
    for number in range(1, 4):
        body = f'{{"id": {number}, "state": "{"paid" if number == 2 else "open"}", "items": [{{"price": {number}}}]}}'
        write(kafka_brokers, topic, body, key=f"order-{number}", headers=[("tenant", b"t%d" % number)])
    write(kafka_brokers, topic, "not json at all")
    return {"brokers": kafka_brokers, "topic": topic}


@pytest.mark.parametrize(
    "condition",
    [
        {"match": {"key": "order-${number}"}},
        {"match": {"key": "${name}"}},
        {"match": {"headers": {"tenant": "t${number}"}}},
        {"match": {"json_path": "$.id == ${number}"}},
        {"match": {"json_path": "$.state == 'paid'"}},
        {"match": {"json_path": "$.items[?@.price == 2]"}},
        {"match": {"expression": "value.id == number"}},
        {"match": {"key": "order-2", "json_path": "$[?@ == 'paid']", "expression": "offset == 1"}},
        {"match": 'value.state == "paid"'},
        {"filter": ["key startsWith 'order'", "json.id == 2"]},
        {"filter": "text contains 'paid'", "match": {"json_path": "$.id"}},
    ],
    ids=str,
)
def test_only_what_is_meant_is_taken(orders: dict[str, Any], condition: dict[str, Any]) -> None:
    found = Late(30, language=flow_with(number=2, name="order-2"))("kafka_consumer", **orders, **condition)
    assert [message["key"] for message in found["messages"]] == ["order-2"]
    assert (found["count"], found["scanned"]) == (1, 2)
    assert [miss["key"] for miss in found["near_misses"]] == ["order-1"]


def test_a_near_miss_says_which_condition_failed_and_by_what(orders: dict[str, Any]) -> None:
    error = failure(
        "kafka_consumer",
        run=Late(1.5, language=flow_with()),
        **orders,
        match={"headers": {"tenant": "t2"}, "json_path": "$.state == 'shipped'"},
    )
    assert error.partial is not None
    nearest, *others = error.partial["near_misses"]
    assert (nearest["key"], nearest["predicate"]) == ("order-2", "match.json_path")
    assert (nearest["actual"], nearest["expected"]) == ("paid", "shipped")
    assert {miss["predicate"] for miss in others} == {"match.headers.tenant"}
    assert 'headers.tenant is missing, expected "t2"' in {miss["message"] for miss in others}
    assert error.partial["scanned"] == 4
    assert "4 messages read, the nearest failed match.json_path" in error.message


def test_at_most_five_near_misses(kafka_brokers: str) -> None:
    topic = fresh_topic(kafka_brokers)
    write(kafka_brokers, topic, *map(str, range(20)), key="k")
    run = Late(1, language=flow_with())
    error = failure(
        "kafka_consumer", run=run, brokers=kafka_brokers, topic=topic, match={"key": "k", "expression": "value > 99"}
    )
    assert error.partial is not None
    assert [miss["offset"] for miss in error.partial["near_misses"]] == [19, 18, 17, 16, 15]
    assert error.partial["near_misses"][0]["actual"] == 19


def test_a_thousand_messages_are_looked_through(kafka_brokers: str) -> None:
    topic = fresh_topic(kafka_brokers)
    write(kafka_brokers, topic, *(f'{{"n": {number}}}' for number in range(1000)))
    found = Late(30, language=flow_with())(
        "kafka_consumer", brokers=kafka_brokers, topic=topic, filter="value.n == 999"
    )
    assert (values(found), found["scanned"]) == ([{"n": 999}], 1000)


# --- groups ---


def test_a_group_goes_on_where_it_left_off(kafka_brokers: str) -> None:
    topic = fresh_topic(kafka_brokers)
    write(kafka_brokers, topic, "0", "1", "2")
    config = {"brokers": kafka_brokers, "topic": topic, "group_id": f"group-of-{topic}"}
    assert values(Late(30)("kafka_consumer", **config)) == [0]
    assert values(Late(30)("kafka_consumer", **config, count=2)) == [1, 2]
    write(kafka_brokers, topic, "3")
    assert values(Late(30)("kafka_consumer", **config, from_beginning=True)) == [3]


def test_a_group_that_never_was_begins_where_from_says(kafka_brokers: str) -> None:
    topic = fresh_topic(kafka_brokers)
    write(kafka_brokers, topic, "old", timestamp=ago(60))
    write(kafka_brokers, topic, "new")
    began = datetime.now(UTC) - timedelta(seconds=30)
    config = {"brokers": kafka_brokers, "topic": topic}
    assert values(run_since(began, 15)("kafka_consumer", **config, group_id=f"a-{topic}")) == ["new"]
    assert values(Late(30)("kafka_consumer", **config, group_id=f"b-{topic}", from_beginning=True)) == ["old"]


def test_too_few_commits_nothing(kafka_brokers: str) -> None:
    topic = fresh_topic(kafka_brokers)
    write(kafka_brokers, topic, "0")
    config: dict[str, Any] = {"brokers": kafka_brokers, "topic": topic, "group_id": f"group-of-{topic}"}
    assert failure("kafka_consumer", seconds=3, **config, count=2).code == "too_few_messages"
    assert values(Late(30)("kafka_consumer", **config)) == [0]


# --- how long, and who decides ---


def attempt(kafka_brokers: str, topic: str, rest: str) -> Outcome:
    config = f"{{brokers: '{kafka_brokers}', topic: {topic}, timeout: 500ms}}"
    checked = check(f"name: f\nsteps:\n  - {{id: c, action: kafka_consumer, config: {config}{rest}}}")
    assert checked.flow is not None, checked.problems
    return make_attempt(Plan(checked.flow).at("steps/c"), Scope(), Late(20).context)


def test_too_few_messages_are_for_the_assertions_to_judge(kafka_brokers: str) -> None:
    topic = fresh_topic(kafka_brokers)
    failed = attempt(kafka_brokers, topic, "")
    assert (failed.status, failed.failure and failed.failure.code) == ("failed", "too_few_messages")
    assert attempt(kafka_brokers, topic, ", assert: ['count == 0']").status == "passed"
    judged = attempt(kafka_brokers, topic, ", assert: ['count == 1']")
    assert (judged.status, judged.failure and judged.failure.kind) == ("failed", "assertion")
    assert judged.result["count"] == 0


def test_the_verdict_comes_before_the_attempt_is_over(kafka_brokers: str) -> None:
    topic = fresh_topic(kafka_brokers)
    run = Late(1.0)
    error = failure("kafka_consumer", run=run, brokers=kafka_brokers, topic=topic, timeout=60)
    assert error.code == "too_few_messages"
    assert run.context.remaining > 0


def test_configs() -> None:
    good = {"brokers": "a", "topic": "t"}
    for right in ({"from": "latest"}, {"from": 12}, {"from": "2026-01-01T00:00:00+02:00"}, {"count": "3"}):
        assert KafkaConsumerConfig.model_validate({**good, **right}).topic == "t"
    assert KafkaConsumerConfig.model_validate({**good, "from": "2026-01-01"}).begin == datetime(2026, 1, 1, tzinfo=UTC)
    for wrong, says in (
        ({"from": "yesterday"}, "run_start, beginning, end"),
        ({"from": True}, "run_start, beginning, end"),
        ({"from": 1, "from_beginning": True}, "say once"),
        ({"count": 0}, "greater than or equal to 1"),
        ({"count": 1, "max_messages": 1}, "the same"),
        ({"group_id": ""}, "at least 1"),
        ({"group_id": "g", "partition": 0}, "itself"),
        ({"match": {"kye": 1}}, "Extra inputs"),
    ):
        with pytest.raises(ValidationError, match=says):
            KafkaConsumerConfig.model_validate({**good, **wrong})


def test_reading_may_be_repeated_unless_a_group_remembers_it() -> None:
    action = ACTIONS["kafka_consumer"]
    assert action.is_repeatable(KafkaConsumerConfig(brokers="a", topic="t"))
    assert not action.is_repeatable(KafkaConsumerConfig(brokers="a", topic="t", group_id="g"))
