"""How these tests hear what is said on Kafka."""

import time
from collections.abc import Callable
from typing import Any, TypeVar

import simplejson
from confluent_kafka import Consumer, Message, Producer

from examples.shop.events.relay import header, read_to_end
from examples.shop.events.topics import settings

FoundT = TypeVar("FoundT")


def said(brokers: str, topic: str, key: str) -> list[tuple[str | None, Any]]:
    """Event id and value of every message of this key, from everything that is in the topic now."""
    return [
        (header(message, "event-id"), simplejson.loads(message.value() or b"", use_decimal=True))
        for message in messages(brokers, topic, key)
    ]


def messages(brokers: str, topic: str, key: str) -> list[Message]:
    reader = Consumer(settings(brokers, **{"group.id": "tests", "enable.auto.commit": False}))
    try:
        return [message for message in read_to_end(reader, topic, since=0) if message.key() == key.encode()]
    finally:
        reader.close()


def say(brokers: str, topic: str, key: str, value: object, *, event_id: str | None = None) -> None:
    producer = Producer(settings(brokers))
    text = value if isinstance(value, str) else simplejson.dumps(value, use_decimal=True)
    headers: dict[str, str | bytes | None] = {} if event_id is None else {"event-id": event_id}
    producer.produce(topic, key=key.encode(), value=text.encode(), headers=headers)
    assert producer.flush(10) == 0


def until(look: Callable[[], FoundT], *, seconds: float = 20) -> FoundT:
    """What `look` finds, once it finds something."""
    deadline = time.monotonic() + seconds
    while not (found := look()):
        assert time.monotonic() < deadline, "it never came"
        time.sleep(0.02)
    return found
