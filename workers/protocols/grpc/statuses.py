"""What a status other than OK says: the failure, and the details that google.rpc.Status carries."""

from typing import Any

from google.protobuf import descriptor_pb2, message_factory
from google.protobuf.message import DecodeError

from workers.errors import TargetRefused
from workers.protocols.grpc.connection import Ended
from workers.protocols.grpc.decoding import Reader
from workers.protocols.grpc.schema import Schema

DETAILS_TRAILER = "grpc-status-details-bin"

# google.rpc's messages, field numbers by order: (name, type), * for repeated, a capital for a message of the same list.
_MESSAGES: dict[str, tuple[tuple[str, str], ...]] = {
    "Status": (("code", "int32"), ("message", "string"), ("details", "*.google.protobuf.Any")),
    "ErrorInfo": (("reason", "string"), ("domain", "string"), ("metadata", "*.google.rpc.ErrorInfo.MetadataEntry")),
    "RetryInfo": (("retry_delay", ".google.protobuf.Duration"),),
    "DebugInfo": (("stack_entries", "*string"), ("detail", "string")),
    "QuotaFailure": (("violations", "*.google.rpc.QuotaFailure.Violation"),),
    "QuotaFailure.Violation": (("subject", "string"), ("description", "string")),
    "PreconditionFailure": (("violations", "*.google.rpc.PreconditionFailure.Violation"),),
    "PreconditionFailure.Violation": (("type", "string"), ("subject", "string"), ("description", "string")),
    "BadRequest": (("field_violations", "*.google.rpc.BadRequest.FieldViolation"),),
    "BadRequest.FieldViolation": (("field", "string"), ("description", "string"), ("reason", "string")),
    "RequestInfo": (("request_id", "string"), ("serving_data", "string")),
    "ResourceInfo": (
        *(("resource_type", "string"), ("resource_name", "string")),
        *(("owner", "string"), ("description", "string")),
    ),
    "Help": (("links", "*.google.rpc.Help.Link"),),
    "Help.Link": (("description", "string"), ("url", "string")),
    "LocalizedMessage": (("locale", "string"), ("message", "string")),
    "ErrorInfo.MetadataEntry": (("key", "string"), ("value", "string")),
}


def refusal(who: str, ended: Ended, *, partial: dict[str, Any] | None = None) -> TargetRefused:
    """The failure of a call that ended with a status other than OK: `grpc_not_found`."""
    said = f": {ended.message}" if ended.message else ""
    return TargetRefused(f"{who} answered {ended.status}{said}", code=f"grpc_{ended.status.lower()}", partial=partial)


def details_of(ended: Ended, schema: Schema) -> list[Any]:
    """The details of the status, each by its `@type`; empty where the server sent none."""
    serialized = ended.trailer(DETAILS_TRAILER)
    if serialized is None:
        return []
    status: Any = message_factory.GetMessageClass(_RPC.pool.FindMessageTypeByName("google.rpc.Status"))()
    try:
        status.ParseFromString(serialized)
    except DecodeError:
        return []
    return [_detail(detail, schema) for detail in status.details]


def _detail(detail: Any, schema: Schema) -> Any:
    """google.rpc's own messages, or those of the service."""
    name = detail.type_url.rpartition("/")[2]
    is_ours = name.startswith("google.rpc.") and name.removeprefix("google.rpc.") in _MESSAGES
    return Reader(_RPC.pool if is_ours else schema.pool).read(detail)


def _describe() -> Schema:
    file = descriptor_pb2.FileDescriptorProto(
        name="google/rpc/status_details.proto",
        package="google.rpc",
        syntax="proto3",
        dependency=["google/protobuf/any.proto", "google/protobuf/duration.proto"],
    )
    for path, fields in _MESSAGES.items():
        outer, _, inner = path.partition(".")
        message = next((found for found in file.message_type if found.name == outer), None)
        if message is None:
            message = file.message_type.add(name=outer)
        if inner:
            message = message.nested_type.add(name=inner)
            message.options.map_entry = inner.endswith("Entry")
        for number, (name, kind) in enumerate(fields, 1):
            _add_field(message, name, number, kind)
    return Schema([file])


def _add_field(message: Any, name: str, number: int, kind: str) -> None:
    field = descriptor_pb2.FieldDescriptorProto
    label = field.LABEL_REPEATED if kind.startswith("*") else field.LABEL_OPTIONAL
    kind = kind.removeprefix("*")
    if kind.startswith("."):
        message.field.add(name=name, number=number, label=label, type=field.TYPE_MESSAGE, type_name=kind)
    else:
        number_of = {"string": field.TYPE_STRING, "int32": field.TYPE_INT32}
        message.field.add(name=name, number=number, label=label, type=number_of[kind])


_RPC = _describe()
