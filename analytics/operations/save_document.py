"""Keep what a service declares."""

from collections.abc import Iterable, Sequence

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone

from analytics.coverage.reading import read_document
from analytics.coverage.stored import from_row, to_json
from analytics.errors import DocumentInvalid, DocumentUnknown
from analytics.models import ServiceDocument
from analytics.rollups.naming import name_service
from flows.language.problems import nearest
from workspaces.models import Workspace
from workspaces.operations.record_audit import record_audit


def save_document(
    *, workspace: Workspace, name: str, protocol: str, services: Sequence[str], text: str, by: User | None, actor: str
) -> ServiceDocument:
    """Put it in the place of the one of that name; exclusions stay. Routes are called as it declares them from now on,
    also those that were called before; what was called is matched when it is asked for.

    `services` are the hosts it answers at, as steps name them (`shop.internal:8080`). Raises DocumentInvalid.
    """
    declared = read_document(protocol, text)
    hosts = sorted({one.strip().lower() for one in services if one.strip()})
    if not hosts:
        raise DocumentInvalid("services: name at least one host it answers at, as steps call it: shop.internal:8080.")
    with transaction.atomic():
        before = ServiceDocument.objects.filter(workspace=workspace, name=name).values_list("services", flat=True)
        touched = {*hosts, *(host for services in before for host in services)}
        document, _ = ServiceDocument.objects.update_or_create(
            workspace=workspace,
            name=name,
            defaults={
                "protocol": protocol, "services": hosts, "title": declared.title[:255], "text": text,
                "operations": to_json(declared), "bases": list(declared.bases), "notes": list(declared.notes)[:100],
                "uploaded_at": timezone.now(), "uploaded_by": by,
            },
        )  # fmt: skip
        _name_anew(workspace, touched)
        record_audit(
            workspace=workspace, by=by, actor=actor, verb="document.saved", target=name,
            operations=len(declared.operations),
        )  # fmt: skip
    return document


def exclude_operations(
    *, document: ServiceDocument, excluded: Sequence[tuple[str, str]], by: User | None, actor: str
) -> ServiceDocument:
    """Operations that need no coverage, each with its reason; those named before and not now count again.

    Raises DocumentInvalid for an operation it has not, or without a reason.
    """
    names = [one.name for one in from_row(document).operations]
    for operation, reason in excluded:
        if operation not in names:
            near = nearest(operation, names)
            raise DocumentInvalid(
                f"{document.name} has no {operation!r}." + (f" The nearest is {near}." if near else "")
            )
        if not reason.strip():
            raise DocumentInvalid(f"{operation}: an exclusion needs a reason.")
    with transaction.atomic():
        document.excluded = [{"operation": operation, "reason": reason.strip()} for operation, reason in excluded]
        document.save(update_fields=["excluded"])
        record_audit(
            workspace=document.workspace, by=by, actor=actor, verb="document.excluded", target=document.name,
            operations=[operation for operation, _ in excluded][:50],
        )  # fmt: skip
    return document


def delete_document(*, document: ServiceDocument, by: User | None, actor: str) -> None:
    with transaction.atomic():
        record_audit(workspace=document.workspace, by=by, actor=actor, verb="document.deleted", target=document.name)
        document.delete()
        _name_anew(document.workspace, document.services)


def _name_anew(workspace: Workspace, hosts: Iterable[str]) -> None:
    """In one order, so that two who save wait for each other and no longer."""
    for host in sorted(hosts):
        name_service(workspace.pk, host)


def find_document(workspace: Workspace, name: str) -> ServiceDocument:
    """Raises DocumentUnknown."""
    documents = ServiceDocument.objects.filter(workspace=workspace)
    found = documents.filter(name=name).first()
    if found is None:
        near = nearest(name, documents.values_list("name", flat=True))
        raise DocumentUnknown(f"There is no document {name!r} here." + (f" The nearest is {near!r}." if near else ""))
    return found
