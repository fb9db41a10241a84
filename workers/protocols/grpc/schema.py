"""What describes a service: a set of file descriptors, and what can be found in it."""

from collections.abc import Iterable
from dataclasses import dataclass
from importlib import import_module
from typing import Any

from google.protobuf import descriptor_pb2, message_factory
from google.protobuf.descriptor_pool import DescriptorPool
from google.protobuf.message import DecodeError

from flows.language.problems import nearest
from workers.errors import StepMisconfigured
from workers.protocols.grpc.recent import Recent

MOST_BYTES = 16 * 1024 * 1024  # of all descriptors of one server
_REMEMBERED_BYTES = 1024 * 1024  # larger sets are built anew each time

# Their files are at hand: servers and descriptor sets often leave them out.
_WELL_KNOWN = {
    f"google/protobuf/{name}.proto": f"google.protobuf.{name}_pb2"
    for name in (
        *("any", "api", "descriptor", "duration", "empty", "field_mask"),
        *("source_context", "struct", "timestamp", "type", "wrappers"),
    )
}


@dataclass(frozen=True)
class Method:
    """A method, ready to be called."""

    service: str  # full name
    name: str
    request_type: Any  # the message class
    response_type: Any
    streams_requests: bool
    streams_responses: bool
    pool: DescriptorPool

    @property
    def path(self) -> str:
        return f"/{self.service}/{self.name}"


class Schema:
    """Services and messages by name."""

    def __init__(self, files: Iterable[Any]) -> None:
        """`files` are FileDescriptorProtos in any order. Raises StepMisconfigured (`bad_descriptor`)."""
        self.pool = DescriptorPool()
        self._files = {file.name: file for file in files}
        self._added: set[str] = set()
        for name in self._files:
            self._add(name, ())
        self.services = tuple(
            f"{file.package}.{service.name}" if file.package else service.name
            for file in self._files.values()
            for service in file.service
        )

    def method(self, service: str, name: str) -> Method:
        """Raises StepMisconfigured (`no_service`, `no_method`), naming the nearest there is."""
        full = full_name(service, self.services)
        found = self.pool.FindServiceByName(full)
        method = found.methods_by_name.get(name)
        if method is None:
            names = [method.name for method in found.methods]
            raise StepMisconfigured(f"{full} has no method {name}.{_hint(name, names)}", code="no_method")
        return Method(
            service=full,
            name=name,
            request_type=message_factory.GetMessageClass(method.input_type),
            response_type=message_factory.GetMessageClass(method.output_type),
            streams_requests=method.client_streaming,
            streams_responses=method.server_streaming,
            pool=self.pool,
        )

    def _add(self, name: str, importers: tuple[str, ...]) -> None:
        if name in self._added:
            return
        if name in importers:
            raise StepMisconfigured(f"{name} imports itself", code="bad_descriptor")
        file = self._files.get(name) or _well_known(name)
        if file is None:
            raise StepMisconfigured(f"{importers[-1]} imports {name}, which is not there", code="bad_descriptor")
        for dependency in file.dependency:
            self._add(dependency, (*importers, name))
        try:
            self.pool.AddSerializedFile(file.SerializeToString())
        except (TypeError, ValueError) as exc:
            raise StepMisconfigured(f"{name} does not describe valid messages: {exc}", code="bad_descriptor") from exc
        self._added.add(name)


def full_name(service: str, services: Iterable[str]) -> str:
    """The service that `service` means. Raises StepMisconfigured (`no_service`, `ambiguous_service`)."""
    known = sorted(set(services))
    if service in known:
        return service
    found = [name for name in known if name.rpartition(".")[2] == service]
    if len(found) == 1:
        return found[0]
    if found:
        raise StepMisconfigured(f"{service} may be {' or '.join(found)}; give the full name", code="ambiguous_service")
    raise StepMisconfigured(f"There is no service {service}.{_hint(service, known)}", code="no_service")


_recent: Recent[Schema] = Recent(32)


def schema_of(serialized: bytes) -> Schema:
    """The schema of a serialized FileDescriptorSet. Raises StepMisconfigured (`bad_descriptor`)."""
    if len(serialized) > MOST_BYTES:
        raise StepMisconfigured(f"The descriptors take {len(serialized)} bytes, too many", code="bad_descriptor")
    if len(serialized) > _REMEMBERED_BYTES:
        return _parsed(serialized)
    return _recent.get(serialized, lambda: _parsed(serialized))


def _parsed(serialized: bytes) -> Schema:
    found = descriptor_pb2.FileDescriptorSet()
    try:
        found.ParseFromString(serialized)
    except DecodeError as exc:
        raise StepMisconfigured("The descriptor set is no serialized FileDescriptorSet", code="bad_descriptor") from exc
    return Schema(found.file)


def is_well_known(name: str) -> bool:
    """Whether a file need not be sent along."""
    return name in _WELL_KNOWN


def _well_known(name: str) -> Any:
    if name not in _WELL_KNOWN:
        return None
    file = descriptor_pb2.FileDescriptorProto()
    import_module(_WELL_KNOWN[name]).DESCRIPTOR.CopyToProto(file)
    return file


def _hint(name: str, names: list[str]) -> str:
    found = nearest(name, names)
    if found:
        return f" The nearest is {found}."
    return f" There {'is' if len(names) == 1 else 'are'} {', '.join(names[:10])}." if names else " There is none."
