"""What happened when a flow ran. Everything a list shows is on the execution's own row; bodies live in Payload.

Counters have no check that they are positive: PostgreSQL reads each check of a table anew in every statement that
writes to it, and those of the two busiest tables took a quarter of the time of a step's statement.
"""

from typing import ClassVar

from django.conf import settings
from django.contrib.auth.models import AnonymousUser, User
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q
from django.utils import timezone

from executions.batches.models import Batch
from executions.endings import EndListener  # noqa: F401 - Django looks for models here
from executions.fields import JSONText
from executions.hooks.models import Hook  # noqa: F401 - as above
from executions.limits import RunLimit  # noqa: F401 - as above
from executions.schedules.models import ScheduleSlot
from executions.status import (
    FINAL,
    STEP_FINAL,
    AttemptStatus,
    FailureKind,
    Phase,
    RerunMode,
    Status,
    StepStatus,
    Trigger,
)
from flows.models import Environment, Flow, FlowVersion
from workspaces.models import Workspace

# What a search for failures looks through: one in twenty executions, or fewer.
TROUBLED = ~Q(failed_step_path="") | Q(status__in=[Status.FAILED, Status.TIMED_OUT])


class ExecutionQuerySet(models.QuerySet["Execution"]):
    def visible_to(self, user: User | AnonymousUser) -> "ExecutionQuerySet":
        if not user.is_authenticated:
            return self.none()
        return self if user.is_superuser else self.filter(workspace__memberships__user=user)

    def active(self) -> "ExecutionQuerySet":
        return self.exclude(status__in=FINAL)


class Execution(models.Model):
    """One run of one flow version."""

    # Indexes of several columns below begin with these two: one of their own would only cost.
    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, db_index=False, related_name="executions")
    flow = models.ForeignKey(Flow, on_delete=models.CASCADE, db_index=False, related_name="executions")
    flow_version = models.ForeignKey(FlowVersion, on_delete=models.CASCADE, related_name="executions")
    flow_name = models.CharField(max_length=255)  # as it was called then

    environment = models.ForeignKey(Environment, on_delete=models.SET_NULL, null=True, related_name="executions")
    environment_name = models.CharField(max_length=64, blank=True)
    environment_revision = models.CharField(max_length=16, blank=True)
    variables = JSONText(default=dict)  # snapshot of the environment's variables, secrets left out
    overrides = JSONText(default=dict)  # masked; the real ones are live values
    labels = models.JSONField(default=dict, blank=True)

    trigger = models.CharField(max_length=16, choices=Trigger.choices)
    actor = models.CharField(max_length=150)  # the name of who or what started it
    started_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    idempotency_key = models.CharField(max_length=255, null=True)
    idempotency_hash = models.CharField(max_length=64, blank=True)  # of the request the key came with
    rerun_of = models.ForeignKey("self", on_delete=models.SET_NULL, null=True, related_name="reruns")
    rerun_mode = models.CharField(max_length=16, choices=RerunMode.choices, blank=True)
    rerun_from = models.CharField(max_length=1024, blank=True)  # a step path, when it did not start at the beginning
    family = models.BigIntegerField(null=True, db_index=True)  # id of the first execution of the re-run chain
    parent_step_run = models.ForeignKey("StepRun", on_delete=models.SET_NULL, null=True, related_name="sub_executions")
    worker_group = models.CharField(max_length=64, blank=True)
    batch = models.ForeignKey(Batch, on_delete=models.SET_NULL, null=True, db_index=False, related_name="executions")
    slot = models.ForeignKey(ScheduleSlot, on_delete=models.SET_NULL, null=True, db_index=False, related_name="runs")

    status = models.CharField(max_length=16, choices=Status.choices, default=Status.QUEUED)
    # While a limit holds it back, which one (see limits.py); then its first step run is not due.
    waits_for = models.CharField(max_length=16, blank=True, default="", db_default="")
    phase = models.CharField(max_length=16, choices=Phase.choices, blank=True)
    outcome = models.CharField(max_length=16, choices=Status.choices, blank=True)  # fixed before teardown
    steps_total = models.IntegerField(default=0)  # top-level steps of the plan
    passed_count = models.IntegerField(default=0)
    failed_count = models.IntegerField(default=0)  # soft failures are in here too
    soft_failed_count = models.IntegerField(default=0)
    skipped_count = models.IntegerField(default=0)
    cancelled_count = models.IntegerField(default=0)
    retry_count = models.IntegerField(default=0)  # attempts beyond the first, all steps together
    recovered_count = models.IntegerField(default=0)  # steps that passed after a retry

    queued_at = models.DateTimeField(default=timezone.now)
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    timeout_seconds = models.FloatField(default=600)
    deadline = models.DateTimeField(null=True)  # of setup and steps: timeout_seconds after started_at
    teardown_deadline = models.DateTimeField(null=True)
    cancel_requested_at = models.DateTimeField(null=True)
    cancel_requested_by = models.CharField(max_length=150, blank=True)
    event_number = models.BigIntegerField(default=0)  # the number of the last event, gap-free

    failed_step_path = models.CharField(max_length=1024, blank=True)
    failure_kind = models.CharField(max_length=16, choices=FailureKind.choices, blank=True)
    failure_code = models.CharField(max_length=64, blank=True)
    failure_message = models.TextField(blank=True)

    objects = ExecutionQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["workspace", "idempotency_key"], name="one_execution_per_idempotency_key"),
            models.UniqueConstraint(fields=["slot"], condition=Q(slot__isnull=False), name="one_execution_per_slot"),
            models.CheckConstraint(  # which also lets in no status but those we know
                condition=Q(finished_at__isnull=False, status__in=sorted(FINAL))
                | Q(finished_at__isnull=True, status__in=sorted(set(Status) - FINAL)),
                name="execution_finished_exactly_when_final",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["workspace", "-id"], include=["status", "queued_at"], name="execution_recent_covered"),
            models.Index(
                fields=["workspace", "status", "-id"], include=["queued_at"], name="execution_by_status_covered"
            ),
            models.Index(fields=["flow", "-id"], name="execution_recent_by_flow"),
            models.Index(fields=["workspace", "queued_at"], name="execution_by_time"),
            models.Index(fields=["workspace", "environment_name", "-id"], name="execution_recent_by_env"),
            models.Index(fields=["workspace", "trigger", "-id"], name="execution_recent_by_trigger"),
            models.Index(fields=["workspace", "actor", "-id"], name="execution_recent_by_actor"),
            models.Index(
                fields=["workspace", "-id"],
                include=["status", "queued_at"],
                name="execution_troubled",
                condition=TROUBLED,
            ),
            models.Index(fields=["flow", "-id"], name="execution_troubled_by_flow", condition=TROUBLED),
            models.Index(fields=["workspace", "-id"], name="execution_retried", condition=Q(retry_count__gt=0)),
            models.Index(  # how long a flow usually takes, without a visit to the table
                fields=["flow", "environment_name", "-id"],
                include=["started_at", "finished_at"],
                name="execution_passed",
                condition=Q(status=Status.PASSED),
            ),
            GinIndex(fields=["labels"], name="execution_labels", opclasses=["jsonb_path_ops"]),
            models.Index(fields=["batch", "-id"], name="execution_by_batch", condition=Q(batch__isnull=False)),
            models.Index(fields=["workspace", "id"], name="execution_held", condition=~Q(waits_for="")),
            models.Index(fields=["id"], name="execution_active", condition=~Q(status__in=sorted(FINAL))),
            models.Index(fields=["finished_at", "id"], name="execution_by_end"),  # what ended since the last roll-up
        ]
        ordering: ClassVar = ["-id"]

    def __str__(self) -> str:
        return f"#{self.pk} {self.flow_name}: {self.status}"

    @property
    def duration_ms(self) -> int | None:
        if self.started_at is None or self.finished_at is None:
            return None
        return round((self.finished_at - self.started_at).total_seconds() * 1000)


class StepRun(models.Model):
    """One step in one execution. The row exists from the moment the step is due."""

    execution = models.ForeignKey(Execution, on_delete=models.CASCADE, db_index=False, related_name="step_runs")
    # Copied for analytics, so that they never join history; their rows are checked through the execution.
    flow = models.ForeignKey(Flow, on_delete=models.CASCADE, db_constraint=False, db_index=False, related_name="+")
    flow_version = models.ForeignKey(FlowVersion, on_delete=models.CASCADE, db_constraint=False, related_name="+")
    environment = models.ForeignKey(
        Environment, on_delete=models.SET_NULL, null=True, db_constraint=False, db_index=False, related_name="+"
    )

    path = models.CharField(max_length=1024)  # steps/each_user[2]/update
    key = models.CharField(max_length=1024)  # steps/each_user/update
    step_id = models.CharField(max_length=64)
    section = models.CharField(max_length=16, choices=Phase.choices)
    parent = models.ForeignKey("self", on_delete=models.CASCADE, null=True, related_name="children")
    # The innermost step whose action runs this one; of an error step, that of the step it belongs to. Not the parent.
    container = models.ForeignKey(
        "self", on_delete=models.DO_NOTHING, null=True, db_constraint=False, db_index=False, related_name="+"
    )
    index = models.IntegerField(null=True)  # of the turn of its container: an iteration, a branch
    position = models.IntegerField()  # place in the document
    action = models.CharField(max_length=64)

    status = models.CharField(max_length=16, choices=StepStatus.choices, default=StepStatus.PENDING)
    due_at = models.DateTimeField(null=True)  # set while it waits to be claimed, and only then
    sent_at = models.DateTimeField(null=True)  # when its message was last sent
    sends = models.IntegerField(default=0)
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    attempts = models.IntegerField(default=0)
    fence = models.IntegerField(default=0)  # grows with every claim; a result commits only under its own
    lost_attempts = models.IntegerField(default=0)
    resume_state = models.BinaryField(null=True)  # ciphertext of what a parked action needs to go on

    # Of a step that holds steps (docs/decisions/021). Defaults in the database: most inserts leave them out.
    pending_children = models.IntegerField(default=0, db_default=0)  # turns that have begun and not ended
    turns = models.IntegerField(null=True)  # null: it holds none
    turns_started = models.IntegerField(default=0, db_default=0)
    turns_failed = models.IntegerField(default=0, db_default=0)
    stops_at_failure = models.BooleanField(default=False, db_default=False)  # the turns, when one of them fails
    stopping = models.TextField(blank=True, default="", db_default="")  # why the steps in it must not go on
    stop_at = models.DateTimeField(null=True)  # its own time-out, while its steps run

    skip_reason = models.TextField(blank=True)
    failure_kind = models.CharField(max_length=16, choices=FailureKind.choices, blank=True)
    failure_code = models.CharField(max_length=64, blank=True)
    message = models.TextField(blank=True)  # one line: how it went, or why it failed
    recovered = models.BooleanField(default=False)  # passed after a retry
    soft = models.BooleanField(default=False)  # its failure does not fail the flow
    asserted = models.BooleanField(default=False)  # at least one assertion was evaluated
    may_have_taken_effect = models.BooleanField(default=False)
    protocol = models.CharField(max_length=16, blank=True)
    service = models.CharField(max_length=255, blank=True)
    operation = models.CharField(max_length=255, blank=True)
    route = models.CharField(max_length=1024, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["execution", "path"], name="one_step_run_per_path"),
            models.CheckConstraint(
                condition=Q(finished_at__isnull=False, status__in=sorted(STEP_FINAL))
                | Q(finished_at__isnull=True, status__in=sorted(set(StepStatus) - STEP_FINAL)),
                name="step_finished_exactly_when_final",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["due_at"], name="step_run_due", condition=Q(due_at__isnull=False)),
            models.Index(fields=["flow", "environment", "key", "-started_at"], name="step_run_history"),
            models.Index(fields=["id"], name="step_run_open", condition=Q(pending_children__gt=0)),
        ]
        ordering: ClassVar = ["id"]

    def __str__(self) -> str:
        return f"{self.path}: {self.status}"


class Attempt(models.Model):
    """One try of a step run."""

    step_run = models.ForeignKey(StepRun, on_delete=models.CASCADE, db_index=False, related_name="attempt_rows")
    number = models.IntegerField()
    fence = models.IntegerField()
    worker = models.ForeignKey(
        "WorkerProcess", on_delete=models.SET_NULL, null=True, db_constraint=False, db_index=False, related_name="+"
    )
    status = models.CharField(max_length=16, choices=AttemptStatus.choices, default=AttemptStatus.RUNNING)
    due_at = models.DateTimeField()
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    deadline = models.DateTimeField(null=True)
    timing = JSONText(null=True)  # phases in milliseconds

    failure_kind = models.CharField(max_length=16, choices=FailureKind.choices, blank=True)
    failure_code = models.CharField(max_length=64, blank=True)
    failure_message = models.TextField(blank=True)
    condition = JSONText(null=True)  # run_condition as evaluated, with the values it saw
    assertions = JSONText(null=True)
    captured = JSONText(null=True)  # [{name, path, value, source}]
    reads = JSONText(null=True)  # [{name, source}]: the variables it read and where each came from
    draws = JSONText(null=True)  # the random values it drew

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["step_run", "number"], name="one_attempt_per_number"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["worker"], name="attempt_running", condition=Q(status=AttemptStatus.RUNNING)),
        ]
        ordering: ClassVar = ["number"]

    def __str__(self) -> str:
        return f"attempt {self.number} of {self.step_run_id}: {self.status}"


class Payload(models.Model):
    """The full request and response of one attempt, masked. Partitioned by time; never touched by a list."""

    attempt_id = models.BigIntegerField(primary_key=True)
    created_at = models.DateTimeField()
    request = JSONText(null=True)
    response = JSONText(null=True)
    request_size = models.BigIntegerField(default=0)  # bytes before anything was cut
    response_size = models.BigIntegerField(default=0)
    is_cut = models.BooleanField(default=False)
    is_partial = models.BooleanField(default=False)  # the response broke off
    content_type = models.CharField(max_length=255, blank=True)
    response_hash = models.CharField(max_length=64, blank=True)  # keyed: equal bodies can be told without reading them

    class Meta:
        managed = False  # PostgreSQL partitions it; the migration creates it by hand
        db_table = "executions_payload"

    def __str__(self) -> str:
        return f"payload of attempt {self.attempt_id}"


class LiveValue(models.Model):
    """A value a running flow still needs, encrypted. `path` is empty for what the whole execution shares."""

    execution = models.ForeignKey(Execution, on_delete=models.CASCADE, db_index=False, related_name="live_values")
    turn = models.CharField(max_length=1024, blank=True, default="", db_default="")  # the innermost its path is in
    path = models.CharField(max_length=1024, blank=True)
    name = models.CharField(max_length=255)
    ciphertext = models.BinaryField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["execution", "turn", "path", "name"], name="one_live_value_per_name"),
        ]

    def __str__(self) -> str:
        return f"{self.name} of execution {self.execution_id}"


class Move(models.Model):
    """A change of an execution's status."""

    execution = models.ForeignKey(Execution, on_delete=models.CASCADE, related_name="moves")
    at = models.DateTimeField(default=timezone.now)
    old = models.CharField(max_length=16, choices=Status.choices, blank=True)  # blank: it was created
    new = models.CharField(max_length=16, choices=Status.choices)
    reason = models.TextField(blank=True)

    class Meta:
        ordering: ClassVar = ["id"]

    def __str__(self) -> str:
        return f"{self.old or 'new'} → {self.new}"


class LateResult(models.Model):
    """What a worker brought after its attempt had been given up. Kept, because it may say what really took effect."""

    attempt = models.ForeignKey(Attempt, on_delete=models.CASCADE, related_name="late_results")
    at = models.DateTimeField(default=timezone.now)
    fence = models.PositiveIntegerField()
    status = models.CharField(max_length=16, choices=AttemptStatus.choices)
    message = models.TextField(blank=True)

    def __str__(self) -> str:
        return f"late result of {self.attempt_id}: {self.status}"


class BulkOrder(models.Model):
    """What one idempotency key ordered for many executions: sent again, the order is for the same ones."""

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, db_index=False, related_name="+")
    key = models.CharField(max_length=255)
    request_hash = models.CharField(max_length=64)
    ids = models.JSONField()
    left = models.IntegerField()  # found as well, and left for another order
    made_at = models.DateTimeField(default=timezone.now, db_index=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["workspace", "key"], name="one_bulk_order_per_key"),
        ]

    def __str__(self) -> str:
        return f"{len(self.ids)} executions under {self.key}"


class WorkerProcess(models.Model):
    """A process that runs steps. Its lease covers every attempt it is making."""

    host = models.CharField(max_length=255)
    pid = models.PositiveIntegerField()
    boot_id = models.CharField(max_length=128)  # tells one start of the machine and one pid namespace from another
    process_started = models.CharField(max_length=32, blank=True)  # kernel's start time: tells a reused pid
    worker_group = models.CharField(max_length=64, blank=True)
    started_at = models.DateTimeField(default=timezone.now)
    renewed_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()
    stopped_at = models.DateTimeField(null=True)
    hops = models.BigIntegerField(default=0)
    duplicate_messages = models.BigIntegerField(default=0)  # delivered again, and ignored
    abandoned_attempts = models.BigIntegerField(default=0)  # actions that did not leave when told to

    class Meta:
        verbose_name_plural = "worker processes"
        indexes: ClassVar = [
            models.Index(fields=["expires_at"], name="worker_live", condition=Q(stopped_at__isnull=True)),
        ]

    def __str__(self) -> str:
        return f"{self.host}:{self.pid}"
