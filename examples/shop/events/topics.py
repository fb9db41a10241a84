"""The topics of the shop, and what every client of theirs is told."""

import logging
from typing import Any, Final

PLACED: Final = "order.placed"
PAID: Final = "order.paid"
REJECTED: Final = "notifications.rejected"  # what the notifications service could make nothing of
ALL: Final = (PLACED, PAID, REJECTED)
PARTITIONS: Final = 3

EVENT_ID: Final = "event-id"
EVENT_TYPE: Final = "event-type"

logger = logging.getLogger("shop.kafka")


class BrokerSilent(Exception):
    """No broker answers, or it refuses the shop's topics. The message is a sentence for a person."""


def settings(brokers: str, **more: Any) -> dict[str, Any]:
    return {
        "bootstrap.servers": brokers,
        "client.id": "shop",
        "reconnect.backoff.max.ms": 1000,
        "topic.metadata.refresh.interval.ms": 10_000,
        "error_cb": lambda error: logger.debug("%s", error),
        "logger": logger,
        "log_level": 4,
    } | more


def make_topics(brokers: str, *, seconds: float = 5) -> None:
    """Make what is missing, so that a flow may wait for an event before there ever was one. Raises BrokerSilent."""
    from confluent_kafka import KafkaError, KafkaException
    from confluent_kafka.admin import AdminClient
    from confluent_kafka.cimpl import NewTopic

    admin = AdminClient(settings(brokers))
    wanted = [NewTopic(name, num_partitions=PARTITIONS, replication_factor=1) for name in ALL]
    for name, made in admin.create_topics(wanted, request_timeout=seconds).items():
        try:
            made.result(seconds)
        except KafkaException as exc:
            error = exc.args[0]
            if error.code() in {KafkaError._TIMED_OUT, KafkaError._TRANSPORT}:  # noqa: SLF001 - their public names
                raise BrokerSilent(f"No Kafka broker answers at {brokers}.") from exc
            if error.code() != KafkaError.TOPIC_ALREADY_EXISTS:
                raise BrokerSilent(f"The topic {name} cannot be made: {error.str()}.") from exc
        except TimeoutError as exc:
            raise BrokerSilent(f"No Kafka broker answers at {brokers}.") from exc
