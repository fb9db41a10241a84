"""Batches over HTTP: one flow over the rows of a file."""

from collections.abc import Callable
from typing import Annotated

from ninja import Header, Query, Router, Status
from pydantic import StringConstraints

from executions.batches.lookup import batches_of, counts_of, find_batch, quarantined_in, rows_of
from executions.batches.models import Batch
from executions.batches.reading import read_rows
from executions.batches.schemas import (
    BatchIn,
    BatchOut,
    BatchPage,
    BatchQuery,
    BatchRerunIn,
    BatchRowOut,
    BatchRowPage,
)
from executions.errors import BatchKeyUsedBefore
from executions.idempotency import fingerprint
from executions.operations.cancel_batch import cancel_batch
from executions.operations.rerun_batch import rerun_batch
from executions.operations.start import plan_of
from executions.operations.start_batch import start_batch
from executions.status import Trigger
from flows.lookup import find_environment, find_flow, find_version, typed_overrides
from workspaces.auth import ApiRequest
from workspaces.models import Role, Workspace
from workspaces.paging import PageIn, page_of

router = Router(tags=["batches"])

IdempotencyKey = Annotated[str, StringConstraints(min_length=1, max_length=255)] | None


@router.post("", response={200: BatchOut, 201: BatchOut})
def start(request: ApiRequest, body: BatchIn, idempotency_key: Header[IdempotencyKey] = None) -> Status[BatchOut]:
    """Start a flow once for each row: 201, or 200 with the batch that this Idempotency-Key started before.

    A mistake in a row is a 422 that names its row and column, and nothing is started.
    """
    caller = request.auth
    caller.require(Role.EDITOR)
    version = find_version(find_flow(caller.workspace, body.flow), body.version)
    version.flow.workspace = caller.workspace  # known, so nobody need ask for it
    spec = plan_of(version).flow
    environment = find_environment(caller.workspace, body.environment) if body.environment else None
    variables = body.variables | typed_overrides(spec, body.text_variables)
    rows = read_rows(body.data, body.format, spec.env, label_column=body.label_column)
    request_hash = fingerprint("batch", body.dict())
    return _once(
        caller.workspace,
        idempotency_key,
        request_hash,
        lambda: start_batch(
            flow_version=version,
            environment=environment,
            rows=rows,
            variables=variables,
            trigger=_trigger(request, body.trigger),
            actor=caller.actor,
            by=caller.user,
            labels=body.labels,
            source=body.source,
            parallel=body.parallel,
            timeout_seconds=body.timeout,
            idempotency_key=idempotency_key,
            idempotency_hash=request_hash,
        ),
    )


@router.get("", response=BatchPage)
def list_batches(request: ApiRequest, query: Query[BatchQuery]) -> BatchPage:
    """Newest first."""
    rows = batches_of(request.auth.workspace)
    rows = rows.filter(flow=find_flow(request.auth.workspace, query.flow)) if query.flow else rows
    rows = rows.filter(pk__lt=int(query.cursor)) if query.cursor else rows
    items, following = page_of(rows, query.limit, key=lambda batch: batch.pk)
    counts = counts_of(items)
    return BatchPage(items=[BatchOut.of(batch, counts.get(batch.pk, {})) for batch in items], next=following)


@router.get("/{int:batch_id}", response=BatchOut)
def get_batch(request: ApiRequest, batch_id: int) -> BatchOut:
    """Its status is `running` until every row is over; then it is the worst of them."""
    return _shown(request.auth.workspace, batch_id)


@router.get("/{int:batch_id}/rows", response=BatchRowPage)
def list_rows(request: ApiRequest, batch_id: int, page: Query[PageIn]) -> BatchRowPage:
    """In the order of the file, each with its execution."""
    rows = rows_of(find_batch(request.auth.workspace, batch_id))
    rows = rows.filter(number__gt=int(page.cursor)) if page.cursor.isdecimal() else rows
    items, following = page_of(rows, page.limit, key=lambda row: row.number)
    return BatchRowPage(items=[BatchRowOut.of(row) for row in items], next=following)


@router.post("/{int:batch_id}/cancel", response=BatchOut)
def cancel(request: ApiRequest, batch_id: int) -> BatchOut:
    """Rows that wait are let go, executions that run are cancelled."""
    caller = request.auth
    caller.require(Role.EDITOR)
    cancel_batch(batch=find_batch(caller.workspace, batch_id), by=caller.user, actor=caller.actor)
    return _shown(caller.workspace, batch_id)


@router.post("/{int:batch_id}/rerun", response={200: BatchOut, 201: BatchOut})
def rerun(
    request: ApiRequest, batch_id: int, body: BatchRerunIn, idempotency_key: Header[IdempotencyKey] = None
) -> Status[BatchOut]:
    """The rows that did not pass, or all, as a batch of their own."""
    caller = request.auth
    caller.require(Role.EDITOR)
    batch = find_batch(caller.workspace, batch_id)
    request_hash = fingerprint("batch rerun", batch_id, body.dict())
    return _once(
        caller.workspace,
        idempotency_key,
        request_hash,
        lambda: rerun_batch(
            batch=batch,
            trigger=_trigger(request, body.trigger),
            actor=caller.actor,
            by=caller.user,
            only_failed=body.only_failed,
            idempotency_key=idempotency_key,
            idempotency_hash=request_hash,
        ),
    )


def _once(workspace: Workspace, key: str | None, request_hash: str, start: Callable[[], Batch]) -> Status[BatchOut]:
    """Start it, unless this very request has started it. Raises BatchKeyUsedBefore for another one with the key."""
    seen = Batch.objects.filter(workspace=workspace, idempotency_key=key).first() if key is not None else None
    status = 200
    if seen is None:
        try:
            seen, status = start(), 201
        except BatchKeyUsedBefore as used:  # by the same request, a moment ago
            seen = used.batch
    if key is not None and seen.idempotency_hash != request_hash:
        raise BatchKeyUsedBefore(seen)
    return Status(status, _shown(workspace, seen.pk))


def _shown(workspace: Workspace, batch_id: int) -> BatchOut:
    batch = find_batch(workspace, batch_id)
    return BatchOut.of(batch, counts_of([batch]).get(batch.pk, {}), quarantined_in(batch))


def _trigger(request: ApiRequest, said: str) -> Trigger:
    """A person in a browser is a user, whatever the request says."""
    return Trigger(said) if request.auth.token else Trigger.USER
