"""Executions as the API shows and takes them. Everything here is masked already: the record is."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, Final, Literal

from django.conf import settings
from ninja import Field, Schema

from executions.gate import excuse_of
from executions.lookup import StepLine
from executions.models import Execution, StepRun
from executions.status import RerunMode
from executions.waiting import WaitingFor, waiting_for
from flows.language import jsontext
from workspaces.paging import PageIn

LONGEST_WAIT: Final = 20.0  # seconds a caller may wait for news


class Failure(Schema):
    kind: str
    code: str
    message: str


class Counts(Schema):
    total: int
    passed: int
    failed: int
    soft_failed: int
    skipped: int
    cancelled: int
    retries: int
    recovered: int


class SlotOfExecution(Schema):
    """Which time of which schedule it is the run of."""

    schedule: int
    slot_at: datetime


class CalledBy(Schema):
    """The step that runs it, of an execution that a flow started."""

    execution: int
    step: str


class ExecutionOut(Schema):
    id: int
    flow: str
    flow_name: str
    flow_version: int
    workspace: str
    environment: str | None
    status: str
    waiting_for: WaitingFor | None = Field(description="While it is queued: what it waits for, if not just its turn.")
    phase: str | None
    outcome: str | None
    trigger: str
    actor: str
    slot: SlotOfExecution | None
    batch: int | None = Field(description="The batch it is the run of a row of.")
    called_by: CalledBy | None = Field(description="The `run_flow` step that started it.")
    labels: dict[str, str]
    queued_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    duration_ms: int | None
    deadline: datetime | None
    counts: Counts
    failed_step: str | None
    failure: Failure | None
    quarantined: str | None = Field(
        None, description="The reason, where every failure was in quarantine: it then stops no pipeline."
    )
    rerun_of: int | None
    rerun_mode: str | None
    rerun_from: str | None
    family: int
    cancel_requested_at: datetime | None
    cancel_requested_by: str | None
    event_number: int
    url: str

    @classmethod
    def of(cls, execution: Execution, waiting: WaitingFor | None = None) -> "ExecutionOut":
        """Of an execution with its flow, flow version and workspace loaded."""
        return cls(
            id=execution.pk,
            flow=execution.flow.slug,
            flow_name=execution.flow_name,
            flow_version=execution.flow_version.number,
            workspace=execution.workspace.slug,
            environment=execution.environment_name or None,
            status=execution.status,
            waiting_for=waiting,
            phase=execution.phase or None,
            outcome=execution.outcome or None,
            trigger=execution.trigger,
            actor=execution.actor,
            slot=_slot(execution),
            batch=execution.batch_id,
            called_by=_called_by(execution),
            labels=execution.labels,
            queued_at=execution.queued_at,
            started_at=execution.started_at,
            finished_at=execution.finished_at,
            duration_ms=execution.duration_ms,
            deadline=execution.deadline,
            counts=_counts(execution),
            failed_step=execution.failed_step_path or None,
            failure=failure_of(execution.failure_kind, execution.failure_code, execution.failure_message),
            quarantined=excuse.reason if (excuse := excuse_of(execution)) else None,
            rerun_of=execution.rerun_of_id,
            rerun_mode=execution.rerun_mode or None,
            rerun_from=execution.rerun_from or None,
            family=execution.family or execution.pk,
            cancel_requested_at=execution.cancel_requested_at,
            cancel_requested_by=execution.cancel_requested_by or None,
            event_number=execution.event_number,
            url=page_of(execution),
        )


def _slot(execution: Execution) -> SlotOfExecution | None:
    slot = execution.slot
    return SlotOfExecution(schedule=slot.schedule_id, slot_at=slot.slot_at) if slot is not None else None


def _called_by(execution: Execution) -> CalledBy | None:
    step = execution.parent_step_run
    return CalledBy(execution=step.execution_id, step=step.path) if step is not None else None


def page_of(execution: Execution) -> str:
    """The address of its page, for people."""
    return f"{settings.PUBLIC_URL}/executions/{execution.pk}/"


def _counts(execution: Execution) -> Counts:
    return Counts(
        total=execution.steps_total,
        passed=execution.passed_count,
        failed=execution.failed_count,
        soft_failed=execution.soft_failed_count,
        skipped=execution.skipped_count,
        cancelled=execution.cancelled_count,
        retries=execution.retry_count,
        recovered=execution.recovered_count,
    )


def failure_of(kind: str, code: str, message: str) -> Failure | None:
    return Failure(kind=kind, code=code, message=message) if kind else None


class ExecutionRow(ExecutionOut):
    """What a list shows of an execution. Written by executions/listing.py."""

    strip: list[str] = Field(
        description="What came of each top-level step so far, in order, at most 60: a step's status, "
        "or `recovered` (passed after a retry), or `soft_failed`."
    )
    usual_ms: int | None = Field(
        description="Median duration of the last 20 that passed, of the same flow and environment."
    )


class ExecutionPage(Schema):
    items: list[ExecutionRow]
    next: str | None
    searched_to: datetime | None = Field(
        None, description="Where a search stopped for now because it would have cost too much: `next` goes on there."
    )


class TurnsOut(Schema):
    """How far a step is that runs others: iterations of a loop, branches, rounds."""

    total: int
    started: int
    running: int
    failed: int


class StepRow(Schema):
    """What a step run has in a list and in detail."""

    path: str
    id: str
    action: str
    section: str
    position: int
    parent: str | None
    status: str
    started_at: datetime | None
    finished_at: datetime | None
    duration_ms: int | None
    due_at: datetime | None
    skip_reason: str | None
    failure: Failure | None
    message: str | None
    recovered: bool
    soft: bool
    may_have_taken_effect: bool
    index: int | None = Field(description="Which turn of the step around it: an iteration, a branch, a round.")
    turns: TurnsOut | None = Field(description="Of a step that runs others.")


class StepRunOut(StepRow):
    attempts: int


def step_row(step: StepRun | StepLine, parent: str | None) -> dict[str, Any]:
    """The fields of a StepRow."""
    return {
        "path": step.path,
        "id": step.step_id,
        "action": step.action,
        "section": step.section,
        "position": step.position,
        "parent": parent,
        "status": step.status,
        "started_at": step.started_at,
        "finished_at": step.finished_at,
        "duration_ms": milliseconds(step.started_at, step.finished_at),
        "due_at": step.due_at,
        "skip_reason": step.skip_reason or None,
        "failure": failure_of(step.failure_kind, step.failure_code, step.message),
        "message": step.message or None,
        "recovered": step.recovered,
        "soft": step.soft,
        "may_have_taken_effect": step.may_have_taken_effect,
        "index": step.turn if isinstance(step, StepLine) else step.index,
        "turns": _turns(step),
    }


def milliseconds(start: datetime | None, end: datetime | None) -> int | None:
    return None if start is None or end is None else max(0, round((end - start).total_seconds() * 1000))


class SnapshotOut(Schema):
    """An execution and its steps as they are at event number N; what follows carries higher numbers."""

    execution: ExecutionOut
    steps: list[StepRunOut]
    event_number: int
    is_whole: bool = Field(
        description="False: of the steps inside others only the first are here, and those that failed or go on. "
        "`GET …/steps?parent=` has the others."
    )

    @staticmethod
    def text(execution: Execution, shown: tuple[Iterable[tuple[StepLine, str | None]], bool]) -> str:
        """As JSON at once: building and checking a thousand models would cost more than all the rest."""
        steps, is_whole = shown
        rows = [step_json(step, parent) for step, parent in steps]
        waiting = waiting_for([execution]).get(execution.pk)
        whole = {"execution": ExecutionOut.of(execution, waiting).model_dump(mode="json"), "steps": rows}
        return jsontext.dumps({**whole, "event_number": execution.event_number, "is_whole": is_whole})


class StepPage(Schema):
    items: list[StepRunOut]
    next: str | None


class StepQuery(Schema):
    parent: str | None = Field(None, description="Address of the step they are in; all step runs if left out.")
    limit: int = Field(200, ge=1, le=500)
    cursor: str = Field("", pattern=r"^[0-9]{0,18}$", description="`next` of the page before.")


def step_json(step: StepLine, parent: str | None) -> dict[str, Any]:
    """A StepRunOut as plain JSON."""
    row = {**step_row(step, parent), "attempts": step.attempts}
    for name in ("started_at", "finished_at", "due_at"):
        row[name] = row[name].isoformat().replace("+00:00", "Z") if row[name] else None
    for name in ("failure", "turns"):
        row[name] = row[name].model_dump() if row[name] else None
    return row


def _turns(step: StepRun | StepLine) -> TurnsOut | None:
    if step.turns is None:
        return None
    return TurnsOut(
        total=step.turns, started=step.turns_started, running=step.pending_children, failed=step.turns_failed
    )


class SearchQuery(Schema):
    """What a list is narrowed to."""

    q: str = Field("", max_length=2000, description="As in the search box: `status:failed flow:checkout -tag:smoke`.")
    status: str = Field("", description="One or several, with commas.")
    flow: str = Field("", description="Slug of a flow.")
    environment: str = ""
    since: datetime | None = Field(None, description="Queued then or later; without a zone it is UTC.")
    until: datetime | None = Field(None, description="Queued before then.")


class ExecutionQuery(SearchQuery, PageIn):
    cursor: str = Field("", pattern=r"^[0-9]{0,18}$", description="`next` of the page before.")


class HistogramQuery(SearchQuery):
    buckets: int = Field(60, ge=1, le=200, description="At most; their length is a round one.")


class Bucket(Schema):
    """The executions queued from `at` on, for the length of a bucket; statuses that none has are left out."""

    at: datetime
    counts: dict[str, int]


class HistogramOut(Schema):
    since: datetime
    until: datetime
    bucket_seconds: int
    buckets: list[Bucket]
    counts: dict[str, int] = Field(description="By status, of all buckets together.")
    total: int
    is_capped: bool = Field(description="There are more, older than `since`: they were not counted.")


class SnapshotQuery(Schema):
    after: int | None = Field(None, ge=0, description="An event number: wait for a later one.")
    wait: float = Field(0, ge=0, le=LONGEST_WAIT, description="Seconds to wait at most.")


class StartIn(Schema):
    flow: str = Field(description="Slug of the flow.")
    version: int | None = Field(None, ge=1, description="The latest if left out.")
    environment: str | None = None
    variables: dict[str, Any] = Field(default_factory=dict, description="Overrides as they are.")
    text_variables: dict[str, str] = Field(
        default_factory=dict, description="Overrides as text: each takes the type of the flow's own value of that name."
    )
    labels: dict[str, str] = Field(default_factory=dict)
    timeout: float | None = Field(None, gt=0, le=30 * 24 * 3600, description="Seconds, instead of the flow's own.")
    trigger: Literal["cli", "api"] = "api"


class RerunIn(Schema):
    mode: RerunMode = RerunMode.TODAY
    from_step: str = ""
    variables: dict[str, Any] = Field(default_factory=dict)
    trigger: Literal["cli", "api"] = "api"


class StepReport(Schema):
    path: str
    id: str
    action: str
    status: str
    attempts: int
    duration_ms: int | None
    failure: Failure | None
    assertions: Any
    outputs: Any


class ExecutionReport(Schema):
    id: int
    status: str
    flow: str
    environment: str | None
    duration_ms: int | None
    url: str


class ReportOut(Schema):
    """The report of DESIGN §7: a stable shape for pipelines."""

    execution: ExecutionReport
    steps: list[StepReport]
