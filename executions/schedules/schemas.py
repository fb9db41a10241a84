"""Schedules as the API shows and takes them."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Literal

from ninja import Field, Schema

from executions.models import Execution
from executions.schedules.models import ScheduleSlot
from flows.models import Misfire, Overlap, Schedule
from flows.timetable import Timetable, TimetableInvalid, shift_of
from workspaces.paging import PageIn

RUNS_SHOWN = 5


class ScheduleEdit(Schema):
    """What is named is set. A cron line replaces an interval, and an interval a cron line."""

    name: str | None = Field(None, max_length=100)
    description: str | None = Field(None, max_length=2000)
    flow: str | None = Field(None, description="Slug of the flow; each run takes its latest version.")
    environment: str | None = Field(None, description="Name; null for none.")
    variables: dict[str, Any] | None = Field(None, description="Overrides as they are. No secrets.")
    text_variables: dict[str, str] | None = Field(
        None, description="Overrides as text: each takes the type of the flow's own value of that name."
    )
    labels: dict[str, str] | None = None
    cron: str | None = Field(None, max_length=200, description="Five fields, or @daily and its like.")
    interval_seconds: int | None = Field(None, ge=10, le=366 * 24 * 3600)
    timezone: str | None = Field(None, max_length=64, description="Such as Europe/Berlin; UTC if left out.")
    misfire: Misfire | None = None
    catch_up: int | None = Field(None, ge=1, le=100, description="Slots at most, for `catch_up`.")
    overlap: Overlap | None = None
    jitter_seconds: int | None = Field(None, ge=0, le=3600)

    def changes(self) -> dict[str, Any]:
        """What was sent; null means something for the environment only."""
        sent = self.dict(exclude_unset=True)
        return {name: value for name, value in sent.items() if value is not None or name == "environment"}


class ScheduleIn(ScheduleEdit):
    name: str = Field(max_length=100)
    flow: str = Field(description="Slug of the flow; each run takes its latest version.")


class RunTimeOut(Schema):
    """A time to come, also as the clocks of the schedule's zone will show it."""

    at: datetime
    local: str
    note: str | None = Field(
        description="`after_gap`: the clocks have just gone forward, so a time they skip comes now; "
        "`repeated`: the clocks show this time twice, and it runs at the first."
    )


def next_runs(times: Timetable, moment: datetime) -> list[RunTimeOut]:
    return [
        RunTimeOut(
            at=at,
            local=at.astimezone(times.zone).isoformat(),
            note=(shift_of(at, times.zone) or None) if times.cron else None,
        )
        for at in times.next_runs(moment, RUNS_SHOWN)
    ]


class SlotRunOut(Schema):
    """The execution of a slot."""

    id: int
    status: str
    started_at: datetime | None
    finished_at: datetime | None
    duration_ms: int | None


class SlotOut(Schema):
    """One time a schedule was to run; or several in a row, skipped together."""

    id: int
    slot_at: datetime
    last_slot_at: datetime | None
    count: int | None = Field(description="How many slots this stands for; null if more than anybody counted.")
    status: Literal["started", "waiting", "skipped", "failed"]
    reason: str | None
    is_manual: bool
    recorded_at: datetime
    execution: SlotRunOut | None

    @classmethod
    def of(cls, slot: ScheduleSlot, run: Execution | None) -> "SlotOut":
        return cls(
            id=slot.pk,
            slot_at=slot.slot_at,
            last_slot_at=slot.last_slot_at,
            count=slot.count,
            status=slot.status,  # type: ignore[arg-type]  # one of these, by the column's choices
            reason=slot.reason or None,
            is_manual=slot.is_manual,
            recorded_at=slot.recorded_at,
            execution=None
            if run is None
            else SlotRunOut(
                id=run.pk,
                status=run.status,
                started_at=run.started_at,
                finished_at=run.finished_at,
                duration_ms=run.duration_ms,
            ),
        )


class SlotPage(Schema):
    items: list[SlotOut]
    next: str | None


class SlotQuery(PageIn):
    cursor: str = Field("", pattern=r"^[0-9]{0,18}$", description="`next` of the page before.")
    status: Literal["", "started", "waiting", "skipped", "failed"] = ""


class ScheduleOut(Schema):
    id: int
    name: str
    description: str
    workspace: str
    flow: str
    flow_name: str
    environment: str | None
    variables: dict[str, Any]
    text_variables: dict[str, str]
    labels: dict[str, str]
    cron: str | None
    interval_seconds: int | None
    timezone: str
    in_words: str
    misfire: str
    catch_up: int
    overlap: str
    jitter_seconds: int
    is_paused: bool
    paused_at: datetime | None
    paused_by: str | None
    pause_note: str | None
    trouble: str | None = Field(description="Why it cannot run as it stands.")
    next_runs: list[RunTimeOut] = Field(description="The next five, as if it were not paused; without jitter.")
    last_slots: list[SlotOut] = Field(description="The newest, newest first.")
    revision: int
    created_at: datetime
    updated_at: datetime

    @classmethod
    def of(
        cls, schedule: Schedule, slots: Sequence[ScheduleSlot], runs: Mapping[int, Execution], moment: datetime
    ) -> "ScheduleOut":
        """Of a schedule with its workspace, flow and environment loaded."""
        words, coming, trouble = _times(schedule, moment)
        return cls(
            id=schedule.pk,
            name=schedule.name,
            description=schedule.description,
            workspace=schedule.workspace.slug,
            flow=schedule.flow.slug,
            flow_name=schedule.flow.name,
            environment=schedule.environment_name or None,
            variables=schedule.variables,
            text_variables=schedule.text_variables,
            labels=schedule.labels,
            cron=schedule.cron or None,
            interval_seconds=schedule.interval_seconds,
            timezone=schedule.zone,
            in_words=words,
            misfire=schedule.misfire,
            catch_up=schedule.catch_up,
            overlap=schedule.overlap,
            jitter_seconds=schedule.jitter_seconds,
            is_paused=schedule.paused_at is not None,
            paused_at=schedule.paused_at,
            paused_by=schedule.paused_by or None,
            pause_note=schedule.pause_note or None,
            trouble=trouble or _trouble(schedule),
            next_runs=coming,
            last_slots=[SlotOut.of(slot, runs.get(slot.pk)) for slot in slots],
            revision=schedule.revision,
            created_at=schedule.created_at,
            updated_at=schedule.updated_at,
        )


def _times(schedule: Schedule, moment: datetime) -> tuple[str, list[RunTimeOut], str | None]:
    """In words, the next ones, and why there are none."""
    try:
        times = schedule.times
    except TimetableInvalid as exc:
        return "", [], str(exc)
    return times.in_words(), next_runs(times, moment), None


def _trouble(schedule: Schedule) -> str | None:
    if schedule.flow.archived_at is not None:
        return f"The flow {schedule.flow.slug} is archived."
    if schedule.environment_name and schedule.environment is None:
        return f"The environment {schedule.environment_name!r} has been deleted."
    return None


class SchedulePage(Schema):
    items: list[ScheduleOut]
    next: str | None


class ScheduleQuery(PageIn):
    flow: str = Field("", description="Slug of a flow.")
    name: str = Field("", description="Exactly this name.")
    environment: str = Field("", description="Name of the environment they run against.")


class PauseIn(Schema):
    note: str = Field("", max_length=2000)


class RunNowIn(Schema):
    trigger: Literal["cli", "api"] = "api"


class PreviewIn(Schema):
    cron: str = Field("", max_length=200)
    interval_seconds: int | None = None
    timezone: str = Field("UTC", max_length=64)


class PreviewOut(Schema):
    in_words: str
    next_runs: list[RunTimeOut]
