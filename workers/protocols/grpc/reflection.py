"""Asking a server what it offers: gRPC server reflection, v1 and where that is missing v1alpha.

Both have the same messages under different names. How much a server may send is bounded, and so are the rounds.
"""

from collections.abc import Sequence
from typing import Any

from google.protobuf import descriptor_pb2
from google.protobuf.message import DecodeError
from grpc_reflection.v1alpha import reflection_pb2

from flows.language.problems import nearest
from workers.errors import StepMisconfigured, TargetRefused
from workers.protocols.grpc.connection import Connection, Ended, out_of_time
from workers.protocols.grpc.metadata import Pair
from workers.protocols.grpc.schema import MOST_BYTES, full_name, is_well_known
from workers.protocols.grpc.statuses import refusal

_VERSIONS = ("v1", "v1alpha")
_MOST_ROUNDS = 50  # of asking for what the files before import
_NOT_FOUND, _UNIMPLEMENTED = 5, 12


class Reflection:
    """One server, asked over one connection."""

    def __init__(self, connection: Connection, metadata: Sequence[Pair]) -> None:
        self._connection = connection
        self._metadata = metadata
        self._version = ""

    def describe(self, service: str) -> tuple[str, bytes]:
        """The full name of `service` and a serialized FileDescriptorSet with all it needs.

        Raises StepMisconfigured (`no_reflection`, `no_service`, `ambiguous_service`, `bad_descriptor`), TargetRefused,
        TargetUnreachable, StepTimedOut or Aborted.
        """
        full = service if "." in service else full_name(service, self._services())
        (answer,) = self._ask([_request(file_containing_symbol=full)])
        if _error_code(answer) == _NOT_FOUND:
            raise StepMisconfigured(self._no_service(full), code="no_service")
        files = self._files_in(answer)
        for _ in range(_MOST_ROUNDS):
            missing = sorted({name for file in files.values() for name in file.dependency if name not in files})
            missing = [name for name in missing if not is_well_known(name)]
            if not missing:
                break
            for answer in self._ask([_request(file_by_filename=name) for name in missing]):
                files |= self._files_in(answer)
            _check_size(files.values())
        found = descriptor_pb2.FileDescriptorSet(file=[files[name] for name in sorted(files)])
        return full, found.SerializeToString(deterministic=True)

    def _services(self) -> list[str]:
        (answer,) = self._ask([_request(list_services="")])
        return [service.name for service in answer.list_services_response.service]

    def _no_service(self, service: str) -> str:
        names = self._services()
        found = nearest(service, names)
        return f"There is no service {service}." + (f" The nearest is {found}." if found else "")

    def _files_in(self, answer: Any) -> dict[str, Any]:
        where = self._connection.target.where
        if answer.HasField("error_response"):
            raise TargetRefused(
                f"{where} could not describe it: {answer.error_response.error_message}", code="reflection"
            )
        files = {}
        for serialized in answer.file_descriptor_response.file_descriptor_proto:
            file = descriptor_pb2.FileDescriptorProto()
            try:
                file.ParseFromString(serialized)
            except DecodeError as exc:
                raise StepMisconfigured(f"{where} sent a description that is none", code="bad_descriptor") from exc
            files[file.name] = file
        _check_size(files.values())
        return files

    def _ask(self, requests: Sequence[Any]) -> list[Any]:
        """One answer to each request, in one call."""
        for version in [self._version] if self._version else _VERSIONS:
            answers: list[Any] = []
            ended = self._call(version, requests, answers)
            if ended.code == _UNIMPLEMENTED and not self._version:
                continue
            self._version = version
            if ended.status == "DEADLINE_EXCEEDED":
                raise out_of_time(self._connection.target)
            if ended.status != "OK":
                raise refusal(f"{self._connection.target.where}, asked to describe itself,", ended)
            if len(answers) != len(requests):
                raise TargetRefused(f"{self._connection.target.where} left a question unanswered", code="reflection")
            return answers
        raise StepMisconfigured(
            f"{self._connection.target.where} does not describe itself (it has no server reflection);"
            " give proto, proto_file or descriptor_set",
            code="no_reflection",
        )

    def _call(self, version: str, requests: Sequence[Any], answers: list[Any]) -> Ended:
        def take(message: bytes) -> bool:
            answer = reflection_pb2.ServerReflectionResponse()
            try:
                answer.ParseFromString(message)
            except DecodeError as exc:
                raise TargetRefused(
                    f"{self._connection.target.where} does not speak server reflection", code="reflection"
                ) from exc
            answers.append(answer)
            return len(answers) < len(requests)

        path = f"/grpc.reflection.{version}.ServerReflection/ServerReflectionInfo"
        sent = [request.SerializeToString() for request in requests]
        return self._connection.call(path, sent, streams=True, metadata=self._metadata, take=take)


def _request(**what: str) -> Any:
    return reflection_pb2.ServerReflectionRequest(**what)


def _error_code(answer: Any) -> int:
    return answer.error_response.error_code if answer.HasField("error_response") else 0


def _check_size(files: Any) -> None:
    if sum(file.ByteSize() for file in files) > MOST_BYTES:
        raise TargetRefused("The server describes itself in more bytes than can be read", code="too_large")
