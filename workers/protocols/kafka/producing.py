"""Writing one message and waiting until the brokers have it."""

from dataclasses import dataclass
from time import time
from typing import Any

from confluent_kafka import KafkaException, Producer

from workers.actions.base import StepContext
from workers.errors import StepTimedOut
from workers.protocols.kafka.failures import failure, no_partition
from workers.protocols.kafka.session import KafkaSession
from workers.protocols.kafka.target import KafkaTarget

_SLICE = 0.05  # seconds between two looks at the abort
_TOPIC_SECONDS = 1.0  # a cluster that makes topics by itself has made it by then
_NOT_TAKEN = frozenset({"NOT_LEADER_FOR_PARTITION", "LEADER_NOT_AVAILABLE", "NOT_ENOUGH_REPLICAS"})
_LARGEST = 500_000_000  # bytes; the brokers' own limit is far below, and theirs to say


@dataclass(frozen=True)
class Outgoing:
    """One message as bytes. `not_before`, in ms: its time is never earlier, however late this machine's clock is."""

    topic: str
    value: bytes | None
    key: bytes | None
    headers: list[tuple[str, bytes | None]]
    partition: int | None
    not_before: int


@dataclass(frozen=True)
class Written:
    """Where the message is."""

    partition: int
    offset: int
    timestamp_ms: int


class ProducerSession(KafkaSession):
    """Writes at most once: only what the brokers certainly did not take is sent again, and by us, not by librdkafka."""

    def __init__(self, target: KafkaTarget, context: StepContext, *, compression: str | None = None) -> None:
        super().__init__(target, context)
        self._compression = compression or "none"

    def produce(self, message: Outgoing) -> Written:
        """Raises StepError or Aborted; after either the message may have been written all the same."""
        self.open(
            Producer,
            **{
                # Numbered messages would allow retries, but asking for the numbers takes librdkafka half a second.
                "message.send.max.retries": 0,
                "acks": "all",
                "linger.ms": 0,
                "message.timeout.ms": max(1, int(self.left * 1000)),
                "message.max.bytes": _LARGEST,
                "compression.type": self._compression,
                "partitioner": "murmur2_random",  # the one of Java's clients: the same key, the same partition
            },
        )
        topic = self.topic(message.topic, patience=_TOPIC_SECONDS)
        if message.partition is not None and message.partition not in topic.partitions:
            raise no_partition(self.where, message.topic, message.partition, count=len(topic.partitions))
        return self._sent(message)

    def end_client(self, client: Any) -> None:
        client.purge(blocking=False)

    def _sent(self, message: Outgoing) -> Written:
        while True:
            error, report = self._report_on(message)
            if error is None:
                _kind, timestamp = report.timestamp()
                return Written(report.partition(), report.offset(), timestamp)
            self.check_alive()
            if error.name() not in _NOT_TAKEN:
                raise self._refusal(error, message.topic)
            self.context.abort.wait(min(0.1, self.left))  # for the new leader to be known

    def _report_on(self, message: Outgoing) -> tuple[Any, Any]:
        """Hand the message over, and wait for what becomes of it."""
        reports: list[tuple[Any, Any]] = []
        where = {} if message.partition is None else {"partition": message.partition}
        try:
            self.client.produce(
                message.topic,
                value=message.value,
                key=message.key,
                headers=message.headers,
                timestamp=max(int(time() * 1000), message.not_before),
                on_delivery=lambda error, report: reports.append((error, report)),
                **where,
            )
        except KafkaException as exc:
            raise self._refusal(exc.args[0], message.topic) from exc
        while not reports:
            if self.left <= 0:
                raise self._unconfirmed()
            self.check_alive()
            self.client.poll(min(_SLICE, self.left))
        return reports[0]

    def _refusal(self, error: Any, topic: str) -> Exception:
        if error.name() == "_MSG_TIMED_OUT":
            return self._unconfirmed()
        return failure(error, self.where, topic=topic)

    def _unconfirmed(self) -> StepTimedOut:
        message = f"{self.where} did not confirm the message in time. It may have been written"
        return StepTimedOut(message, code="unconfirmed")
