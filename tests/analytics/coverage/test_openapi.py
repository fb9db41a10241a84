"""Documents as services publish them, and which operation a call belongs to."""

from typing import Any

import pytest

from analytics.coverage.matching import match
from analytics.coverage.openapi import read_openapi
from analytics.errors import DocumentInvalid


def document(paths: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"openapi": "3.0.3", "info": {"title": "Pets"}, "paths": paths, **more}


OK: dict[str, Any] = {"responses": {"200": {"description": "ok"}}}
PETS = document(
    {
        "/pets": {"get": OK, "post": OK},
        "/pets/mine": {"get": OK},
        "/pets/{petId}": {"get": OK, "post": OK},
        "/reports/{id}.{fmt}": {"get": OK},
        "/reports/latest": {"get": OK},
    },
    servers=[
        {"url": "https://api.test/v1"},
        {"url": "/{area}/v2", "variables": {"area": {"default": "eu", "enum": ["eu", "us"]}}},
    ],
)


@pytest.mark.parametrize(
    ("method", "path", "route"),
    [
        ("GET", "/pets/mine", "/pets/mine"),
        ("GET", "/pets/42", "/pets/{petId}"),
        ("GET", "/pets/{}", "/pets/{petId}"),
        ("POST", "/pets/mine", "/pets/{petId}"),
        ("GET", "/reports/7.csv", "/reports/{id}.{fmt}"),
        ("GET", "/reports/{}", "/reports/{id}.{fmt}"),
        ("GET", "/reports/{}.csv", "/reports/{id}.{fmt}"),
        ("GET", "/reports/latest", "/reports/latest"),
        ("DELETE", "/pets/1", None),
        ("GET", "/pets/1/toys", None),
        ("GET", "/v1/pets/1", "/pets/{petId}"),
        ("GET", "/us/v2/pets", "/pets"),
        ("GET", "/v3/pets", None),
        ("GET", "/pets/", "/pets"),
    ],
)
def test_a_call_belongs_to_the_most_literal_route_with_its_method(method: str, path: str, route: str | None) -> None:
    found = match(read_openapi(PETS), "http", method, path)
    assert (found.route if found else None) == route


def test_references_are_followed_and_broken_ones_named() -> None:
    whole = document(
        {
            "/a": {"$ref": "#/components/pathItems/A"},
            "/b~c": {"get": {"responses": {"default": {"$ref": "#/components/responses/Any"}, "2xx": {}}}},
        },
        components={"pathItems": {"A": {"get": {**OK, "deprecated": True, "operationId": "getA"}}}},
    )
    a, b = read_openapi(whole).operations
    assert (a.operation_id, a.is_deprecated, a.responses) == ("getA", True, ("200",))
    assert (b.declares(204), b.declares(503)) == ("2XX", "default")
    assert a.declares(201) is None
    with pytest.raises(DocumentInvalid, match=r"paths\./a: there is nothing at #/components/gone\."):
        read_openapi(document({"/a": {"$ref": "#/components/gone"}}))
    round_and_round = document({"/a": {"$ref": "#/x"}}, x={"$ref": "#/x"})
    with pytest.raises(DocumentInvalid, match="leads back to itself"):
        read_openapi(round_and_round)


def test_a_reference_into_another_document_is_noted_and_left() -> None:
    found = read_openapi(document({"/a": {"get": OK}, "/b": {"$ref": "other.yaml#/b", "get": OK}}))
    assert [one.name for one in found.operations] == ["GET /a", "GET /b"]
    assert "other.yaml" in found.notes[0]


@pytest.mark.parametrize(
    ("version", "schema", "sample"),
    [
        ("3.0.0", {"type": "string", "nullable": True}, "text"),
        ("3.1.0", {"type": ["null", "integer"]}, 1),
        ("3.1.0", {"type": "object", "required": ["a"], "properties": {"a": {"enum": ["x"]}, "b": {}}}, {"a": "x"}),
        ("3.1.0", {"type": "array", "items": {"const": 5}}, [5]),
        (
            "3.0.0",
            {"allOf": [{"properties": {"a": {"default": 1}}}, {"properties": {"b": {"type": "boolean"}}}]},
            {"a": 1, "b": True},
        ),
        ("3.1.0", {"oneOf": [{"type": "null"}, {"type": "number"}]}, 1.5),
        (
            "3.0.0",
            {"$ref": "#/components/schemas/Node"},
            {"next": {"next": {"next": {"next": {"next": {"next": None}}}}}},
        ),
    ],
)
def test_a_draft_has_a_body_that_fits(version: str, schema: dict[str, Any], sample: object) -> None:
    body = {"requestBody": {"content": {"application/json": {"schema": schema}}}, **OK}
    node = {"type": "object", "properties": {"next": {"$ref": "#/components/schemas/Node"}}}
    whole = document({"/a": {"post": body}}, components={"schemas": {"Node": node}}) | {"openapi": version}
    (found,) = read_openapi(whole).operations
    assert found.example == sample


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ([], "no object"),
        ({"swagger": "2.0"}, "Convert Swagger"),
        ({"openapi": "4.0"}, "3.0 and 3.1"),
        (document({}), "no operation"),
        (document({"pets": {"get": OK}}), "paths.pets does not begin with a slash"),
        (document({"/a": {"get": 5}}), r"paths./a.get is no object"),
        (document({"/a": {"get": {"responses": 5}}}), r"paths./a.get.responses is no object"),
    ],
)
def test_what_cannot_be_read_is_said(wrong: Any, message: str) -> None:
    with pytest.raises(DocumentInvalid, match=message):
        read_openapi(wrong)


def test_required_query_parameters_are_known() -> None:
    wanted = {"in": "query", "name": "q", "required": True}
    whole = document({"/a": {"parameters": [wanted], "get": {**OK, "parameters": [{"in": "query", "name": "page"}]}}})
    assert read_openapi(whole).operations[0].query == ("q",)
