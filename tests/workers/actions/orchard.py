"""A gRPC server to test against: every kind of method, every kind of field, and a few bad habits."""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from time import monotonic
from typing import Any, Self

import grpc
from google.protobuf import any_pb2, message_factory
from grpc_reflection.v1alpha import reflection, reflection_pb2

from workers.abort import Abort
from workers.actions.base import StepContext
from workers.egress import Egress
from workers.protocols.grpc.protoc import compile_texts
from workers.protocols.grpc.schema import Schema, schema_of
from workers.protocols.grpc.statuses import _RPC

PROTO = """
syntax = "proto3";
package orchard;

import "google/protobuf/any.proto";
import "google/protobuf/duration.proto";
import "google/protobuf/field_mask.proto";
import "google/protobuf/struct.proto";
import "google/protobuf/timestamp.proto";
import "google/protobuf/wrappers.proto";

enum Ripeness { GREEN = 0; RIPE = 1; }

message Apple {
  string id = 1;
  int64 weight_mg = 2;
  uint64 seeds = 3;
  double price = 4;
  float acidity = 5;
  bool sold = 6;
  bytes photo = 7;
  Ripeness ripeness = 8;
  repeated string tags = 9;
  map<string, int64> counts = 10;
  oneof origin { string tree = 11; int32 crate = 12; }
  optional int32 rating = 13;
  google.protobuf.Timestamp picked_at = 14;
  google.protobuf.Duration keeps = 15;
  google.protobuf.Struct notes = 16;
  google.protobuf.Int64Value limit = 17;
  google.protobuf.Any extra = 18;
  google.protobuf.FieldMask mask = 19;
  google.protobuf.Value anything = 20;
  repeated Apple siblings = 21;
  map<int32, Apple> by_row = 22;
}

message Trouble { int32 code = 1; string message = 2; bool with_details = 3; }
message Count { int32 to = 1; int32 size = 2; string then = 3; }
message Number { int64 value = 1; string padding = 2; }
message Note { string text = 1; }

service Trees {
  rpc Echo(Apple) returns (Apple);
  rpc Fail(Trouble) returns (Apple);
  rpc Hang(Apple) returns (Apple);
  rpc Metadata(Note) returns (Note);
  rpc CountUp(Count) returns (stream Number);
  rpc Sum(stream Number) returns (Number);
  rpc Double(stream Number) returns (stream Number);
}
"""
SERVICE = "orchard.Trees"


def a_context(seconds: float = 20, **more: Any) -> StepContext:
    return StepContext(
        abort=Abort(),
        deadline=monotonic() + seconds,
        execution_started_at=datetime.now(UTC),
        egress=Egress(),
        **more,
    )


def described() -> bytes:
    """The orchard as a serialized FileDescriptorSet."""
    return compile_texts(PROTO, a_context())


def schema() -> Schema:
    return schema_of(described())


def message(name: str, **fields: Any) -> Any:
    """A message of the orchard, or of google.rpc."""
    pool = _RPC.pool if name.startswith("google.rpc.") else schema().pool
    return message_factory.GetMessageClass(pool.FindMessageTypeByName(name))(**fields)


class Orchard:
    """Serves on a free port of loopback while it is entered. `reflection`: versions it answers to."""

    def __init__(
        self, *, reflection: tuple[str, ...] = ("v1", "v1alpha"), tls: grpc.ServerCredentials | None = None
    ) -> None:
        self.reflection = reflection
        self.calls: list[str] = []
        self.called_as = ""  # the authority of the last call of Metadata
        self.called = threading.Event()
        self.left = threading.Event()  # a caller went away before its answer
        self.release = threading.Event()
        self._executor = ThreadPoolExecutor(8)
        self._server = grpc.server(self._executor, options=[("grpc.max_send_message_length", -1)])
        self._server.add_generic_rpc_handlers((_Handlers(self),))
        if tls is None:
            self.port = self._server.add_insecure_port("127.0.0.1:0")
        else:
            self.port = self._server.add_secure_port("127.0.0.1:0", tls)

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self.port}"

    def __enter__(self) -> Self:
        self._server.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.release.set()
        self._server.stop(0).wait()
        self._executor.shutdown()

    def is_welcome(self, metadata: dict[str, Any]) -> bool:
        """Whether a caller with this metadata may come in."""
        return True

    # the methods

    def echo(self, request: Any, _context: Any) -> Any:
        return request

    def fail(self, request: Any, context: Any) -> Any:
        trailers: list[tuple[str, Any]] = [("why", "because")]
        if request.with_details:
            trailers.append(("grpc-status-details-bin", _details(request)))
        context.set_trailing_metadata(tuple(trailers))
        context.set_code(next(code for code in grpc.StatusCode if code.value[0] == request.code))
        context.set_details(request.message)
        return message("orchard.Apple")

    def hang(self, request: Any, context: Any) -> Any:
        context.add_callback(self.left.set)
        self.called.set()
        self.release.wait(30)
        return request

    def metadata(self, request: Any, context: Any) -> Any:
        self.called_as = context._rpc_event.call_details.host.decode()  # grpcio shows it nowhere else
        got = {name: value for name, value in context.invocation_metadata() if name != "user-agent"}
        context.send_initial_metadata(
            (("greeting", "hello"), ("twice", "a"), ("twice", "b"), ("blob-bin", b"\x00\x01"))
        )
        context.set_trailing_metadata((("farewell", "bye"),))
        return message("orchard.Note", text=f"{request.text} {sorted(got.items())}")

    def count_up(self, request: Any, context: Any) -> Iterator[Any]:
        context.add_callback(self.left.set)
        for value in range(1, request.to + 1):
            yield message("orchard.Number", value=value, padding="x" * request.size)
        self.called.set()
        if request.then == "hang":
            self.release.wait(30)
        elif request.then == "drip":
            while context.is_active() and not self.release.wait(0.05):
                yield message("orchard.Number")
        elif request.then:
            context.abort(grpc.StatusCode.DATA_LOSS, request.then)

    def sum(self, requests: Iterator[Any], _context: Any) -> Any:
        return message("orchard.Number", value=sum(number.value for number in requests))

    def double(self, requests: Iterator[Any], _context: Any) -> Iterator[Any]:
        for number in requests:
            yield message("orchard.Number", value=2 * number.value)


class _Handlers(grpc.GenericRpcHandler):
    def __init__(self, orchard: Orchard) -> None:
        kinds = {
            "Echo": ("Apple", grpc.unary_unary_rpc_method_handler, orchard.echo),
            "Fail": ("Trouble", grpc.unary_unary_rpc_method_handler, orchard.fail),
            "Hang": ("Apple", grpc.unary_unary_rpc_method_handler, orchard.hang),
            "Metadata": ("Note", grpc.unary_unary_rpc_method_handler, orchard.metadata),
            "CountUp": ("Count", grpc.unary_stream_rpc_method_handler, orchard.count_up),
            "Sum": ("Number", grpc.stream_unary_rpc_method_handler, orchard.sum),
            "Double": ("Number", grpc.stream_stream_rpc_method_handler, orchard.double),
        }
        self._orchard = orchard
        self._handlers: dict[str, Any] = {
            f"/{SERVICE}/{name}": _handler(f"orchard.{takes}", make, behave)
            for name, (takes, make, behave) in kinds.items()
        }
        servicer = reflection.ReflectionServicer([SERVICE, "orchard.Other"], pool=schema().pool)
        for version in orchard.reflection:
            self._handlers[f"/grpc.reflection.{version}.ServerReflection/ServerReflectionInfo"] = (
                grpc.stream_stream_rpc_method_handler(
                    servicer.ServerReflectionInfo,
                    request_deserializer=reflection_pb2.ServerReflectionRequest.FromString,
                    response_serializer=reflection_pb2.ServerReflectionResponse.SerializeToString,
                )
            )

    def service(self, handler_call_details: Any) -> Any:
        self._orchard.calls.append(handler_call_details.method)
        if not self._orchard.is_welcome(dict(handler_call_details.invocation_metadata)):
            return grpc.stream_stream_rpc_method_handler(_turn_away)
        return self._handlers.get(handler_call_details.method)


def _turn_away(_requests: Any, context: Any) -> Iterator[Any]:
    context.abort(grpc.StatusCode.UNAUTHENTICATED, "who are you")
    yield from ()


def _handler(takes: str, make: Callable[..., Any], behave: Any) -> Any:
    return make(behave, request_deserializer=type(message(takes)).FromString, response_serializer=_serialized)


def _serialized(response: Any) -> bytes:
    serialized: bytes = response.SerializeToString()
    return serialized


def _details(request: Any) -> bytes:
    bad = message("google.rpc.BadRequest")
    bad.field_violations.add(field="weight_mg", description="too heavy")
    own = message("orchard.Note", text="our own kind")
    packed = [
        any_pb2.Any(type_url=f"type.googleapis.com/{each.DESCRIPTOR.full_name}", value=each.SerializeToString())
        for each in (bad, own)
    ]
    status = message("google.rpc.Status", code=request.code, message=request.message)
    for each in packed:
        status.details.add(type_url=each.type_url, value=each.value)
    return _serialized(status)
