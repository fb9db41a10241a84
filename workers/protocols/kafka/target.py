"""Which cluster a step means. Nothing here ever shows a password."""

from dataclasses import dataclass, field
from typing import Any

from flows.language.actions.kafka_connection import KafkaConfig, KafkaSasl, KafkaTls, brokers_in, split_brokers
from workers.errors import StepMisconfigured
from workers.protocols.tls import TlsSettings

Address = tuple[str, int]


@dataclass(frozen=True)
class KafkaTarget:
    """A cluster by some of its brokers, and how it is entered."""

    brokers: tuple[Address, ...]
    sasl: KafkaSasl | None = field(repr=False)
    tls: TlsSettings | None

    @property
    def service(self) -> str:
        return ",".join(shown(address) for address in self.brokers)

    @property
    def security(self) -> str:
        """librdkafka's name for it."""
        return f"{'sasl_' if self.sasl else ''}{'ssl' if self.tls else 'plaintext'}"

    def describe(self) -> dict[str, Any]:
        """The connection as the record shows it."""
        found: dict[str, Any] = {"brokers": [shown(address) for address in self.brokers], "security": self.security}
        if self.sasl is not None:
            found |= {"mechanism": self.sasl.mechanism, "username": self.sasl.username}
        return found


def target_of(config: KafkaConfig) -> KafkaTarget:
    """Raises StepMisconfigured."""
    try:
        brokers = tuple(split_brokers(brokers_in(config.brokers)))
    except ValueError as exc:
        raise StepMisconfigured(str(exc), code="connection") from exc
    return KafkaTarget(brokers, config.sasl, _tls(config.tls))


def shown(address: Address) -> str:
    host, port = address
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def _tls(tls: bool | KafkaTls | None) -> TlsSettings | None:
    if isinstance(tls, KafkaTls):
        return TlsSettings(verify=tls.verify, ca=tls.ca, client_cert=tls.client_cert, client_key=tls.client_key)
    return TlsSettings() if tls else None
