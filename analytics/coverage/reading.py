"""Whatever a service describes itself with: OpenAPI as JSON or YAML, or a gRPC descriptor set."""

import base64
import binascii
from typing import Any, Final

import yaml
from google.protobuf.descriptor_pb2 import FileDescriptorSet
from google.protobuf.message import DecodeError

from analytics.coverage.declared import Declared, Operation
from analytics.coverage.matching import HTTP
from analytics.coverage.openapi import read_openapi
from analytics.errors import DocumentInvalid

GRPC: Final = "grpc"
LARGEST: Final = 4 * 1024 * 1024
_LIBRARY: Final = "google.protobuf."  # brings no services of anybody


def read_document(protocol: str, text: str) -> Declared:
    """Raises DocumentInvalid."""
    if len(text) > LARGEST:
        raise DocumentInvalid(f"The document has {len(text)} characters; {LARGEST} is the most.")
    if protocol == HTTP:
        return read_openapi(_parsed(text))
    if protocol == GRPC:
        return _descriptors(text)
    raise DocumentInvalid(f"There are documents for http (OpenAPI) and grpc (descriptor sets), not for {protocol!r}.")


def _parsed(text: str) -> Any:
    """JSON is YAML. Aliases are refused: a few lines of them make gigabytes."""
    try:
        if any(isinstance(token, yaml.AliasToken) for token in yaml.scan(text)):
            raise DocumentInvalid("The document has YAML aliases (*name), which are not read. Use $ref.")
        return yaml.load(text, Loader=_Loader)  # noqa: S506 - a safe loader
    except (yaml.YAMLError, RecursionError, ValueError) as exc:
        mark = getattr(exc, "problem_mark", None)
        place = f" at line {mark.line + 1}, column {mark.column + 1}" if mark else ""
        raise DocumentInvalid(f"The document is neither JSON nor YAML: {getattr(exc, 'problem', exc)}{place}.") from exc


class _Loader(yaml.SafeLoader):
    """Dates stay texts, and so do the keys of responses."""


_Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:timestamp"]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def _descriptors(text: str) -> Declared:
    try:
        found = FileDescriptorSet.FromString(base64.b64decode(text, validate=True))
    except (binascii.Error, ValueError, DecodeError) as exc:
        raise DocumentInvalid("This is no descriptor set in base64 (`protoc --descriptor_set_out`).") from exc
    operations = []
    for file in found.file:
        prefix = f"{file.package}." if file.package else ""
        for service in file.service:
            deprecated = service.options.deprecated
            operations += [
                Operation(
                    operation=f"{prefix}{service.name}", route=method.name,
                    is_deprecated=deprecated or method.options.deprecated,
                )
                for method in service.method
                if not prefix.startswith(_LIBRARY)
            ]  # fmt: skip
    if not operations:
        raise DocumentInvalid("The descriptor set has no service.")
    return Declared(tuple(operations), title=operations[0].operation)
