"""What the Kafka tests share: topics of their own, messages written by somebody else, the flow a match is read in."""

import itertools
import os
from datetime import timedelta
from typing import Any

import pytest
from confluent_kafka import Producer

from flows.language.scope import Scope
from tests.kafka import make_topic
from tests.workers.actions.conftest import Run
from workers.actions.base import Language
from workers.attempt import Outcome, _Language
from workers.errors import StepError

_numbers = itertools.count(1)


class Late(Run):
    """An attempt of an execution that began a minute ago: what was written meanwhile is there to be read."""

    def __init__(self, seconds: float = 30, **context: Any) -> None:
        super().__init__(seconds, **context)
        self.context.execution_started_at -= timedelta(minutes=1)


def fresh_topic(brokers: str, partitions: int = 1) -> str:
    name = f"topic-{os.getpid()}-{next(_numbers)}"
    make_topic(brokers, name, partitions)
    return name


def write(brokers: str, topic: str, *values: str | bytes, **message: Any) -> None:
    """As some other service would, with librdkafka alone."""
    producer = Producer({"bootstrap.servers": brokers, "linger.ms": 0})
    for value in values:
        producer.produce(topic, value, **message)
    assert producer.flush(30) == 0


def failure(name: str, *, seconds: float = 5, run: Run | None = None, **config: Any) -> StepError:
    with pytest.raises(StepError) as caught:
        (run or Late(seconds))(name, **config)
    return caught.value


def flow_with(**captured: Any) -> Language:
    """The language of a flow that has captured these."""
    return _Language(Scope(captured=captured), Outcome())


def values(result: dict[str, Any]) -> list[Any]:
    return [message["value"] for message in result["messages"]]
