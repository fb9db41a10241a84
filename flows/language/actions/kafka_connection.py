"""Where a Kafka cluster is and how it is entered: the keys that both Kafka actions share."""

import re
from typing import Any, Literal

from pydantic import Field, field_validator

from flows.language.actions.base import ActionConfig, has_template

_TOPIC = re.compile(r"[A-Za-z0-9._-]{1,249}")
_HOST = re.compile(r"[A-Za-z0-9._-]+|\[[0-9A-Fa-f:.%]+\]")
_ADVICE = "write host:port, several with commas or as a list"


class KafkaTls(ActionConfig):
    """How to trust the brokers; plain `tls: true` trusts what the worker's system trusts."""

    verify: bool = True
    ca: str | None = Field(None, description="file of trusted certificates, on the worker")
    client_cert: str | None = Field(None, description="file with certificate (and key), on the worker")
    client_key: str | None = Field(None, description="file with the key, on the worker")


class KafkaSasl(ActionConfig):
    """A name and a password."""

    mechanism: Literal["PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"] = "PLAIN"
    username: str = Field(min_length=1)
    password: str

    @field_validator("mechanism", mode="before")
    @classmethod
    def _in_one_spelling(cls, value: Any) -> Any:
        return value.upper().replace("_", "-") if isinstance(value, str) and not has_template(value) else value


class KafkaConfig(ActionConfig):
    """Base of the Kafka configs."""

    brokers: list[str] | str = Field(description="host:port of one broker or several; the port is 9092 if left out")
    topic: str
    sasl: KafkaSasl | None = None
    tls: bool | KafkaTls | None = None

    @field_validator("brokers")
    @classmethod
    def _are_addresses(cls, value: list[str] | str) -> list[str] | str:
        if isinstance(value, str) and has_template(value):
            return value
        parts = brokers_in(value)
        known = [part for part in parts if not has_template(part)]
        if known or not parts:
            split_brokers(known)
        return value

    @field_validator("topic")
    @classmethod
    def _is_a_topic(cls, value: str) -> str:
        if not has_template(value) and (not _TOPIC.fullmatch(value) or value in {".", ".."}):
            raise ValueError(f"topic is {value[:60]!r}; a topic has letters, digits, '.', '_' and '-', at most 249")
        return value


def brokers_in(value: list[str] | str) -> list[str]:
    """The brokers as they are written, one by one."""
    texts = [value] if isinstance(value, str) else value
    return [part.strip() for text in texts for part in text.split(",") if part.strip()]


def split_brokers(brokers: list[str]) -> list[tuple[str, int]]:
    """Host and port of each. Raises ValueError with a sentence."""
    if not brokers:
        raise ValueError(f"brokers names no broker; {_ADVICE}")
    return [_host_and_port(text) for text in brokers]


def _host_and_port(text: str) -> tuple[str, int]:
    if "://" in text:
        raise ValueError(f"brokers has an address with {text.partition('://')[0][:20]}://; {_ADVICE}")
    host, separator, port = text.rpartition(":")
    if not separator or text.endswith("]"):
        host, port = text, "9092"
    if not _HOST.fullmatch(host):
        raise ValueError(f"brokers has {text.rpartition('@')[2][:60]!r}, which is no address; {_ADVICE}")
    if not (port.isascii() and port.isdigit() and len(port) <= 5 and 0 < int(port) < 65536):
        raise ValueError(f"brokers has the port {port[:20]!r}, which is not between 1 and 65535")
    return host.strip("[]"), int(port)
