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
Place = tuple[str, int]  # topic and partition

LOOK_SECONDS: Final = 0.1  # between two looks for what others have published
_ANSWER_SECONDS: Final = 5.0
_END: Final = -1  # asks for the offset that the next message will get


class Listener:
    """
    How far it has come is a row of the same transaction as the work, not an offset committed to the broker: a message
    is worked on and ticked off together, or not at all.

    It fetches only when it has seen that there is something. A broker that answers an empty fetch at once, instead of
    waiting for a message as Kafka does, would otherwise keep both of them busy all day.
    """

    def __init__(self, store: Store, brokers: str, *, topics: Sequence[str], reader: str, work: Work) -> None:
        self._store = store
        self._brokers = brokers
        self._places = [(topic, partition) for topic in topics for partition in range(PARTITIONS)]
        self._reader = reader
        self._work = work

    def run(self, closing: Event, knock: Event, worked: Callable[["Message"], None]) -> None:
        """
        Until `closing` is set. `knock` makes it look at once; `worked` is called after the work on a message is safe.

        Raises KafkaException when the broker does not answer.
        """
        consumer = self._consumer()
        try:
            next_offsets = self._next_offsets()
            while not closing.is_set():
                knock.clear()
                behind = self._behind(consumer, next_offsets)
                if behind:
                    self._read(consumer, behind, next_offsets, closing, worked)
                else:
                    knock.wait(LOOK_SECONDS)
        finally:
            consumer.close()

    def _read(
        self,
        consumer: "Consumer",
        behind: dict[Place, int],
        next_offsets: dict[Place, int],
        closing: Event,
        worked: Callable[["Message"], None],
    ) -> None:
        """Everything from the offsets in `behind` to the ends of their partitions."""
        from confluent_kafka import KafkaError, KafkaException, TopicPartition

        consumer.assign([TopicPartition(*place, offset) for place, offset in behind.items()])
        while behind and not closing.is_set():
            message = consumer.poll(_ANSWER_SECONDS)
            if message is None:
                raise KafkaException("The broker does not give what it has.")
            place = (message.topic() or "", message.partition() or 0)
            offset = message.offset() or 0
            if (error := message.error()) is None:
                self._finish(message, closing, worked)
                next_offsets[place] = offset + 1
            elif error.code() == KafkaError._PARTITION_EOF:  # noqa: SLF001 - its public name
                next_offsets[place] = max(offset, behind.pop(place, 0))
            else:
                raise KafkaException(error)
        consumer.unassign()

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

    def _behind(self, consumer: "Consumer", next_offsets: dict[Place, int]) -> dict[Place, int]:
        """Where there is more than was read, and from which offset. An end before our place is a topic begun anew."""
        from confluent_kafka import TopicPartition

        asked = [TopicPartition(*place, _END) for place in self._places]
        ends = consumer.offsets_for_times(asked, timeout=_ANSWER_SECONDS)
        found = {(end.topic, end.partition): end.offset for end in ends if end.error is None}
        known = {place: next_offsets.get(place, 0) for place in found}
        return {place: known[place] if known[place] < end else 0 for place, end in found.items() if known[place] != end}

    def _consumer(self) -> "Consumer":
        from confluent_kafka import Consumer

        return Consumer(
            settings(
                self._brokers,
                **{
                    "group.id": self._reader,  # a name that librdkafka wants; nobody joins a group
                    "enable.auto.commit": False,
                    "auto.offset.reset": "earliest",
                    "enable.partition.eof": True,
                },
            )
        )

    def _next_offsets(self) -> dict[Place, int]:
        rows = self._store.all("SELECT * FROM positions WHERE reader = %s", [self._reader])
        return {(row["topic"], row["partition"]): row["next_offset"] for row in rows}

    def _tick_off(self, connection: Connection[DictRow], message: "Message") -> None:
        connection.execute(
            """
            INSERT INTO positions (reader, topic, partition, next_offset) VALUES (%s, %s, %s, %s)
            ON CONFLICT (reader, topic, partition) DO UPDATE SET next_offset = EXCLUDED.next_offset
            """,
            [self._reader, message.topic(), message.partition(), (message.offset() or 0) + 1],
        )
