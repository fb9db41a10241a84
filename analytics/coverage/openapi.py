"""OpenAPI 3.0 and 3.1, as far as coverage needs them: operations, responses, servers; local references only."""

from collections.abc import Iterator, Mapping
from typing import Any, Final
from urllib.parse import unquote, urlsplit

from analytics.coverage.declared import Declared, Operation
from analytics.errors import DocumentInvalid

METHODS: Final = ("get", "put", "post", "delete", "options", "head", "patch", "trace")
DEEPEST: Final = 40  # references that lead to references


def read_openapi(document: Any) -> Declared:
    """Raises DocumentInvalid, which names the place."""
    if not isinstance(document, Mapping):
        raise DocumentInvalid("The document is no object with a key openapi.")
    version = str(document.get("openapi", ""))
    if not version.startswith(("3.0", "3.1")):
        told = f"openapi: {version!r}" if version else "no key openapi"
        raise DocumentInvalid(f"The document has {told}; 3.0 and 3.1 can be read. Convert Swagger 2.0 first.")
    paths = document.get("paths") or {}
    if not isinstance(paths, Mapping):
        raise DocumentInvalid("paths is no object.")
    reader = _Reader(document)
    operations = tuple(one for path, item in paths.items() for one in reader.operations(str(path), item))
    if not operations:
        raise DocumentInvalid("paths declares no operation.")
    info = document.get("info")
    title = str(info.get("title", "")) if isinstance(info, Mapping) else ""
    return Declared(operations, reader.bases(document.get("servers")), title, tuple(reader.notes))


class _Reader:
    def __init__(self, document: Mapping[str, Any]) -> None:
        self.document = document
        self.notes: list[str] = []

    def operations(self, path: str, item: Any) -> Iterator[Operation]:
        item = self.resolved(item, f"paths.{path}")
        if not isinstance(item, Mapping):
            raise DocumentInvalid(f"paths.{path} is no object.")
        if not path.startswith("/"):
            raise DocumentInvalid(f"paths.{path} does not begin with a slash.")
        shared = self._queries(item.get("parameters"), path)
        for method in METHODS:
            if method in item:
                place = f"paths.{path}.{method}"
                declared = self.resolved(item[method], place)
                if not isinstance(declared, Mapping):
                    raise DocumentInvalid(f"{place} is no object.")
                yield self._operation(method.upper(), path, declared, shared, place)

    def _operation(
        self, method: str, path: str, declared: Mapping[str, Any], shared: tuple[str, ...], place: str
    ) -> Operation:
        responses = declared.get("responses") or {}
        if not isinstance(responses, Mapping):
            raise DocumentInvalid(f"{place}.responses is no object.")
        return Operation(
            operation=method,
            route=path,
            responses=tuple(_status(one) for one in responses),
            is_deprecated=declared.get("deprecated") is True,
            operation_id=str(declared.get("operationId") or ""),
            summary=str(declared.get("summary") or ""),
            example=self._example(declared.get("requestBody"), place),
            query=tuple(dict.fromkeys((*shared, *self._queries(declared.get("parameters"), place)))),
        )

    def _queries(self, parameters: Any, place: str) -> tuple[str, ...]:
        """Names of the query parameters without which a call is refused."""
        found = [self.resolved(one, place) for one in parameters or ()]
        wanted = [one for one in found if isinstance(one, Mapping) and one.get("in") == "query" and one.get("required")]
        return tuple(str(one.get("name")) for one in wanted)

    def _example(self, body: Any, place: str) -> object:
        body = self.resolved(body, place) if body else None
        content = body.get("content") if isinstance(body, Mapping) else None
        media = content.get("application/json") if isinstance(content, Mapping) else None
        if not isinstance(media, Mapping):
            return None
        return media["example"] if "example" in media else self.sample(media.get("schema"), place, 6)

    def sample(self, schema: Any, place: str, depth: int) -> object:
        """A value of a schema, for a draft. A nullable type (3.0: `nullable`, 3.1: a list) is its other one."""
        schema = self.resolved(schema, place)
        if not isinstance(schema, Mapping) or depth == 0:
            return None
        for key in ("example", "default", "const"):
            if key in schema:
                return schema[key]
        if schema.get("enum"):
            return schema["enum"][0]
        for key in ("allOf", "oneOf", "anyOf"):
            if schema.get(key):
                return self._of_several(schema[key], key, place, depth)
        return self._of_type(type_of(schema), schema, place, depth)

    def _of_several(self, schemas: Any, key: str, place: str, depth: int) -> object:
        samples = [self.sample(one, place, depth - 1) for one in schemas]
        objects = [one for one in samples if isinstance(one, dict)]
        if key == "allOf" and objects:
            return {name: value for one in objects for name, value in one.items()}
        return next((one for one in samples if one is not None), None)

    def _of_type(self, kind: str, schema: Mapping[str, Any], place: str, depth: int) -> object:
        if kind == "object" or "properties" in schema:
            names = schema.get("required") or list(schema.get("properties") or {})[:5]
            properties = schema.get("properties") or {}
            return {name: self.sample(properties.get(name), place, depth - 1) for name in names}
        if kind == "array":
            return [self.sample(schema.get("items"), place, depth - 1)]
        return {"string": "text", "integer": 1, "number": 1.5, "boolean": True}.get(kind)

    def bases(self, servers: Any) -> tuple[str, ...]:
        """The path of every server, its variables at each of their values."""
        found = [""]
        for server in servers or ():
            if isinstance(server, Mapping):
                found += [_path(url) for url in _with_variables(server)]
        return tuple(dict.fromkeys(found))

    def resolved(self, value: Any, place: str) -> Any:
        """What a local `$ref` leads to. Raises DocumentInvalid where it leads nowhere, or round and round."""
        reference: Any = ""
        for _ in range(DEEPEST):
            reference = value.get("$ref") if isinstance(value, Mapping) else None
            if not isinstance(reference, str):
                return value
            if not reference.startswith("#"):
                self.notes.append(f"{place}: {reference} is in another document and was not read.")
                return {key: one for key, one in value.items() if key != "$ref"}
            value = self._at(reference, place)
        raise DocumentInvalid(f"{place}: the reference {reference} leads back to itself.")

    def _at(self, reference: str, place: str) -> Any:
        found: Any = self.document
        for part in reference.removeprefix("#").split("/")[1:]:
            key = unquote(part).replace("~1", "/").replace("~0", "~")
            if not isinstance(found, Mapping) or key not in found:
                raise DocumentInvalid(f"{place}: there is nothing at {reference}.")
            found = found[key]
        return found


def type_of(schema: Mapping[str, Any]) -> str:
    """The type of a schema, without null."""
    kind = schema.get("type")
    if isinstance(kind, list):
        return next((str(one) for one in kind if one != "null"), "null")
    return str(kind or "")


def _status(written: Any) -> str:
    text = str(written)
    return text.upper() if text[:1].isdigit() else text


def _path(url: str) -> str:
    return urlsplit(url).path.rstrip("/") if "://" in url or url.startswith("/") else "/" + url.strip("/")


def _with_variables(server: Mapping[str, Any]) -> list[str]:
    urls = [str(server.get("url") or "")]
    variables = server.get("variables")
    for name, variable in variables.items() if isinstance(variables, Mapping) else ():
        if isinstance(variable, Mapping):
            values = [str(one) for one in variable.get("enum") or [variable.get("default", "")]]
            urls = [url.replace(f"{{{name}}}", value) for url in urls for value in values[:20]][:100]
    return urls
