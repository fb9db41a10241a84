"""kafka_consumer: wait for messages of a topic, by default of those that arrived since the execution began."""

from collections.abc import Mapping
from datetime import datetime
from time import monotonic
from typing import Any

from flows.language.actions.kafka_consumer import SPEC, KafkaConsumerConfig
from workers.actions.base import Action, Endpoint, Result, StepContext
from workers.errors import StepError, StepTimedOut, TargetRefused, TargetUnreachable
from workers.protocols.kafka.consuming import ConsumerSession
from workers.protocols.kafka.contents import decoded, decoded_headers, decoded_value, moment
from workers.protocols.kafka.failures import no_partition
from workers.protocols.kafka.matching import Matcher, NearMisses
from workers.protocols.kafka.places import Start, starts
from workers.protocols.kafka.target import target_of
from workers.protocols.routes import with_holes

_DEFAULT_SECONDS = 30.0
_MOST_BYTES = 64 * 1024 * 1024  # of the messages one step keeps


class KafkaConsumer(Action[KafkaConsumerConfig]):
    spec = SPEC

    def run(self, config: KafkaConsumerConfig, context: StepContext) -> Result:
        target = target_of(config)
        begin = config.begin
        written = context.written or {}
        context.record_request(
            connection=target.describe(),
            topic=config.topic,
            group_id=config.group_id,
            count=config.wanted,
            match=written.get("match"),
            filter=written.get("filter"),
            **{"from": begin.isoformat() if isinstance(begin, datetime) else begin},
        )
        reading = _Reading(config, context)
        with ConsumerSession(target, context, group_id=config.group_id, until=_until(config, context)) as session:
            try:
                reading.read(session)
            except StepError as exc:
                exc.partial = reading.result()
                raise
            finally:
                context.record_partial(**reading.result())
        return reading.result()

    def is_repeatable(self, config: KafkaConsumerConfig) -> bool:
        return config.group_id is None

    def endpoint(self, config: KafkaConsumerConfig, written: Mapping[str, Any]) -> Endpoint:
        topic = with_holes(written.get("topic"), config.topic)
        return Endpoint("kafka", target_of(config).service, "CONSUME", topic)

    def summary(self, config: KafkaConsumerConfig, result: Result) -> str:
        return f"{_messages(result['count'])} of {config.topic}, {result['scanned']} read"


class _Reading:
    """What one attempt has read so far."""

    def __init__(self, config: KafkaConsumerConfig, context: StepContext) -> None:
        self._config, self._context = config, context
        self._started = monotonic()
        self._matcher = Matcher(config, context.language)
        self._near = NearMisses()
        self._messages: list[dict[str, Any]] = []
        self._bytes = 0
        self._scanned = 0
        self._starts: dict[int, Start] = {}
        self._done: dict[int, int] = {}  # partition -> the offset after the last message looked at

    def read(self, session: ConsumerSession) -> None:
        """Until there are enough, or it is known that there are not. Raises StepError or Aborted."""
        config = self._config
        session.connect()
        topic = session.topic(config.topic, patience=session.left)
        partitions = sorted(topic.partitions) if config.partition is None else [config.partition]
        if unknown := set(partitions) - set(topic.partitions):
            raise no_partition(session.where, config.topic, min(unknown), count=len(topic.partitions))
        run_start = self._context.execution_started_at
        self._starts = starts(session, config.topic, partitions, config.begin, run_start=run_start)
        offsets = {partition: start.offset for partition, start in self._starts.items()}
        if config.group_id is None:
            session.read_from(config.topic, offsets)
        else:
            session.join(config.topic, offsets)
        for message in session.messages():
            self._take(message)
            if len(self._messages) == config.wanted:
                break
        if len(self._messages) < config.wanted:
            self._judge_shortage(session)
        if config.group_id is not None and self._done:
            session.commit(self._done)

    def result(self) -> Result:
        return {
            "messages": list(self._messages),
            "count": len(self._messages),
            "scanned": self._scanned,
            "near_misses": self._near.entries,
            "duration_ms": round((monotonic() - self._started) * 1000, 3),
        }

    def _take(self, raw: Any) -> None:
        _kind, timestamp = raw.timestamp()
        start = self._starts.get(raw.partition())
        if self._config.group_id is None and start is not None and start.is_before(raw.offset(), timestamp):
            return
        message = _message(raw)
        self._scanned += 1
        self._done[raw.partition()] = raw.offset() + 1
        held, miss = self._matcher.judge(message)
        if miss is not None:
            self._near.add(held, message, miss)
            return
        self._bytes += len(raw.value() or b"") + len(raw.key() or b"")
        if self._bytes > _MOST_BYTES:
            raise TargetRefused(f"The messages of {self._config.topic} hold more than 64 MB", code="too_large")
        self._messages.append(message)

    def _judge_shortage(self, session: ConsumerSession) -> None:
        """Too few: the step's assertions decide, if it has any."""
        if session.is_lost():
            raise TargetUnreachable(f"{session.where} was lost while waiting for messages", code="reset")
        if not self._context.asserts:
            raise StepTimedOut(self._shortage(), code="too_few_messages")

    def _shortage(self) -> str:
        config, wanted = self._config, self._config.wanted
        came = len(self._messages)
        waited = f"{monotonic() - self._started:.2g} s"
        what = "No message" if came == 0 else f"{came} of {wanted} messages"
        meant = " that was meant" if self._scanned and came == 0 else ""
        text = f"{what}{meant} came from {config.topic} within {waited}"
        near = self._near.entries
        if near:
            nearest = f"{near[0]['predicate']}: {near[0]['message']}"
            return f"{text}; {_messages(self._scanned)} read, the nearest failed {nearest}"
        if config.begin == "run_start" and config.group_id is None and came == 0:
            return f"{text}; none has arrived since the execution began"
        return text


def _until(config: KafkaConsumerConfig, context: StepContext) -> float:
    """When waiting ends: a little before the step's own time does, so that there is time left to say what came.

    The flow's deadline is no verdict on the messages: the wait goes on until it.
    """
    spare = 0.0 if context.deadline_reason == "deadline" else min(0.25, context.remaining / 10)
    limit = config.timeout
    if limit is None and not context.has_timeout:
        limit = _DEFAULT_SECONDS
    end = context.deadline - spare
    return end if limit is None else min(end, monotonic() + limit)


def _message(raw: Any) -> dict[str, Any]:
    _kind, timestamp = raw.timestamp()
    return {
        "topic": raw.topic(),
        "partition": raw.partition(),
        "offset": raw.offset(),
        "key": decoded(raw.key()),
        **decoded_value(raw.value()),
        "headers": decoded_headers(raw.headers()),
        "timestamp": moment(timestamp),
        "timestamp_ms": timestamp if timestamp >= 0 else None,
    }


def _messages(count: int) -> str:
    return "1 message" if count == 1 else f"{count} messages"
