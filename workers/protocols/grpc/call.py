"""One call as a step makes it: connect, find out what the method takes, send, read, judge."""

import base64
import binascii
from collections.abc import Sequence
from pathlib import Path
from time import monotonic
from typing import Any

from google.protobuf.message import DecodeError

from flows.language.actions.grpc_connection import GrpcConfig
from workers.actions.base import Endpoint, Result, StepContext
from workers.errors import Aborted, StepError, StepMisconfigured, TargetRefused
from workers.protocols.grpc import metadata
from workers.protocols.grpc.connection import Connection, Ended, connected, out_of_time
from workers.protocols.grpc.decoding import Reader
from workers.protocols.grpc.encoding import to_message
from workers.protocols.grpc.protoc import compile_files, compile_sent, compile_texts
from workers.protocols.grpc.reflection import Reflection
from workers.protocols.grpc.schema import Method, Schema, schema_of
from workers.protocols.grpc.statuses import details_of, refusal
from workers.protocols.grpc.target import GrpcTarget, target_of
from workers.protocols.tls import require_local_file

MOST_RESPONSES = 10_000
# Whoever asserts on one of these has an opinion on the status; anybody else expects OK.
STATUS_NAMES = frozenset({"status", "status_code", "message", "details", "trailers", "result"})


def call(config: GrpcConfig, context: StepContext, *, max_responses: int | None = None) -> Result:
    """Make the call. Raises StepError with what came so far, or Aborted."""
    started = monotonic()
    deadline = context.deadline if config.timeout is None else min(context.deadline, started + config.timeout)
    target, (service, name) = target_of(config), config.full_method
    context.record_request(
        **target.describe(), service=service, method=name, metadata=dict(config.metadata), request=config.request
    )
    answer = _Answer(context)
    try:
        sent = metadata.to_pairs(config.metadata)
        given = _given_schema(config, context)
        method = given.method(service, name) if given is not None else None
        with connected(target, context, deadline) as connection:
            if method is None:
                full, described = Reflection(connection, sent).describe(service)
                given = schema_of(described)
                method = given.method(full, name)
            context.record_request(service=method.service)
            context.endpoint = Endpoint("grpc", target.where, method.service, method.name)
            requests = _requests(config.request, method)
            answer.reader = Reader(method.pool, proto_names=config.field_names == "proto")
            ended = answer.take_from(connection, method, requests, sent, max_responses)
        assert given is not None  # the method was found in it
        return _judged(answer, ended, given, method, target, context, started)
    except (StepError, Aborted) as exc:
        if isinstance(exc, StepError) and exc.partial is None:
            exc.partial = dict(context.partial) or None
        raise


def endpoint(config: GrpcConfig) -> Endpoint:
    service, name = config.full_method
    return Endpoint("grpc", target_of(config).where, service, name)


def summary(result: Result) -> str:
    count = len(result["responses"])
    return result["status"] if count == 1 else f"{result['status']}, {count} responses"


class _Answer:
    """What has come back so far."""

    def __init__(self, context: StepContext) -> None:
        self.responses: list[Any] = []
        self.has_left = False  # we had enough
        self.reader: Reader | None = None
        self._context = context

    def take_from(
        self,
        connection: Connection,
        method: Method,
        requests: Sequence[bytes],
        sent: Sequence[metadata.Pair],
        most: int | None,
    ) -> Ended:
        reader = self.reader
        assert reader is not None  # set with the method

        def take(serialized: bytes) -> bool:
            response = method.response_type()
            try:
                response.ParseFromString(serialized)
            except DecodeError as exc:
                kind = method.response_type.DESCRIPTOR.full_name
                raise TargetRefused(f"{method.path} sent what is no {kind}", code="bad_response") from exc
            if len(self.responses) >= MOST_RESPONSES:
                what = f"{method.path} sent more than {MOST_RESPONSES} responses; max_responses leaves earlier"
                raise TargetRefused(what, code="too_large")
            self.responses.append(reader.read(response))
            self._context.record_partial(responses=self.responses)
            self.has_left = len(self.responses) == most
            return not self.has_left

        return connection.call(method.path, requests, streams=method.streams_requests, metadata=sent, take=take)


def _judged(
    answer: _Answer,
    ended: Ended,
    schema: Schema,
    method: Method,
    target: GrpcTarget,
    context: StepContext,
    started: float,
) -> Result:
    last = answer.responses[-1] if answer.responses else None
    result = {
        "status": ended.status,
        "status_code": ended.code,
        "message": ended.message,
        "response": last,
        "body": last,
        "responses": answer.responses,
        "metadata": metadata.to_json(ended.metadata),
        "trailers": metadata.to_json(ended.trailers),
        "details": details_of(ended, schema),
        "duration_ms": round((monotonic() - started) * 1000, 3),
    }
    context.record_partial(**result)
    is_asserted = bool(context.asserted_names & STATUS_NAMES)
    if ended.status == "DEADLINE_EXCEEDED" and monotonic() >= context.deadline:
        raise out_of_time(target)  # the step's own time: no answer can be waited for, whoever asks
    if ended.status != "OK" and not is_asserted:
        if ended.status == "DEADLINE_EXCEEDED":
            raise out_of_time(target)
        raise refusal(method.path.lstrip("/"), ended)
    if ended.status == "OK" and not method.streams_responses and len(answer.responses) != 1:
        what = f"{method.path} answered OK with {len(answer.responses)} responses instead of one"
        raise TargetRefused(what, code="bad_response")
    return result


def _given_schema(config: GrpcConfig, context: StepContext) -> Schema | None:
    """What the flow itself says about the service; None leaves it to reflection."""
    if config.proto is not None:
        return schema_of(compile_texts(config.proto, context))
    if config.proto_file is not None:
        names = [config.proto_file] if isinstance(config.proto_file, str) else config.proto_file
        if any(name in context.files for name in names):
            return schema_of(compile_sent(names, config.import_paths, context))
        files = [require_local_file(name, local_files=context.local_files) for name in names]
        return schema_of(compile_files(files, [Path(folder) for folder in config.import_paths], context))
    if isinstance(config.descriptor_set, str):
        try:
            return schema_of(base64.b64decode("".join(config.descriptor_set.split()), validate=True))
        except (binascii.Error, ValueError) as exc:
            raise StepMisconfigured("descriptor_set is not base64", code="bad_descriptor") from exc
    if config.descriptor_set is not None:
        return schema_of(require_local_file(config.descriptor_set.file, local_files=context.local_files).read_bytes())
    return None


def _requests(given: Any, method: Method) -> list[bytes]:
    """The messages to send. Raises StepMisconfigured (`bad_request`)."""
    if not method.streams_requests:
        return [_serialized({} if given is None else given, method, "request")]
    each = given if isinstance(given, list) else [] if given is None else [given]
    return [_serialized(item, method, f"request[{index}]") for index, item in enumerate(each)]


def _serialized(value: Any, method: Method, place: str) -> bytes:
    serialized: bytes = to_message(value, method.request_type, method.pool, place).SerializeToString()
    return serialized
