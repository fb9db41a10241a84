"""kafka_producer against real brokers: what is written is what librdkafka alone reads back."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from confluent_kafka import Consumer, TopicPartition
from pydantic import ValidationError

from flows.language.actions.kafka_producer import KafkaProducerConfig
from tests.workers.actions.conftest import Run
from tests.workers.actions.kafka_flow import Late, failure, fresh_topic
from workers.actions import ACTIONS


def read(brokers: str, topic: str, partition: int = 0, offset: int = 0) -> Any:
    consumer = Consumer({"bootstrap.servers": brokers, "group.id": "reader", "enable.auto.commit": False})
    consumer.assign([TopicPartition(topic, partition, offset)])
    try:
        message = consumer.poll(10)
        assert message is not None
        assert message.error() is None, message.error()
        return message
    finally:
        consumer.close()


@pytest.mark.parametrize(
    ("value", "sent"),
    [
        ("plain", b"plain"),
        ("☃", "☃".encode()),
        ({"a": [1, None, "x"]}, b'{"a":[1,null,"x"]}'),
        (42, b"42"),
        (True, b"true"),
        ({"base64": "/wA="}, b"\xff\x00"),
        ("", b""),
        (None, None),
    ],
)
def test_a_value_is_sent_as_what_it_is(kafka_brokers: str, value: Any, sent: bytes | None) -> None:
    topic = fresh_topic(kafka_brokers)
    written = Run()("kafka_producer", brokers=kafka_brokers, topic=topic, value=value)
    assert (written["topic"], written["partition"], written["offset"], written["value"]) == (topic, 0, 0, value)
    assert read(kafka_brokers, topic).value() == sent


def test_key_headers_and_time(kafka_brokers: str) -> None:
    topic = fresh_topic(kafka_brokers)
    headers = {"source": "test", "many": ["a", "b"], "none": None, "raw": {"base64": "/wA="}, "n": 7}
    run = Run()
    written = run("kafka_publish", brokers=kafka_brokers, topic=topic, payload="v", key={"id": 1}, headers=headers)
    message = read(kafka_brokers, topic)
    assert message.key() == b'{"id":1}'
    assert message.headers() == [
        ("source", b"test"), ("many", b"a"), ("many", b"b"), ("none", None), ("raw", b"\xff\x00"), ("n", b"7"),
    ]  # fmt: skip
    assert message.timestamp()[1] == written["timestamp_ms"]
    assert datetime.fromisoformat(written["timestamp"]).timestamp() * 1000 == pytest.approx(written["timestamp_ms"])
    assert written["headers"] == headers
    assert run.context.request["topic"] == topic


def test_a_message_is_never_older_than_its_execution(kafka_brokers: str) -> None:
    run = Run()
    run.context.execution_started_at = datetime.now(UTC) + timedelta(seconds=60)  # this machine's clock is late
    written = run("kafka_producer", brokers=kafka_brokers, topic=fresh_topic(kafka_brokers), value="v")
    assert written["timestamp_ms"] == int(run.context.execution_started_at.timestamp() * 1000)


def test_partitions_by_number_and_by_key(kafka_brokers: str) -> None:
    topic = fresh_topic(kafka_brokers, 3)
    write: dict[str, Any] = {"brokers": kafka_brokers, "topic": topic, "value": "v"}
    assert [Run()("kafka_producer", **write, partition=number)["partition"] for number in (2, 0, 2)] == [2, 0, 2]
    # What Java's clients do with these keys and three partitions.
    assert [Run()("kafka_producer", **write, key=key)["partition"] for key in ("a", "b", "21", "foobar")] == [
        _murmur2(key.encode()) % 3 for key in ("a", "b", "21", "foobar")
    ]
    refused = failure("kafka_producer", **write, partition=3)
    assert (refused.kind, refused.code) == ("action", "unknown_partition")
    assert "it has 3" in refused.message


@pytest.mark.parametrize("compression", ["none", "gzip", "snappy", "lz4", "zstd"])
def test_compression(kafka_brokers: str, compression: str) -> None:
    topic = fresh_topic(kafka_brokers)
    Run()("kafka_producer", brokers=kafka_brokers, topic=topic, value="long " * 1000, compression=compression)
    assert read(kafka_brokers, topic).value() == b"long " * 1000
    found = Late()("kafka_consumer", brokers=kafka_brokers, topic=topic)
    assert found["messages"][0]["text"] == "long " * 1000


def test_configs() -> None:
    good = {"brokers": ["a:1", "b"], "topic": "t", "value": 1}
    assert KafkaProducerConfig.model_validate(good).content == 1
    for wrong, says in (
        ({"brokers": "kafka://a:1"}, "with kafka://"),
        ({"brokers": "a:99999"}, "between 1 and 65535"),
        ({"brokers": []}, "names no broker"),
        ({"brokers": "a b:1"}, "no address"),
        ({"topic": "a/b"}, "letters, digits"),
        ({"topic": "^all"}, "letters, digits"),
        ({"payload": 1}, "they are the same"),
        ({"partition": -1}, "greater than or equal to 0"),
        ({"compression": "rar"}, "none"),
        ({"sasl": {"mechanism": "MAGIC", "username": "a", "password": "b"}}, "SCRAM"),
    ):
        with pytest.raises(ValidationError, match=says):
            KafkaProducerConfig.model_validate({**good, **wrong})
    with pytest.raises(ValidationError, match="needs value"):
        KafkaProducerConfig.model_validate({"brokers": "a", "topic": "t"})


def test_writing_may_not_be_repeated_and_names_what_it_touches() -> None:
    action = ACTIONS["kafka_producer"]
    config = KafkaProducerConfig(brokers="a:1, b", topic="orders-7", value=1)
    assert not action.is_repeatable(config)
    endpoint = action.endpoint(config, {"topic": "orders-${shop}"})
    assert endpoint is not None
    assert (endpoint.protocol, endpoint.service, endpoint.operation, endpoint.route) == (
        "kafka", "a:1,b:9092", "PRODUCE", "orders-{}",
    )  # fmt: skip


def _murmur2(data: bytes) -> int:
    """Kafka's own, from its protocol notes: 32 bits, seed 0x9747b28c, the sign bit taken off."""
    mask, factor = 0xFFFFFFFF, 0x5BD1E995
    found = (0x9747B28C ^ len(data)) & mask
    for at in range(0, len(data) - 3, 4):
        word = int.from_bytes(data[at : at + 4], "little") * factor & mask
        found = (found * factor & mask) ^ ((word ^ (word >> 24)) * factor & mask)
    rest = data[len(data) & ~3 :]
    if rest:
        found = ((found ^ int.from_bytes(rest, "little")) * factor) & mask
    found = ((found ^ (found >> 13)) * factor) & mask
    return (found ^ (found >> 15)) & 0x7FFFFFFF
