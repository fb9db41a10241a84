"""The shapes the API answers with, as far as the commands read them."""

from typing import Any, NotRequired, Required, TypedDict

FINAL = frozenset({"passed", "failed", "cancelled", "timed_out"})
STEP_FINAL = frozenset({"passed", "failed", "skipped", "cancelled"})


class Failure(TypedDict, total=False):
    kind: Required[str]
    code: str
    message: str


class Counts(TypedDict, total=False):
    total: int
    passed: int
    failed: int
    soft_failed: int
    skipped: int
    cancelled: int
    retries: int
    recovered: int


class Execution(TypedDict, total=False):
    id: Required[int]
    status: Required[str]
    flow: str
    flow_name: str
    flow_version: int
    environment: str | None
    outcome: str | None
    phase: str | None
    trigger: str
    actor: str
    labels: dict[str, str]
    queued_at: str
    started_at: str | None
    finished_at: str | None
    duration_ms: int | None
    counts: Counts
    failed_step: str | None
    failure: Failure | None
    quarantined: str | None
    called_by: dict[str, Any] | None
    rerun_of: int | None
    rerun_mode: str | None
    rerun_from: str | None
    cancel_requested_by: str | None
    event_number: int
    url: str


class StepRun(TypedDict, total=False):
    path: Required[str]
    status: Required[str]
    id: str
    action: str
    section: str
    position: int
    parent: str | None
    attempts: int
    started_at: str | None
    finished_at: str | None
    duration_ms: int | None
    due_at: str | None
    skip_reason: str | None
    failure: Failure | None
    message: str | None
    recovered: bool
    soft: bool
    may_have_taken_effect: bool
    index: int | None
    turns: dict[str, int] | None  # total, started, running, failed


class Snapshot(TypedDict):
    execution: Execution
    steps: list[StepRun]
    event_number: int
    is_whole: NotRequired[bool]  # false: most of the steps inside others are left out


class Saved(TypedDict, total=False):
    slug: Required[str]
    name: str
    version: Required[dict[str, Any]]
    created: bool
    problems: list[str]


StepDetail = dict[str, Any]  # a StepRun whose `attempts` are the attempts themselves
Report = dict[str, Any]  # DESIGN §7: written to the file exactly as the server gave it
