"""What librdkafka's errors mean. Its texts name addresses and states, never credentials."""

import re
from typing import Any

from workers.errors import StepError, StepMisconfigured, StepTimedOut, TargetRefused, TargetUnreachable

# By librdkafka's names; a leading underscore is its own finding, without one the broker said it.
_LOST = frozenset({"_TRANSPORT", "_ALL_BROKERS_DOWN", "NETWORK_EXCEPTION", "BROKER_NOT_AVAILABLE"})
_TIMED_OUT = frozenset({"_TIMED_OUT", "_TIMED_OUT_QUEUE", "_MSG_TIMED_OUT", "REQUEST_TIMED_OUT"})
_TOO_LARGE = frozenset({"MSG_SIZE_TOO_LARGE", "INVALID_MSG_SIZE"})
_FORBIDDEN = frozenset({"TOPIC_AUTHORIZATION_FAILED", "GROUP_AUTHORIZATION_FAILED", "CLUSTER_AUTHORIZATION_FAILED"})
_NOT_YET = frozenset(  # right after a topic is made, or while a leader changes
    {
        "LEADER_NOT_AVAILABLE",
        "NOT_LEADER_FOR_PARTITION",
        "REPLICA_NOT_AVAILABLE",
        "FENCED_LEADER_EPOCH",
        "UNKNOWN_LEADER_EPOCH",
        "COORDINATOR_NOT_AVAILABLE",
        "COORDINATOR_LOAD_IN_PROGRESS",
        "NOT_COORDINATOR",
        "_WAIT_COORD",
        "_WAIT_CACHE",
    }
)
NO_TOPIC = frozenset({"_UNKNOWN_TOPIC", "UNKNOWN_TOPIC_OR_PART"})
WAITING = _LOST | _TIMED_OUT | _NOT_YET  # worth asking again while there is time
AUTH = frozenset({"_AUTHENTICATION", "SASL_AUTHENTICATION_FAILED"})
LOST = _LOST | {"_RESOLVE"}

_NOISE = re.compile(r" \(after \d+ms in state [A-Z_0-9]+\)|, \d+ identical error\(s\) suppressed")
_ADDRESS = re.compile(r"^(?:[a-z_]+://)?[^ ]+?/(?:bootstrap|\d+): ")


def said(error: Any) -> str:
    """librdkafka's own words, without what only its authors need."""
    text = _ADDRESS.sub("", _NOISE.sub("", str(error.str() or error.name())))
    return text.strip().rstrip(".")[:500]


def failure(error: Any, where: str, *, topic: str = "") -> StepError:
    """The failure that a KafkaError stands for; `where` opens the sentence: `Kafka at host:9092`."""
    name = error.name()
    for names, kind, code, sentence in _MEANINGS:
        if name in names:
            return kind(sentence.format(where=where, topic=topic, said=said(error)), code=code)
    return TargetRefused(f"{where} said no: {said(error)}", code=name.strip("_").lower())


def no_partition(where: str, topic: str, partition: int, *, count: int) -> StepError:
    message = f"{where} has no partition {partition} of topic {topic}; it has {count}"
    return TargetRefused(message, code="unknown_partition")


_MEANINGS: tuple[tuple[frozenset[str], type[StepError], str, str], ...] = (
    (AUTH, TargetRefused, "auth", "{where} refused the log-in: {said}"),
    (NO_TOPIC, TargetRefused, "unknown_topic", "{where} has no topic {topic}"),
    (frozenset({"_UNKNOWN_PARTITION"}), TargetRefused, "unknown_partition", "{where} lacks a partition of {topic}"),
    (_TOO_LARGE, TargetRefused, "message_too_large", "{where} refused the message: it is too large"),
    (_FORBIDDEN, TargetRefused, "forbidden", "{where} does not allow it: {said}"),
    (frozenset({"_SSL"}), TargetUnreachable, "tls", "The TLS connection with {where} failed: {said}"),
    (frozenset({"_RESOLVE"}), TargetUnreachable, "dns", "{where} cannot be resolved: {said}"),
    (_LOST, TargetUnreachable, "reset", "{where} broke the connection: {said}"),
    (_TIMED_OUT, StepTimedOut, "read_timeout", "{where} did not answer in time: {said}"),
    (frozenset({"_INVALID_ARG", "_CONFLICT"}), StepMisconfigured, "connection", "librdkafka does not take it: {said}"),
)
