"""Where a gRPC method is, and what describes it: the keys that both gRPC actions share."""

import re
from typing import Any, Literal, Self

from pydantic import Field, field_validator, model_validator

from flows.language.actions.base import ActionConfig, has_template
from flows.language.durations import Duration

_SCHEMES = {"grpc": False, "http": False, "grpcs": True, "https": True}  # scheme -> whether it means TLS
_METHOD = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_SERVICE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*(\.[A-Za-z_][A-Za-z0-9_]*)*")
_METADATA_NAME = re.compile(r"[0-9a-z_.-]+")

RESULT_KEYS = frozenset(
    {
        "status",
        "status_code",
        "message",
        "response",
        "body",
        "responses",
        "metadata",
        "trailers",
        "details",
        "duration_ms",
    }
)


class GrpcTls(ActionConfig):
    """How to trust the server; plain `tls: true` trusts what the worker's system trusts."""

    verify: bool = True
    ca: str | None = Field(None, description="file of trusted certificates, on the worker")
    cert: str | None = Field(None, description="file with the client's certificate (and key), on the worker")
    key: str | None = Field(None, description="file with the client's key, on the worker")
    server_name: str | None = Field(None, description="the name the certificate is for, where it is not the address's")


class DescriptorFile(ActionConfig):
    """A descriptor set on the worker."""

    file: str


class GrpcConfig(ActionConfig):
    """Base of the gRPC configs."""

    address: str = Field(description="host:port; grpcs:// or https:// before it means TLS")
    service: str | None = Field(None, description="full name, or the short one where it is the only one of that name")
    method: str = Field(description="name of the method; package.Service/Method names the service as well")
    request: Any = Field(None, description="the message as an object; a list of them where the client streams")
    metadata: dict[str, Any] = Field(
        default_factory=dict, description="name → value; a list sends several, -bin names take base64"
    )
    timeout: Duration | None = Field(None, description="the deadline of the call, reflection included")
    tls: bool | GrpcTls | None = None
    proto: str | dict[str, str] | None = Field(None, description="the text of a .proto file, or name → text of several")
    proto_file: str | list[str] | None = Field(
        None, description=".proto files: beside the flow, sent along by the command line, or on the worker"
    )
    import_paths: list[str] = Field(default_factory=list, description="folders that imports of proto_file start from")
    descriptor_set: str | DescriptorFile | None = Field(
        None, description="a serialized FileDescriptorSet as base64, or {file: path on the worker}"
    )
    field_names: Literal["json", "proto"] = Field(
        "json", description="names in responses: unitPrice (json) or unit_price, as the .proto file has them (proto)"
    )

    @field_validator("address")
    @classmethod
    def _is_an_address(cls, value: str) -> str:
        if not has_template(value):
            read_address(value)
        return value.strip()

    @field_validator("method")
    @classmethod
    def _is_a_method(cls, value: str) -> str:
        value = value.strip()
        service, _, name = value.strip("/").rpartition("/")
        if has_template(value):
            return value
        if not _METHOD.fullmatch(name) or (service and not _SERVICE.fullmatch(service)):
            raise ValueError(f"{value!r} is not the name of a method: Method, or package.Service/Method")
        return value

    @field_validator("service")
    @classmethod
    def _is_a_service(cls, value: str | None) -> str | None:
        if value is not None and not has_template(value) and not _SERVICE.fullmatch(value):
            raise ValueError(f"{value!r} is not the name of a service: package.Service")
        return value

    @field_validator("metadata")
    @classmethod
    def _can_be_sent(cls, value: dict[str, Any]) -> dict[str, Any]:
        for name in () if has_template(value) else value:
            if has_template(name):
                continue
            if not _METADATA_NAME.fullmatch(name.lower()):
                raise ValueError(f"{name!r} is not a metadata name: letters, digits, _ . -")
            if name.lower().startswith("grpc-"):
                raise ValueError(f"{name} is reserved: names that begin with grpc- belong to gRPC")
        return value

    @model_validator(mode="after")
    def _names_one_service_and_one_description(self) -> Self:
        in_method = "/" in self.method.strip("/") or has_template(self.method)
        if self.service is None and not in_method:
            raise ValueError("service is missing; say which service the method belongs to")
        if self.service is not None and "/" in self.method and not has_template(self.method):
            raise ValueError("service and a method with a service in it are given; say the service once")
        given = [name for name in ("proto", "proto_file", "descriptor_set") if getattr(self, name) is not None]
        if len(given) > 1:
            raise ValueError(f"{' and '.join(given)} are given; one of them describes the service")
        return self

    @property
    def full_method(self) -> tuple[str, str]:
        """Service (full or short name) and method."""
        service, _, name = self.method.strip("/").rpartition("/")
        return (self.service or service), name


def read_address(text: str) -> tuple[str, int, bool | None]:
    """Host, port, and whether the scheme says TLS (None without one). Raises ValueError with a sentence."""
    scheme, separator, rest = text.strip().partition("://")
    if not separator:
        scheme, rest = "", scheme
    is_secure = _SCHEMES.get(scheme.lower()) if scheme else None
    if scheme and is_secure is None:
        raise ValueError(f"address must be host:port, or begin with grpc:// or grpcs://, not {scheme[:30]}://")
    rest = rest.rstrip("/")
    if "/" in rest or "@" in rest:
        raise ValueError("address must be host:port and nothing else; the service and the method have their own keys")
    host, _, port = rest.rpartition(":")
    if rest.endswith("]") or not host:
        host, port = rest, "443" if is_secure else ""
    if host.startswith("[") and host.endswith("]"):
        host = host[1:-1]
    elif ":" in host:
        raise ValueError("an IPv6 address needs brackets: [::1]:50051")
    if not host:
        raise ValueError("address names no host")
    if not (port.isascii() and port.isdigit() and 0 < int(port[:6]) < 65536):
        raise ValueError("address names no port; it must look like host:50051")
    return host, int(port), is_secure
