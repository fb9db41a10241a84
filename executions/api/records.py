"""One execution as it is: its snapshot, its report, its attempts' times, its family."""

from asgiref.sync import sync_to_async
from django.http import HttpResponse
from ninja import Query

from executions.api.router import router
from executions.facts import FactsOut, facts_of
from executions.lookup import attempt_lines_of, family_of, find_execution, find_visible, shown_steps
from executions.report import report_of
from executions.schemas import ExecutionOut, ReportOut, SnapshotOut, SnapshotQuery
from executions.step_schemas import AttemptLineOut
from executions.watching import wait_for_news
from workspaces.auth import ApiRequest


@router.get("/{int:execution_id}", response=SnapshotOut)
async def get_execution(request: ApiRequest, execution_id: int, query: Query[SnapshotQuery]) -> HttpResponse:
    """A snapshot at its event number. With `after` and `wait`, as soon as there is an event beyond `after`.

    Its ETag is the event number; If-None-Match answers 304.
    """
    await sync_to_async(find_visible)(request.auth, execution_id)
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
    text = SnapshotOut.text(execution, shown_steps(execution))
    return HttpResponse(text, content_type="application/json", headers=headers)


@router.get("/{int:execution_id}/report", response=ReportOut)
def get_report(request: ApiRequest, execution_id: int) -> ReportOut:
    """The report for pipelines: steps with their assertions and outputs."""
    return report_of(find_execution(request.auth.workspace, execution_id))


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


@router.get("/{int:execution_id}/facts", response=FactsOut)
def get_facts(request: ApiRequest, execution_id: int) -> FactsOut:
    """Beside the snapshot: overrides, the flow's latest version, and how long the run and its steps usually take."""
    return facts_of(find_execution(request.auth.workspace, execution_id))
