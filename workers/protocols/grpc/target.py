"""Which server a config means, and how to trust it."""

from dataclasses import dataclass
from typing import Any

from flows.language.actions.grpc_connection import GrpcConfig, GrpcTls, read_address
from workers.errors import StepMisconfigured
from workers.protocols.tls import TlsSettings


@dataclass(frozen=True)
class GrpcTarget:
    """A server. `tls` is None where the connection is plain."""

    host: str
    port: int
    tls: TlsSettings | None
    server_name: str = ""

    @property
    def where(self) -> str:
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"

    @property
    def authority(self) -> str:
        """What the server is told it is called: its certificate's name where that differs from the address."""
        return self.server_name or self.where

    def describe(self) -> dict[str, Any]:
        """The connection as the record shows it."""
        shown = {"address": self.where, "tls": self.tls is not None or None, "server_name": self.server_name or None}
        return {name: value for name, value in shown.items() if value is not None}


def target_of(config: GrpcConfig) -> GrpcTarget:
    """Raises StepMisconfigured for an address that cannot be read."""
    try:
        host, port, is_secure = read_address(config.address)
    except ValueError as exc:
        raise StepMisconfigured(str(exc), code="address") from exc
    if isinstance(config.tls, GrpcTls):
        tls = config.tls
        settings = TlsSettings(verify=tls.verify, ca=tls.ca, client_cert=tls.cert, client_key=tls.key, alpn=("h2",))
        return GrpcTarget(host, port, settings, tls.server_name or "")
    wants_tls = bool(is_secure) if config.tls is None else config.tls
    return GrpcTarget(host, port, TlsSettings(alpn=("h2",)) if wants_tls else None)
