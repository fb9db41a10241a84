"""Reading messages: by partitions of our own choice, or as a member of a group."""

from collections.abc import Iterator, Sequence
from time import monotonic
from typing import Any

from confluent_kafka import Consumer, KafkaException, TopicPartition

from workers.actions.base import StepContext
from workers.errors import StepTimedOut
from workers.protocols.kafka.failures import LOST, WAITING, failure
from workers.protocols.kafka.session import KafkaSession
from workers.protocols.kafka.target import KafkaTarget

_SLICE = 0.05  # seconds between two looks at the abort
_BATCH = 200
_COMMIT_SECONDS = 5.0
_NO_GROUP = "stepwell"  # librdkafka wants a name, and ends the process where it is empty; nobody joins it


class ConsumerSession(KafkaSession):
    """Gives messages one by one until the time is up."""

    def __init__(self, target: KafkaTarget, context: StepContext, *, group_id: str | None, until: float) -> None:
        super().__init__(target, context, until=until)
        self._group_id = group_id
        self._topic = ""
        self._waiting: list[Any] = []  # messages that came while something else was asked
        self._commits: list[Any] = []

    def connect(self) -> None:
        self.open(
            Consumer,
            **{
                "group.id": self._group_id or _NO_GROUP,
                "enable.auto.commit": False,
                "enable.auto.offset.store": False,
                "auto.offset.reset": "earliest",  # only where retention removed what was to be read
                "session.timeout.ms": 6000,  # the least that brokers allow: a lost worker frees its partitions soon
                "heartbeat.interval.ms": 1000,
                "fetch.error.backoff.ms": 50,
                "fetch.wait.max.ms": 250,
                "queued.min.messages": 1000,
                "queued.max.messages.kbytes": 16_384,
                "on_commit": lambda error, _offsets: self._commits.append(error),
            },
        )

    def read_from(self, topic: str, offsets: dict[int, int]) -> None:
        """Without a group: these partitions from these offsets on."""
        self._topic = topic
        self.client.assign([TopicPartition(topic, partition, offset) for partition, offset in offsets.items()])

    def join(self, topic: str, offsets: dict[int, int]) -> None:
        """As a member of the group: where it left off, or from these offsets where it never was."""
        self._topic = topic

        def assigned(client: Any, partitions: Sequence[Any]) -> None:
            committed = self._committed(client, topic, [p.partition for p in partitions])
            if committed is not None:
                client.assign(
                    [
                        TopicPartition(topic, partition, offset if offset >= 0 else offsets.get(partition, 0))
                        for partition, offset in committed.items()
                    ]
                )

        self.client.subscribe([topic], on_assign=assigned)

    def messages(self) -> Iterator[Any]:
        """What arrives, until the time is up or the step's own time-out comes. Raises StepError or Aborted."""
        while self.left > 0:
            if self.context.abort.reason == "timeout":  # the verdict is ours all the same
                return
            self.check_alive()
            for message in self._next(min(_SLICE, self.left)):
                error = message.error()
                if error is None:
                    yield message
                elif not self._passes(error):
                    raise failure(error, self.where, topic=self._topic)

    def commit(self, offsets: dict[int, int]) -> None:
        """Tell the group what is done. Raises StepTimedOut, or what the brokers say."""
        self._commits.clear()
        positions = [TopicPartition(self._topic, partition, offset) for partition, offset in offsets.items()]
        self.client.commit(offsets=positions, asynchronous=True)
        until = min(monotonic() + _COMMIT_SECONDS, self.context.deadline)
        while not self._commits:
            self.context.abort.check()
            if monotonic() >= until:
                message = f"{self.where} did not confirm that the group {self._group_id} has read the messages"
                raise StepTimedOut(message, code="uncommitted")
            self._waiting += self._polled(_SLICE)
        if self._commits[0] is not None:
            raise failure(self._commits[0], self.where, topic=self._topic)

    def end_client(self, client: Any) -> None:
        client.close()

    def _next(self, seconds: float) -> list[Any]:
        if self._waiting:
            found, self._waiting = self._waiting, []
            return found
        found = self._polled(seconds)
        return found + self.client.consume(_BATCH, 0) if found else found

    def _polled(self, seconds: float) -> list[Any]:
        message = self.client.poll(seconds)
        return [] if message is None else [message]

    def _serve(self) -> None:
        if self.client is not None:
            self._waiting += self._polled(0)

    def _passes(self, error: Any) -> bool:
        """Whether librdkafka goes on by itself, or the matter is a group nobody wanted."""
        name = error.name()
        return name in WAITING | LOST or (self._group_id is None and "GROUP" in name)

    def _committed(self, client: Any, topic: str, partitions: list[int]) -> dict[int, int] | None:
        """Called by librdkafka: an abort or the end of the time is left to the loop that polls."""
        while self.left > 0 and not self.context.abort.is_set:
            asked = [TopicPartition(topic, partition) for partition in partitions]
            try:
                found = client.committed(asked, timeout=max(0.01, min(0.5, self.left)))
            except KafkaException:
                continue
            if all(entry.error is None for entry in found):
                return {entry.partition: entry.offset for entry in found}
        return None
