"""Carries the outbox to Kafka: every event in the order it was written, and exactly as often as its row says."""

from collections import Counter
from collections.abc import Iterable
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from psycopg import Connection
from psycopg.rows import DictRow

from examples.shop.events.outbox import Outbox
from examples.shop.events.topics import EVENT_ID, logger, settings
from examples.shop.store import Row, Store

if TYPE_CHECKING:
    from confluent_kafka import Consumer, Message

DELIVERY_SECONDS: Final = 5.0
AT_ONCE: Final = 200


class Relay:
    """
    `publish` sends what is due. To be used by one thread.

    A row goes only after the broker has its event. Between the two the shop may die, and then nobody remembers whether
    the event is out: so before it publishes anything that was waiting when it started, or whose outcome it does not
    know, it reads in the topic itself which of them are there.
    """

    def __init__(self, store: Store, outbox: Outbox, brokers: str) -> None:
        from confluent_kafka import Producer

        self._store = store
        self._outbox = outbox
        self._brokers = brokers
        self._is_unsure = True
        self._producer: Producer = Producer(
            settings(
                brokers,
                **{
                    "enable.idempotence": True,
                    "linger.ms": 0,
                    "message.timeout.ms": int(DELIVERY_SECONDS * 1000),
                },
            )
        )

    def publish(self) -> bool:
        """Whether everything due is out."""
        with self._store.transaction() as connection:
            if self._is_unsure:
                self._forget_what_is_out(connection)
                self._is_unsure = False
            rows = connection.execute(
                "SELECT * FROM outbox WHERE due_at <= clock_timestamp() ORDER BY id LIMIT %s FOR UPDATE SKIP LOCKED",
                [AT_ONCE],
            ).fetchall()
            if not rows:
                return True
            self._is_unsure = True  # until the deletion is committed
            out = self._send(rows)
            connection.execute("DELETE FROM outbox WHERE id = ANY(%s)", [list(out)])
        self._is_unsure = len(out) < len(rows)
        return not self._is_unsure and len(rows) < AT_ONCE

    def close(self) -> None:
        self._producer.flush(1)

    def _send(self, rows: Iterable[Row]) -> set[int]:
        """The ids of the rows whose events the broker has confirmed."""
        missing: Counter[int] = Counter()

        def told(row_id: int, error: Any, _message: object) -> None:
            if error is None:
                missing[row_id] -= 1
            else:
                logger.warning("an event was not published: %s", error)

        for row in rows:
            headers: dict[str, str | bytes | None] = {EVENT_ID: str(row["event_id"]), **row["headers"]}
            for _ in range(row["copies"]):
                missing[row["id"]] += 1
                self._producer.produce(
                    row["topic"],
                    key=None if row["key"] is None else row["key"].encode(),
                    value=row["value"].encode(),
                    headers=headers,
                    on_delivery=partial(told, row["id"]),
                )
        self._producer.flush(DELIVERY_SECONDS + 2)
        return {row_id for row_id, left in missing.items() if not left}

    def _forget_what_is_out(self, connection: Connection[DictRow]) -> None:
        waiting = connection.execute(
            "SELECT topic, extract(epoch FROM min(created_at)) AS since, array_agg(event_id::text) AS events"
            " FROM outbox GROUP BY topic"
        ).fetchall()
        for row in waiting:
            seen = Counter(self._event_ids(row["topic"], since=float(row["since"]) - 1))
            for event_id in seen.keys() & set(row["events"]):
                connection.execute(
                    "UPDATE outbox SET copies = copies - %s WHERE event_id = %s", [seen[event_id], event_id]
                )
        connection.execute("DELETE FROM outbox WHERE copies <= 0")

    def _event_ids(self, topic: str, *, since: float) -> list[str]:
        """Of every event in the topic from that moment on to where it ends now."""
        from confluent_kafka import Consumer

        reader = Consumer(settings(self._brokers, **{"group.id": "shop", "enable.auto.commit": False}))
        try:
            return [found for message in read_to_end(reader, topic, since=since) if (found := event_id(message))]
        finally:
            reader.close()


def read_to_end(reader: "Consumer", topic: str, *, since: float) -> "Iterable[Message]":
    from confluent_kafka import KafkaException, TopicPartition

    described = reader.list_topics(topic, timeout=DELIVERY_SECONDS).topics[topic]
    asked = [TopicPartition(topic, number, int(since * 1000)) for number in described.partitions]
    begins = reader.offsets_for_times(asked, timeout=DELIVERY_SECONDS)
    left: dict[int, int] = {}  # partition -> the offset before which everything is read
    for begin in begins:
        end = reader.get_watermark_offsets(begin, timeout=DELIVERY_SECONDS)[1]
        if 0 <= begin.offset < end:
            left[begin.partition] = end
    reader.assign([begin for begin in begins if begin.partition in left])
    while left:
        message = reader.poll(DELIVERY_SECONDS)
        if message is None:
            raise KafkaException(f"{topic} could not be read to its end.")
        if message.error():
            raise KafkaException(message.error())
        yield message
        partition, offset = message.partition() or 0, message.offset() or 0
        if offset + 1 >= left.get(partition, 0):
            left.pop(partition, None)


def event_id(message: "Message") -> str | None:
    """What the header says, if it says it as text."""
    return header(message, EVENT_ID)


def header(message: "Message", name: str) -> str | None:
    for found, value in list(message.headers() or ()):
        if found == name:
            return value.decode(errors="replace") if isinstance(value, bytes) else value
    return None
