"""Declared operations as a document's row keeps them, and back."""

from typing import Any

from analytics.coverage.declared import Declared, Operation
from analytics.models import ServiceDocument


def to_json(declared: Declared) -> list[dict[str, Any]]:
    return [
        {
            "operation": one.operation,
            "route": one.route,
            "responses": list(one.responses),
            "deprecated": one.is_deprecated,
            "id": one.operation_id,
            "summary": one.summary,
            "example": one.example,
            "query": list(one.query),
        }
        for one in declared.operations
    ]


def from_row(document: ServiceDocument) -> Declared:
    operations = tuple(
        Operation(
            operation=one["operation"],
            route=one["route"],
            responses=tuple(one["responses"]),
            is_deprecated=one["deprecated"],
            operation_id=one["id"],
            summary=one["summary"],
            example=one["example"],
            query=tuple(one["query"]),
        )
        for one in document.operations
    )
    return Declared(operations, tuple(document.bases), document.title, tuple(document.notes))
