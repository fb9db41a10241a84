"""Executions over HTTP: start, list, watch, read, cancel, run again."""

from datetime import UTC, datetime
from typing import Annotated

from asgiref.sync import sync_to_async
from django.http import HttpResponse
from django.utils import timezone
from ninja import Header, Query, Router, Status
from pydantic import StringConstraints

from executions.finding import finder_for
from executions.histogram import histogram_of
from executions.idempotency import fingerprint, start_once
from executions.listing import rows_of
from executions.lookup import attempt_lines_of, attempts_of, family_of, find_execution, find_step, steps_of
from executions.models import Execution
from executions.operations.cancel import request_cancel
from executions.operations.rerun import rerun_execution
from executions.operations.start_named import start_named
from executions.report import report_of
from executions.schemas import (
    AttemptLineOut,
    AttemptOut,
    ExecutionOut,
    ExecutionPage,
    ExecutionQuery,
    HistogramOut,
    HistogramQuery,
    ReportOut,
    RerunIn,
    SearchQuery,
    SnapshotOut,
    SnapshotQuery,
    StartIn,
    StepDetailOut,
)
from executions.search import Search, Term, check_value, parse_search
from executions.status import Trigger
from executions.watching import wait_for_news
from flows.language import jsontext
from flows.lookup import find_flow
from workspaces.auth import ApiRequest
from workspaces.models import Role
from workspaces.operations.record_audit import record_audit

router = Router(tags=["executions"])

IdempotencyKey = Annotated[str, StringConstraints(min_length=1, max_length=255)] | None


@router.post("", response={200: ExecutionOut, 201: ExecutionOut})
def start(request: ApiRequest, body: StartIn, idempotency_key: Header[IdempotencyKey] = None) -> Status[ExecutionOut]:
    """Start a flow: 201, or 200 with the execution that this Idempotency-Key started before."""
    caller = request.auth
    caller.require(Role.EDITOR)
    request_hash = fingerprint("start", body.dict())
    execution, is_new = start_once(
        workspace=caller.workspace,
        key=idempotency_key,
        request_hash=request_hash,
        start=lambda: start_named(
            workspace=caller.workspace,
            flow=body.flow,
            version=body.version,
            environment=body.environment,
            variables=body.variables,
            text_variables=body.text_variables,
            trigger=_trigger(request, body.trigger),
            actor=caller.actor,
            by=caller.user,
            labels=body.labels,
            idempotency_key=idempotency_key,
            idempotency_hash=request_hash,
            timeout_seconds=body.timeout,
        ),
    )
    return Status(201, ExecutionOut.of(execution)) if is_new else Status(200, _fresh(request, execution))


@router.get("", response=ExecutionPage)
def list_executions(request: ApiRequest, query: Query[ExecutionQuery]) -> HttpResponse:
    """Newest first. `q` is a search as docs/api.md says; `status` may name several, with commas."""
    workspace = request.auth.workspace
    finder = finder_for(workspace, _search(request, query))
    ids, following, searched_to = finder.page(query.limit, int(query.cursor) if query.cursor else None)
    # Not checked and written a second time by the framework: see tests/executions/test_api.py.
    page = ExecutionPage.model_construct(
        items=rows_of(workspace, ids), next=str(following) if following else None, searched_to=searched_to
    )
    return HttpResponse(jsontext.dumps(page.model_dump(mode="json")), content_type="application/json")


@router.get("/histogram", response=HistogramOut)
def get_histogram(request: ApiRequest, query: Query[HistogramQuery]) -> HistogramOut:
    """How many executions a search finds, over time and by status. It counts through the newest 20,000 at most."""
    now = timezone.now()
    return histogram_of(finder_for(request.auth.workspace, _search(request, query)), buckets=query.buckets, now=now)


@router.get("/{int:execution_id}", response=SnapshotOut)
async def get_execution(request: ApiRequest, execution_id: int, query: Query[SnapshotQuery]) -> HttpResponse:
    """A snapshot at its event number. With `after` and `wait`, as soon as there is an event beyond `after`.

    Its ETag is the event number; If-None-Match answers 304.
    """
    await sync_to_async(find_execution)(request.auth.workspace, execution_id)
    if query.after is not None and query.wait > 0:
        await wait_for_news(
            workspace=request.auth.workspace, execution_id=execution_id, after=query.after, seconds=query.wait
        )
    return await sync_to_async(_snapshot)(request, execution_id)


def _snapshot(request: ApiRequest, execution_id: int) -> HttpResponse:
    execution = find_execution(request.auth.workspace, execution_id)
    headers = {"ETag": f'W/"{execution.pk}-{execution.event_number}"'}
    if headers["ETag"] in request.headers.get("If-None-Match", ""):
        return HttpResponse(status=304, headers=headers)
    # Steps are read after the execution: they may be ahead of its number, and never behind it.
    text = SnapshotOut.text(execution, steps_of(execution))
    return HttpResponse(text, content_type="application/json", headers=headers)


@router.get("/{int:execution_id}/report", response=ReportOut)
def get_report(request: ApiRequest, execution_id: int) -> ReportOut:
    """The report for pipelines: steps with their assertions and outputs."""
    return report_of(find_execution(request.auth.workspace, execution_id))


@router.get("/{int:execution_id}/steps/{path:path}", response=StepDetailOut)
def get_step(request: ApiRequest, execution_id: int, path: str) -> StepDetailOut:
    """A step run with every attempt: what it sent, got, asserted, captured and read."""
    step = find_step(find_execution(request.auth.workspace, execution_id), path)
    return StepDetailOut.of(
        step,
        parent=step.parent.path if step.parent else None,
        attempts=[AttemptOut.of(attempt, payload) for attempt, payload in attempts_of(step)],
    )


@router.get("/{int:execution_id}/attempts", response=list[AttemptLineOut])
def get_attempts(request: ApiRequest, execution_id: int) -> list[AttemptLineOut]:
    """When each attempt of each step was due, began and ended; without what it sent and got."""
    execution = find_execution(request.auth.workspace, execution_id)
    return [AttemptLineOut.of(attempt) for attempt in attempt_lines_of(execution)]


@router.get("/{int:execution_id}/family", response=list[ExecutionOut])
def get_family(request: ApiRequest, execution_id: int) -> list[ExecutionOut]:
    """The original and its re-runs, oldest first: the first and at most the last 49."""
    execution = find_execution(request.auth.workspace, execution_id)
    return [ExecutionOut.of(member) for member in family_of(execution)]


@router.post("/{int:execution_id}/cancel", response=ExecutionOut)
def cancel(request: ApiRequest, execution_id: int) -> ExecutionOut:
    """Stop it: within two seconds its action is aborted and its teardown begins."""
    caller = request.auth
    caller.require(Role.EDITOR)
    execution = request_cancel(execution=find_execution(caller.workspace, execution_id), by=caller.actor)
    record_audit(
        workspace=caller.workspace,
        by=caller.user,
        actor=caller.actor,
        verb="execution.cancelled",
        target=str(execution.pk),
    )
    return _fresh(request, execution)


@router.post("/{int:execution_id}/rerun", response={200: ExecutionOut, 201: ExecutionOut})
def rerun(
    request: ApiRequest,
    execution_id: int,
    body: RerunIn,
    idempotency_key: Header[IdempotencyKey] = None,
) -> Status[ExecutionOut]:
    """Run it again, linked to the original: 201, or 200 with what this Idempotency-Key started before."""
    caller = request.auth
    caller.require(Role.EDITOR)
    original = find_execution(caller.workspace, execution_id)
    request_hash = fingerprint("rerun", execution_id, body.dict())
    execution, is_new = start_once(
        workspace=caller.workspace,
        key=idempotency_key,
        request_hash=request_hash,
        start=lambda: rerun_execution(
            execution=original,
            actor=caller.actor,
            trigger=_trigger(request, body.trigger),
            by=caller.user,
            mode=body.mode,
            from_step=body.from_step,
            variables=body.variables,
            idempotency_key=idempotency_key,
            idempotency_hash=request_hash,
        ),
    )
    return Status(201 if is_new else 200, _fresh(request, execution))


def _search(request: ApiRequest, query: SearchQuery) -> Search:
    """The search box, and the filters that stand beside it."""
    search = parse_search(query.q, now=timezone.now())
    terms = list(search.terms)
    if statuses := tuple(word.strip() for word in query.status.split(",") if word.strip()):
        terms.append(Term("status", check_value("status", statuses)))
    if query.flow:
        terms.append(Term("flow", (find_flow(request.auth.workspace, query.flow).slug,)))
    if query.environment:
        terms.append(Term("env", (query.environment,)))
    return Search(tuple(terms), since=_aware(query.since) or search.since, until=_aware(query.until) or search.until)


def _aware(moment: datetime | None) -> datetime | None:
    """A time without a zone is UTC."""
    return moment.replace(tzinfo=UTC) if moment is not None and moment.tzinfo is None else moment


def _trigger(request: ApiRequest, said: str) -> Trigger:
    """A person in a browser is a user, whatever the request says."""
    return Trigger(said) if request.auth.token else Trigger.USER


def _fresh(request: ApiRequest, execution: Execution) -> ExecutionOut:
    return ExecutionOut.of(find_execution(request.auth.workspace, execution.pk))
