"""The life of an execution and of a step run: one enum, one table of allowed moves each (DESIGN §4)."""

from typing import Final

from django.db import models


class Status(models.TextChoices):
    """Of an execution."""

    QUEUED = "queued"  # accepted, no worker has it yet
    RUNNING = "running"  # workers are advancing it
    PASSED = "passed"  # every step that ran held
    FAILED = "failed"  # a step failed; failure_kind says whose fault it looks like
    CANCELLED = "cancelled"  # a person stopped it
    TIMED_OUT = "timed_out"  # the flow's own deadline passed

    @property
    def is_final(self) -> bool:
        return not NEXT[self]


NEXT: Final[dict[Status, frozenset[Status]]] = {
    Status.QUEUED: frozenset({Status.RUNNING, Status.CANCELLED, Status.TIMED_OUT}),
    Status.RUNNING: frozenset({Status.PASSED, Status.FAILED, Status.CANCELLED, Status.TIMED_OUT}),
    Status.PASSED: frozenset(),
    Status.FAILED: frozenset(),
    Status.CANCELLED: frozenset(),
    Status.TIMED_OUT: frozenset(),
}
FINAL: Final = frozenset(status for status in Status if status.is_final)


class StepStatus(models.TextChoices):
    """Of a step run."""

    PENDING = "pending"  # due, not claimed yet
    RUNNING = "running"  # an attempt is being made, or waits without a worker
    RETRYING = "retrying"  # an attempt failed, the next one is due
    PASSED = "passed"
    FAILED = "failed"
    SKIPPED = "skipped"  # its condition did not hold, or it is disabled
    CANCELLED = "cancelled"  # interrupted by cancel or by the flow's deadline

    @property
    def is_final(self) -> bool:
        return not STEP_NEXT[self]


STEP_NEXT: Final[dict[StepStatus, frozenset[StepStatus]]] = {
    StepStatus.PENDING: frozenset({StepStatus.RUNNING, StepStatus.CANCELLED}),
    StepStatus.RUNNING: frozenset(
        {StepStatus.RETRYING, StepStatus.PASSED, StepStatus.FAILED, StepStatus.SKIPPED, StepStatus.CANCELLED}
    ),
    StepStatus.RETRYING: frozenset({StepStatus.RUNNING, StepStatus.FAILED, StepStatus.CANCELLED}),
    StepStatus.PASSED: frozenset(),
    StepStatus.FAILED: frozenset(),
    StepStatus.SKIPPED: frozenset(),
    StepStatus.CANCELLED: frozenset(),
}
STEP_FINAL: Final = frozenset(status for status in StepStatus if status.is_final)


class AttemptStatus(models.TextChoices):
    RUNNING = "running"  # a worker holds it under a lease
    WAITING = "waiting"  # parked: due later, no worker holds it
    PASSED = "passed"
    FAILED = "failed"
    SKIPPED = "skipped"
    CANCELLED = "cancelled"
    LOST = "lost"  # its worker died or could not be reached; nobody knows how far it came


class Phase(models.TextChoices):
    SETUP = "setup"
    STEPS = "steps"
    TEARDOWN = "teardown"


class Trigger(models.TextChoices):
    USER = "user"
    SCHEDULE = "schedule"
    API = "api"
    CLI = "cli"
    WEBHOOK = "webhook"
    FLOW = "flow"


class FailureKind(models.TextChoices):
    ASSERTION = "assertion"
    ACTION = "action"  # the target said no
    UNREACHABLE = "unreachable"
    TIMEOUT = "timeout"
    TEMPLATE = "template"
    EXTRACTION = "extraction"
    CONFIG = "config"
    WORKER_LOST = "worker_lost"


class RerunMode(models.TextChoices):
    TODAY = "today"  # today's version of the flow
    AS_IT_WAS = "as_it_was"  # the version the original ran
    FROM_STEP = "from_step"  # from one step on, with its live values
