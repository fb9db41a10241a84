"""Where reading begins: for each partition the offset that `from` means, so that nothing is missed."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from confluent_kafka import TopicPartition

from workers.protocols.kafka.failures import WAITING, failure
from workers.protocols.kafka.session import KafkaSession

_FIRST, _NEXT = -2, -1  # times that Kafka reads as the oldest offset there is, and the one after the newest
_WORDS = {"beginning": _FIRST, "end": _NEXT}
Begin = str | int | datetime


@dataclass(frozen=True)
class Start:
    """Where reading a partition begins, and what lies behind it all the same and is not meant."""

    offset: int
    skip_below: int = 0  # the partition had not come to the offset that was asked for
    oldest_ms: int = 0  # some brokers look times up wrongly: older ones below `end` are left out
    end: int = 0

    def is_before(self, offset: int, timestamp_ms: int) -> bool:
        return offset < self.skip_below or (offset < self.end and timestamp_ms < self.oldest_ms)


def starts(
    session: KafkaSession, topic: str, partitions: Sequence[int], begin: Begin, *, run_start: datetime
) -> dict[int, Start]:
    """By partition, where to begin. Raises StepError or Aborted."""

    def look_up(time: int) -> dict[int, int]:
        return offsets_at(session, topic, partitions, time)

    if begin in ("beginning", "end"):
        return {partition: Start(offset) for partition, offset in look_up(_WORDS[str(begin)]).items()}
    if isinstance(begin, int):
        return _from_offset(begin, look_up)
    time = int((begin if isinstance(begin, datetime) else run_start).timestamp() * 1000)
    # Ends first: what arrives between the two questions is either found by its time or lies behind the end.
    ends = look_up(_NEXT)
    found = look_up(max(0, time))
    return {
        partition: Start(found[partition] if found[partition] >= 0 else end, oldest_ms=time, end=end)
        for partition, end in ends.items()
    }


def _from_offset(wanted: int, look_up: Callable[[int], dict[int, int]]) -> dict[int, Start]:
    """That offset, where it is; else the nearest there is: brokers answer any other by starting all over."""
    first, following = look_up(_FIRST), look_up(_NEXT)
    return {
        partition: Start(min(max(wanted, first[partition]), following[partition]), skip_below=wanted)
        for partition in first
    }


def offsets_at(session: KafkaSession, topic: str, partitions: Sequence[int], time: int) -> dict[int, int]:
    """Partition → offset of the first message that is not older than `time` (ms), -1 where there is none."""
    doing = "looking up offsets"

    def ask(seconds: float) -> list[Any]:
        asked = [TopicPartition(topic, partition, time) for partition in partitions]
        found: list[Any] = session.client.offsets_for_times(asked, timeout=seconds)
        return found

    while True:
        found = session.ask(ask, doing)
        errors = [entry.error for entry in found if entry.error is not None]
        if not errors:
            return {entry.partition: entry.offset for entry in found}
        for error in errors:
            if error.name() not in WAITING:
                raise failure(error, session.where, topic=topic)
        session.check(doing)
        session.context.abort.wait(0.05)
