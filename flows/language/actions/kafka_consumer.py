"""kafka_consumer: wait for messages of a topic, by default of those that arrived since the execution began."""

from datetime import UTC, datetime
from typing import Any, Self

from pydantic import Field, field_validator, model_validator

from flows.language.actions.base import ActionConfig, ActionSpec, has_template
from flows.language.actions.kafka_connection import KafkaConfig
from flows.language.durations import Duration

MOST_MESSAGES = 10_000
_WORDS = {
    "run_start": "run_start",
    "beginning": "beginning",
    "earliest": "beginning",
    "end": "end",
    "latest": "end",
}

MESSAGE_KEYS = frozenset(
    {"topic", "partition", "offset", "key", "value", "text", "json", "headers", "timestamp", "timestamp_ms"}
)


class KafkaMatch(ActionConfig):
    """Which message is meant: all that is given must hold. Not rendered with the config, but for each message."""

    key: Any = Field(None, description="the key must be this; templates are allowed")
    headers: dict[str, Any] = Field(
        default_factory=dict, description="name → value it must have; templates are allowed"
    )
    json_path: str | None = Field(
        None, description="a JSONPath over the value that must find something, or an expression with one"
    )
    expression: str | None = Field(None, description="an expression over the message that must be true")


class KafkaConsumerConfig(KafkaConfig):
    group_id: str | None = Field(
        None, min_length=1, max_length=249, description="joins this group and commits; left out, no group is joined"
    )
    partition: int | None = Field(None, ge=0, lt=2**31, description="reads only this one")
    count: int | None = Field(None, ge=1, le=MOST_MESSAGES, description="how many messages to wait for (1)")
    max_messages: int | None = Field(None, ge=1, le=MOST_MESSAGES, description="another name of count")
    timeout: Duration | None = Field(None, description="how long to wait: the step's own timeout if left out, else 30s")
    from_: int | str | None = Field(
        None, alias="from", description="run_start (default), beginning, end, an offset or an ISO 8601 time"
    )
    from_beginning: bool | None = Field(None, description="true is the same as from: beginning")
    match: str | KafkaMatch | None = Field(None, description="an expression, or {key, headers, json_path, expression}")
    filter: str | list[str] | None = Field(None, description="expressions over the message that must all be true")

    @field_validator("from_", mode="before")
    @classmethod
    def _is_a_place(cls, value: Any) -> Any:
        if value is None or has_template(value):
            return value
        place = place_in(value)
        return place.isoformat() if isinstance(place, datetime) else place

    @model_validator(mode="after")
    def _says_each_once(self) -> Self:
        if self.count is not None and self.max_messages is not None:
            raise ValueError("count and max_messages are given; they are the same")
        if self.from_beginning is not None and self.from_ is not None:
            raise ValueError("from and from_beginning are given; say once where to begin")
        if self.group_id is not None and self.partition is not None:
            raise ValueError("partition and group_id are given; a group gives out its partitions itself")
        return self

    @property
    def wanted(self) -> int:
        """How many messages to wait for."""
        return self.count or self.max_messages or 1

    @property
    def begin(self) -> str | int | datetime:
        """`run_start`, `beginning`, `end`, an offset, or a time."""
        if self.from_beginning:
            return "beginning"
        return "run_start" if self.from_ is None else place_in(self.from_)


def place_in(value: Any) -> str | int | datetime:
    """Where `from` says to begin. Raises ValueError with a sentence."""
    text = str(value).strip()
    if text.isascii() and text.isdigit() and len(text) <= 18:
        return int(text)
    if word := _WORDS.get(text.lower()):
        return word
    try:
        time = datetime.fromisoformat(text)
    except ValueError:
        raise ValueError(_bad_place(value)) from None
    return time if time.tzinfo is not None else time.replace(tzinfo=UTC)


def _bad_place(value: Any) -> str:
    return f"from is {str(value)[:60]!r}; it is run_start, beginning, end, an offset or an ISO 8601 time"


SPEC = ActionSpec(
    name="kafka_consumer",
    Config=KafkaConsumerConfig,
    aliases=("kafka_consume",),
    result_keys=frozenset({"messages", "count", "scanned", "near_misses", "duration_ms"}),
    item_keys=MESSAGE_KEYS | {"body"},
    waits=True,
    summary="Waits for messages of a Kafka topic.",
)
