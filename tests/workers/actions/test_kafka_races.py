"""A producer and a consumer that start in any order: nothing missed, nothing taken twice, nothing old."""

import random
import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any

import pytest

from tests.workers.actions.conftest import Run
from tests.workers.actions.kafka_flow import Late, fresh_topic, values

ROUNDS = 1000
AT_ONCE = 4  # rounds, each on a topic of its own


@pytest.mark.usefixtures("leaves_nothing")
def test_whoever_comes_first_the_message_is_seen_once(kafka_brokers: str) -> None:
    topics = [fresh_topic(kafka_brokers, partitions) for partitions in (1, 1, 3, 3)]
    with ThreadPoolExecutor(AT_ONCE, "topic") as pool:
        seen = pool.map(lambda topic: _race(kafka_brokers, topic, ROUNDS // AT_ONCE), topics)
        assert [found for rounds in seen for found in rounds] == [*range(ROUNDS // AT_ONCE)] * AT_ONCE
    for topic in topics:  # and each of them is there exactly once
        count = ROUNDS // AT_ONCE
        written = Late(60)("kafka_consumer", brokers=kafka_brokers, topic=topic, count=count, from_beginning=True)
        assert Counter(values(written)) == Counter(range(count))


def _race(brokers: str, topic: str, rounds: int) -> list[Any]:
    """What the consumer of each round saw. Earlier rounds left their messages in the same topic."""
    dice = random.Random(topic)
    return [_round(brokers, topic, number, head_start=dice.uniform(-0.006, 0.006)) for number in range(rounds)]


def _round(brokers: str, topic: str, number: int, *, head_start: float) -> Any:
    _next_millisecond()  # Kafka's times are no finer: what was written in this one may be of the last round
    began = datetime.now(UTC)
    consumer, producer = Run(60), Run(60)
    consumer.context.execution_started_at = producer.context.execution_started_at = began
    pause = threading.Event()

    def produce() -> None:
        pause.wait(max(0.0, -head_start))
        producer("kafka_producer", brokers=brokers, topic=topic, value=number)

    writing = threading.Thread(target=produce, name="writer")
    writing.start()
    pause.wait(max(0.0, head_start))
    found = consumer("kafka_consumer", brokers=brokers, topic=topic, count=1)
    writing.join()
    return values(found)[0]


def _next_millisecond() -> None:
    now = datetime.now(UTC).microsecond // 1000
    while datetime.now(UTC).microsecond // 1000 == now:
        pass


def test_one_member_of_a_group_after_the_other_takes_each_message_once(kafka_brokers: str) -> None:
    topic = fresh_topic(kafka_brokers, 2)
    for number in range(20):
        Run()("kafka_producer", brokers=kafka_brokers, topic=topic, value=number, partition=number % 2)
    config = {"brokers": kafka_brokers, "topic": topic, "group_id": f"all-{topic}", "count": 5}
    taken = [value for _ in range(4) for value in values(Late(60)("kafka_consumer", **config))]
    assert Counter(taken) == Counter(range(20))
