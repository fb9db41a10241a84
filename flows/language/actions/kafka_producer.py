"""kafka_producer: write one message to a topic, and know where it went."""

from typing import Any, Literal, Self

from pydantic import Field, model_validator

from flows.language.actions.base import ActionSpec
from flows.language.actions.kafka_connection import KafkaConfig

_CONTENT = "text as it is, {base64: …} as bytes, anything else as JSON"


class KafkaProducerConfig(KafkaConfig):
    value: Any = Field(None, description=f"{_CONTENT}; null is a tombstone")
    payload: Any = Field(None, description="another name of value")
    key: Any = Field(None, description=f"{_CONTENT}; null for none")
    headers: dict[str, Any] = Field(
        default_factory=dict, description=f"name → value ({_CONTENT}); a list sends the header several times"
    )
    partition: int | None = Field(None, ge=0, lt=2**31, description="chosen by the key if left out, as Java does it")
    compression: Literal["none", "gzip", "snappy", "lz4", "zstd"] | None = None

    @model_validator(mode="after")
    def _has_one_value(self) -> Self:
        given = [name for name in ("value", "payload") if name in self.model_fields_set]
        if len(given) != 1:
            raise ValueError(
                "value and payload are given; they are the same" if given else "kafka_producer needs value"
            )
        return self

    @property
    def content(self) -> Any:
        """The value of the message, whichever key it was written under."""
        return self.payload if "payload" in self.model_fields_set else self.value


SPEC = ActionSpec(
    name="kafka_producer",
    Config=KafkaProducerConfig,
    aliases=("kafka_publish",),
    result_keys=frozenset(
        {"topic", "partition", "offset", "timestamp", "timestamp_ms", "key", "value", "headers", "duration_ms"}
    ),
    summary="Writes a message to a Kafka topic.",
)
