"""Endpoint coverage over HTTP, and the documents it is measured by."""

from datetime import datetime
from typing import Literal

from django.http import HttpResponse
from ninja import Field, Query, Router, Schema, Status

from analytics.coverage.drafts import draft_of
from analytics.coverage.stored import from_row
from analytics.csvtext import csv_response
from analytics.errors import DocumentUnknown
from analytics.models import ServiceDocument
from analytics.operations.save_document import delete_document, exclude_operations, find_document, save_document
from analytics.questions.coverage import Coverage, coverage_of
from analytics.schemas import TableIn
from flows.language.problems import nearest
from workspaces.auth import ApiRequest
from workspaces.models import Role

router = Router()


class CoverageIn(TableIn):
    service: str = Field("", description="The name of one document.")
    deprecated: bool = Field(False, description="Count deprecated operations too.")


class DocumentIn(Schema):
    protocol: Literal["http", "grpc"] = "http"
    services: list[str] = Field(
        max_length=200, description="Hosts it answers at, as steps call them: `shop.internal:8080`."
    )
    text: str = Field(description="OpenAPI 3.0 or 3.1 as JSON or YAML; a gRPC descriptor set in base64.")


class DocumentOut(Schema):
    name: str
    protocol: str
    title: str
    services: list[str]
    operations: int
    excluded: list["ExclusionOut"]
    notes: list[str]
    uploaded_at: datetime

    @classmethod
    def of(cls, one: ServiceDocument) -> "DocumentOut":
        return cls(
            name=one.name,
            protocol=one.protocol,
            title=one.title,
            services=one.services,
            operations=len(one.operations),
            excluded=[ExclusionOut(**each) for each in one.excluded],
            notes=one.notes,
            uploaded_at=one.uploaded_at,
        )


class ExclusionOut(Schema):
    operation: str = Field(max_length=1200, description="`GET /orders/{id}`")
    reason: str = Field(max_length=1000)


class ExclusionsIn(Schema):
    excluded: list[ExclusionOut] = Field(max_length=2000)


class DraftIn(Schema):
    operation: str = Field(max_length=1200, description="`GET /orders/{id}`")


class DraftOut(Schema):
    text: str = Field(description="A step as YAML, to paste below `steps:`.")


@router.get("/coverage", response=Coverage)
def get_coverage(request: ApiRequest, query: Query[CoverageIn]) -> Coverage | HttpResponse:
    """Which declared operations the flows exercise and cover, what they call that is not declared, what went stale."""
    found = coverage_of(query.of(request.auth.workspace), service=query.service, deprecated=query.deprecated)
    if query.format == "csv":
        return csv_response("coverage", [operation for one in found.services for operation in one.operations])
    return found


@router.get("/services", response=list[DocumentOut])
def list_documents(request: ApiRequest) -> list[DocumentOut]:
    rows = ServiceDocument.objects.filter(workspace=request.auth.workspace).defer("text")
    return [DocumentOut.of(one) for one in rows]


@router.put("/services/{slug:name}", response=DocumentOut)
def put_document(request: ApiRequest, name: str, body: DocumentIn) -> DocumentOut:
    """Upload what a service declares, in the place of what it declared before."""
    caller = request.auth
    caller.require(Role.EDITOR)
    document = save_document(
        workspace=caller.workspace,
        name=name,
        protocol=body.protocol,
        services=body.services,
        text=body.text,
        by=caller.user,
        actor=caller.actor,
    )
    return DocumentOut.of(document)


@router.delete("/services/{slug:name}", response={204: None})
def remove_document(request: ApiRequest, name: str) -> Status[None]:
    caller = request.auth
    caller.require(Role.EDITOR)
    delete_document(document=find_document(caller.workspace, name), by=caller.user, actor=caller.actor)
    return Status(204, None)


@router.put("/services/{slug:name}/exclusions", response=DocumentOut)
def put_exclusions(request: ApiRequest, name: str, body: ExclusionsIn) -> DocumentOut:
    """Operations that need no coverage, each with its reason."""
    caller = request.auth
    caller.require(Role.EDITOR)
    document = exclude_operations(
        document=find_document(caller.workspace, name),
        excluded=[(one.operation, one.reason) for one in body.excluded],
        by=caller.user,
        actor=caller.actor,
    )
    return DocumentOut.of(document)


@router.get("/services/{slug:name}/draft", response=DraftOut)
def get_draft(request: ApiRequest, name: str, query: Query[DraftIn]) -> DraftOut:
    """The draft of a step that calls an operation."""
    document = find_document(request.auth.workspace, name)
    operations = {one.name: one for one in from_row(document).operations}
    found = operations.get(query.operation)
    if found is None:
        near = nearest(query.operation, operations)
        hint = f" The nearest is {near}." if near else ""
        raise DocumentUnknown(f"{name} declares no {query.operation!r}.{hint}")
    return DraftOut(text=draft_of(document.protocol, found, document.name))
