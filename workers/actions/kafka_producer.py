"""kafka_producer: write one message to a topic, and know where it went."""

from collections.abc import Mapping
from time import monotonic
from typing import Any

from flows.language.actions.kafka_producer import SPEC, KafkaProducerConfig
from workers.actions.base import Action, Endpoint, Result, StepContext
from workers.protocols.kafka.contents import encoded, encoded_headers, moment
from workers.protocols.kafka.producing import Outgoing, ProducerSession
from workers.protocols.kafka.target import target_of
from workers.protocols.routes import with_holes


class KafkaProducer(Action[KafkaProducerConfig]):
    spec = SPEC

    def run(self, config: KafkaProducerConfig, context: StepContext) -> Result:
        target = target_of(config)
        context.record_request(
            connection=target.describe(),
            topic=config.topic,
            key=config.key,
            value=config.content,
            headers=config.headers,
            partition=config.partition,
            compression=config.compression,
        )
        message = Outgoing(
            topic=config.topic,
            value=encoded(config.content, "value"),
            key=encoded(config.key, "key"),
            headers=encoded_headers(config.headers),
            partition=config.partition,
            not_before=int(context.execution_started_at.timestamp() * 1000),
        )
        started = monotonic()
        with ProducerSession(target, context, compression=config.compression) as session:
            written = session.produce(message)
        return {
            "topic": config.topic,
            "partition": written.partition,
            "offset": written.offset,
            "timestamp": moment(written.timestamp_ms),
            "timestamp_ms": written.timestamp_ms,
            "key": config.key,
            "value": config.content,
            "headers": config.headers,
            "duration_ms": round((monotonic() - started) * 1000, 3),
        }

    def endpoint(self, config: KafkaProducerConfig, written: Mapping[str, Any]) -> Endpoint:
        topic = with_holes(written.get("topic"), config.topic)
        return Endpoint("kafka", target_of(config).service, "PRODUCE", topic)

    def summary(self, config: KafkaProducerConfig, result: Result) -> str:
        return f"{config.topic}, partition {result['partition']}, offset {result['offset']}"
