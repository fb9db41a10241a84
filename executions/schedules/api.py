"""Schedules over HTTP: made, edited, paused, run by hand; what they will do and what became of their slots."""

from collections.abc import Sequence

from django.http import HttpResponse
from ninja import Header, Query, Router, Status

from executions.database import database_now
from executions.errors import ScheduleInvalid
from executions.lookup import find_execution
from executions.operations.create_schedule import create_schedule
from executions.operations.delete_schedule import delete_schedule
from executions.operations.edit_schedule import edit_schedule
from executions.operations.pause_schedule import pause_schedule
from executions.operations.resume_schedule import resume_schedule
from executions.operations.run_schedule_now import run_schedule_now
from executions.schedules.lookup import find_schedule, last_slots, runs_of, schedules_of
from executions.schedules.schemas import (
    PauseIn,
    PreviewIn,
    PreviewOut,
    RunNowIn,
    ScheduleEdit,
    ScheduleIn,
    ScheduleOut,
    SchedulePage,
    ScheduleQuery,
    SlotOut,
    SlotPage,
    SlotQuery,
    next_runs,
)
from executions.schemas import ExecutionOut
from executions.status import Trigger
from flows.lookup import find_flow
from flows.models import Schedule
from flows.timetable import TimetableInvalid, cron_timetable, interval_timetable
from workspaces.auth import ApiRequest
from workspaces.etags import etag_of, revision_in
from workspaces.models import Role, Workspace
from workspaces.paging import page_of

router = Router(tags=["schedules"])

IN_A_LIST = 5  # slots of each schedule
ALONE = 20


@router.get("", response=SchedulePage)
def list_schedules(request: ApiRequest, query: Query[ScheduleQuery]) -> SchedulePage:
    """By name, each with its next five runs and its last five slots."""
    rows = schedules_of(request.auth.workspace).order_by("name")
    rows = rows.filter(flow=find_flow(request.auth.workspace, query.flow)) if query.flow else rows
    rows = rows.filter(name=query.name) if query.name else rows
    rows = rows.filter(environment_name=query.environment) if query.environment else rows
    rows = rows.filter(name__gt=query.cursor) if query.cursor else rows
    items, following = page_of(rows, query.limit, key=lambda schedule: schedule.name)
    return SchedulePage(items=_shown(items, IN_A_LIST), next=following)


@router.post("", response={201: ScheduleOut})
def create(request: ApiRequest, body: ScheduleIn, response: HttpResponse) -> Status[ScheduleOut]:
    """It first runs at its first time after now."""
    caller = request.auth
    caller.require(Role.EDITOR)
    schedule = create_schedule(workspace=caller.workspace, wanted=body.changes(), by=caller.user, actor=caller.actor)
    return Status(201, _alone(caller.workspace, schedule.pk, response))


@router.post("/preview", response=PreviewOut)
def preview(request: ApiRequest, body: PreviewIn) -> PreviewOut:
    """What a cron line or an interval means, in words, and when it would run next; nothing is saved."""
    now = database_now()
    try:
        if body.interval_seconds is not None and not body.cron:
            times = interval_timetable(body.interval_seconds, now)
        else:
            times = cron_timetable(body.cron, body.timezone)
    except TimetableInvalid as exc:
        raise ScheduleInvalid(str(exc)) from exc
    return PreviewOut(in_words=times.in_words(), next_runs=next_runs(times, now))


@router.get("/{int:schedule_id}", response=ScheduleOut)
def get_schedule(request: ApiRequest, schedule_id: int, response: HttpResponse) -> ScheduleOut:
    """Its ETag is what If-Match of an edit wants."""
    return _alone(request.auth.workspace, schedule_id, response)


@router.patch("/{int:schedule_id}", response=ScheduleOut)
def edit(
    request: ApiRequest,
    schedule_id: int,
    body: ScheduleEdit,
    response: HttpResponse,
    if_match: Header[str | None] = None,
) -> ScheduleOut:
    """What is named is set. If-Match is the ETag of what was seen: 412 when it has changed since, 428 without it."""
    caller = request.auth
    caller.require(Role.EDITOR)
    edit_schedule(
        schedule=find_schedule(caller.workspace, schedule_id),
        changes=body.changes(),
        revision=revision_in(if_match),
        by=caller.user,
        actor=caller.actor,
    )
    return _alone(caller.workspace, schedule_id, response)


@router.delete("/{int:schedule_id}", response={204: None})
def delete(request: ApiRequest, schedule_id: int) -> Status[None]:
    """Its executions stay."""
    caller = request.auth
    caller.require(Role.EDITOR)
    delete_schedule(schedule=find_schedule(caller.workspace, schedule_id), by=caller.user, actor=caller.actor)
    return Status(204, None)


@router.post("/{int:schedule_id}/pause", response=ScheduleOut)
def pause(request: ApiRequest, schedule_id: int, body: PauseIn, response: HttpResponse) -> ScheduleOut:
    """It starts nothing until it is resumed. The note says why, for others."""
    caller = request.auth
    caller.require(Role.EDITOR)
    schedule = find_schedule(caller.workspace, schedule_id)
    pause_schedule(schedule=schedule, by=caller.user, actor=caller.actor, note=body.note)
    return _alone(caller.workspace, schedule_id, response)


@router.post("/{int:schedule_id}/resume", response=ScheduleOut)
def resume(request: ApiRequest, schedule_id: int, response: HttpResponse) -> ScheduleOut:
    """It goes on with its first time after now."""
    caller = request.auth
    caller.require(Role.EDITOR)
    resume_schedule(schedule=find_schedule(caller.workspace, schedule_id), by=caller.user, actor=caller.actor)
    return _alone(caller.workspace, schedule_id, response)


@router.post("/{int:schedule_id}/run", response={201: ExecutionOut})
def run_now(request: ApiRequest, schedule_id: int, body: RunNowIn) -> Status[ExecutionOut]:
    """Once, at once, whatever its times and its overlap policy say."""
    caller = request.auth
    caller.require(Role.EDITOR)
    execution = run_schedule_now(
        schedule=find_schedule(caller.workspace, schedule_id),
        trigger=Trigger(body.trigger) if caller.token else Trigger.USER,
        actor=caller.actor,
        by=caller.user,
    )
    return Status(201, ExecutionOut.of(find_execution(caller.workspace, execution.pk)))


@router.get("/{int:schedule_id}/slots", response=SlotPage)
def list_slots(request: ApiRequest, schedule_id: int, query: Query[SlotQuery]) -> SlotPage:
    """What became of its times, newest first."""
    rows = find_schedule(request.auth.workspace, schedule_id).slots.order_by("-id")
    rows = rows.filter(status=query.status) if query.status else rows
    rows = rows.filter(pk__lt=int(query.cursor)) if query.cursor else rows
    items, following = page_of(rows, query.limit, key=lambda slot: slot.pk)
    runs = runs_of(items)
    return SlotPage(items=[SlotOut.of(slot, runs.get(slot.pk)) for slot in items], next=following)


def _alone(workspace: Workspace, schedule_id: int, response: HttpResponse) -> ScheduleOut:
    schedule = find_schedule(workspace, schedule_id)
    response["ETag"] = etag_of(schedule.revision)
    return _shown([schedule], ALONE)[0]


def _shown(schedules: Sequence[Schedule], slots_each: int) -> list[ScheduleOut]:
    now = database_now()
    slots = last_slots(schedules, slots_each)
    runs = runs_of([slot for found in slots.values() for slot in found])
    return [ScheduleOut.of(schedule, slots.get(schedule.pk, []), runs, now) for schedule in schedules]
