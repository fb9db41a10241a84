"""Reads topics from where it left off, and sees that every message is worked on once."""

from collections.abc import Callable, Sequence
from threading import Event
from typing import TYPE_CHECKING, Final

from psycopg import Connection
from psycopg.rows import DictRow

from examples.shop.events.topics import PARTITIONS, logger, settings
from examples.shop.store import Store

if TYPE_CHECKING:
    from confluent_kafka import Consumer, Message

Work = Callable[[Connection[DictRow], "Message"], None]

_POLL_SECONDS: Final = 0.2  # how soon it notices that the shop closes


class Listener:
    """
    How far it has come is a row of the same transaction as the work, not an offset committed to the broker: a message
    is worked on and ticked off together, or not at all.
    """

    def __init__(self, store: Store, brokers: str, *, topics: Sequence[str], reader: str, work: Work) -> None:
        self._store = store
        self._brokers = brokers
        self._topics = topics
        self._reader = reader
        self._work = work

    def run(self, closing: Event, worked: Callable[["Message"], None]) -> None:
        """Until `closing` is set. `worked` is called after the work on a message is safe."""
        consumer = self._consumer()
        try:
            while not closing.is_set():
                message = consumer.poll(_POLL_SECONDS)
                if message is None:
                    continue
                if message.error():
                    logger.debug("%s", message.error())
                    continue
                self._finish(message, closing, worked)
        finally:
            consumer.close()

    def _finish(self, message: "Message", closing: Event, worked: Callable[["Message"], None]) -> None:
        """Work on one message, again and again while the database does not answer."""
        while not closing.is_set():
            try:
                with self._store.transaction() as connection:
                    self._work(connection, message)
                    self._tick_off(connection, message)
                worked(message)
            except Exception:  # noqa: BLE001 - skipping a message would lose it
                logger.exception("a message could not be worked on, and is tried again")
                closing.wait(0.5)
            else:
                return

    def _consumer(self) -> "Consumer":
        from confluent_kafka import Consumer, TopicPartition

        consumer = Consumer(
            settings(
                self._brokers,
                **{
                    "group.id": self._reader,  # a name that librdkafka wants; nobody joins a group
                    "enable.auto.commit": False,
                    "auto.offset.reset": "earliest",
                    "fetch.wait.max.ms": 100,
                },
            )
        )
        done = {
            (row["topic"], row["partition"]): row["next_offset"]
            for row in self._store.all("SELECT * FROM positions WHERE reader = %s", [self._reader])
        }
        consumer.assign(
            [
                TopicPartition(topic, partition, done.get((topic, partition), 0))
                for topic in self._topics
                for partition in range(PARTITIONS)
            ]
        )
        return consumer

    def _tick_off(self, connection: Connection[DictRow], message: "Message") -> None:
        connection.execute(
            """
            INSERT INTO positions (reader, topic, partition, next_offset) VALUES (%s, %s, %s, %s)
            ON CONFLICT (reader, topic, partition) DO UPDATE SET next_offset = EXCLUDED.next_offset
            """,
            [self._reader, message.topic(), message.partition(), (message.offset() or 0) + 1],
        )
