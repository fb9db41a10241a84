"""Batches as the API shows and takes them."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Literal

from django.conf import settings
from ninja import Field, Schema

from executions.batches.models import Batch, BatchRow
from executions.gate import excuse_of
from executions.schemas import milliseconds
from workspaces.paging import PageIn


class BatchIn(Schema):
    flow: str = Field(description="Slug of the flow.")
    version: int | None = Field(None, ge=1, description="The latest if left out.")
    data: str = Field(description="The text of the file.")
    format: Literal["csv", "json"] = Field(description="CSV with a header of names, or a JSON list of objects.")
    source: str = Field("", max_length=255, description="The name of the file, for people.")
    label_column: str = Field("", max_length=128, description="The column that names a row for people.")
    environment: str | None = None
    variables: dict[str, Any] = Field(default_factory=dict, description="Overrides of every row; a row goes before.")
    text_variables: dict[str, str] = Field(default_factory=dict, description="Likewise, as text.")
    labels: dict[str, str] = Field(default_factory=dict)
    parallel: int = Field(4, ge=1, le=64, description="Executions at once.")
    timeout: float | None = Field(None, gt=0, le=30 * 24 * 3600, description="Seconds for each, not the flow's own.")
    trigger: Literal["cli", "api"] = "api"


class BatchRerunIn(Schema):
    only_failed: bool = Field(True, description="The rows that did not pass; else all.")
    trigger: Literal["cli", "api"] = "api"


class BatchCounts(Schema):
    """Of rows. Those that were started count as what their execution is."""

    total: int
    waiting: int
    running: int = Field(description="Queued ones among them.")
    passed: int
    failed: int = Field(description="Those that could not be started among them.")
    timed_out: int
    cancelled: int
    quarantined: int | None = Field(
        None,
        description="Of those that failed or timed out, how many did so in quarantine only. Not counted in a list.",
    )

    @classmethod
    def of(cls, total: int, counts: Mapping[str, int], quarantined: int | None = None) -> "BatchCounts":
        return cls(
            total=total,
            waiting=counts.get("waiting", 0),
            running=counts.get("queued", 0) + counts.get("running", 0),
            passed=counts.get("passed", 0),
            failed=counts.get("failed", 0) + counts.get("gone", 0),
            timed_out=counts.get("timed_out", 0),
            cancelled=counts.get("cancelled", 0),
            quarantined=quarantined,
        )


class BatchOut(Schema):
    id: int
    workspace: str
    flow: str
    flow_name: str
    flow_version: int
    environment: str | None
    source: str | None
    labels: dict[str, str]
    parallel: int
    trigger: str
    actor: str
    status: str
    counts: BatchCounts
    created_at: datetime
    finished_at: datetime | None
    duration_ms: int | None
    cancel_requested_at: datetime | None
    cancel_requested_by: str | None
    rerun_of: int | None
    url: str

    @classmethod
    def of(cls, batch: Batch, counts: Mapping[str, int], quarantined: int | None = None) -> "BatchOut":
        return cls(
            id=batch.pk,
            workspace=batch.workspace.slug,
            flow=batch.flow.slug,
            flow_name=batch.flow.name,
            flow_version=batch.flow_version.number,
            environment=batch.environment_name or None,
            source=batch.source or None,
            labels=batch.labels,
            parallel=batch.parallel,
            trigger=batch.trigger,
            actor=batch.actor,
            status=batch.status,
            counts=BatchCounts.of(batch.rows_total, counts, quarantined),
            created_at=batch.created_at,
            finished_at=batch.finished_at,
            duration_ms=milliseconds(batch.created_at, batch.finished_at),
            cancel_requested_at=batch.cancel_requested_at,
            cancel_requested_by=batch.cancel_requested_by or None,
            rerun_of=batch.rerun_of_id,
            url=f"{settings.PUBLIC_URL}/batches/{batch.pk}/",
        )


class BatchPage(Schema):
    items: list[BatchOut]
    next: str | None


class BatchQuery(PageIn):
    cursor: str = Field("", pattern=r"^[0-9]{0,18}$", description="`next` of the page before.")
    flow: str = Field("", description="Slug of a flow.")


class RowRunOut(Schema):
    id: int
    status: str
    duration_ms: int | None
    failed_step: str | None
    failure_message: str | None
    quarantined: str | None = Field(description="The reason, where every failure of it was in quarantine.")
    url: str


class BatchRowOut(Schema):
    number: int
    label: str | None
    status: Literal["waiting", "started", "cancelled", "failed"]
    reason: str | None
    execution: RowRunOut | None

    @classmethod
    def of(cls, row: BatchRow) -> "BatchRowOut":
        run = row.execution
        return cls(
            number=row.number,
            label=row.label or None,
            status=row.status,  # type: ignore[arg-type]  # one of these, by the column's choices
            reason=row.reason or None,
            execution=None
            if run is None
            else RowRunOut(
                id=run.pk,
                status=run.status,
                duration_ms=run.duration_ms,
                failed_step=run.failed_step_path or None,
                failure_message=run.failure_message or None,
                quarantined=excuse.reason if (excuse := excuse_of(run)) else None,
                url=f"{settings.PUBLIC_URL}/executions/{run.pk}/",
            ),
        )


class BatchRowPage(Schema):
    items: list[BatchRowOut]
    next: str | None


class MistakeOut(Schema):
    row: int | None
    column: str | None
    message: str
