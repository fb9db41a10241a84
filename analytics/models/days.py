"""Sums by day, and how healthy each step is: made from the executions that are there."""

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models

from flows.models import Flow
from workspaces.models import Workspace


class RollupState(models.Model):
    """How far the roll-up has come."""

    name = models.CharField(max_length=32, primary_key=True)
    finished_to = models.DateTimeField()  # executions that finished by then are in
    ran_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.name}: to {self.finished_to:%Y-%m-%d %H:%M:%S}"


class DayCounts(models.Model):
    """Executions of a day: those that were queued on it (UTC) and are final."""

    day = models.DateField()
    environment = models.CharField(max_length=64, blank=True)
    trigger = models.CharField(max_length=16)
    n = models.IntegerField()
    passed = models.IntegerField()
    failed = models.IntegerField()
    timed_out = models.IntegerField()
    cancelled = models.IntegerField()
    platform = models.IntegerField()  # failed by no fault of the flow: its worker was lost
    recovered = models.IntegerField()  # passed, with a step that needed a retry
    retries = models.IntegerField()
    sum_ms = models.BigIntegerField()  # of those that passed, as are the two below
    max_ms = models.BigIntegerField()
    buckets = ArrayField(models.SmallIntegerField())  # of analytics/durations/histogram.py
    counts = ArrayField(models.IntegerField())

    class Meta:
        abstract = True


class FlowDay(DayCounts):
    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, db_index=False, related_name="+")
    flow = models.ForeignKey(Flow, on_delete=models.CASCADE, db_index=False, related_name="+")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["flow", "day", "environment", "trigger"], name="one_flow_day"),
        ]
        indexes: ClassVar = [models.Index(fields=["workspace", "day"], name="flow_day_by_workspace")]

    def __str__(self) -> str:
        return f"{self.day} flow {self.flow_id} {self.environment}: {self.passed}/{self.n}"


class WorkspaceDay(DayCounts):
    """The sum of a workspace's FlowDays, so that a trend over all flows reads a few hundred rows."""

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, db_index=False, related_name="+")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["workspace", "day", "environment", "trigger"], name="one_workspace_day"),
        ]

    def __str__(self) -> str:
        return f"{self.day} {self.environment}: {self.passed}/{self.n}"


class FlowTotal(models.Model):
    """What the FlowDays of a flow have come to by the end of a day on which it ran: in one environment, or in all
    (`*`), whatever started it. A span is the difference of two: see rollups/totals.py.
    """

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, db_index=False, related_name="+")
    flow = models.ForeignKey(Flow, on_delete=models.CASCADE, db_index=False, related_name="+")
    environment = models.CharField(max_length=64, blank=True)
    day = models.DateField()
    n = models.BigIntegerField()
    passed = models.BigIntegerField()
    failed = models.BigIntegerField()
    timed_out = models.BigIntegerField()
    cancelled = models.BigIntegerField()
    platform = models.BigIntegerField()
    recovered = models.BigIntegerField()
    retries = models.BigIntegerField()
    buckets = ArrayField(models.SmallIntegerField())
    counts = ArrayField(models.BigIntegerField())

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["flow", "environment", "day"], name="one_flow_total"),
        ]

    def __str__(self) -> str:
        return f"to {self.day} flow {self.flow_id} {self.environment}: {self.passed}/{self.n}"


class StepDay(models.Model):
    """Step runs of a day, of one flow version; the day is that of their execution."""

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, db_index=False, related_name="+")
    flow = models.ForeignKey(Flow, on_delete=models.CASCADE, db_index=False, related_name="+")
    day = models.DateField()
    environment = models.CharField(max_length=64, blank=True)
    version = models.IntegerField()
    key = models.CharField(max_length=1024)
    n = models.IntegerField()  # passed and failed
    failed = models.IntegerField()
    recovered = models.IntegerField()  # passed after a retry
    skipped = models.IntegerField()
    sum_ms = models.BigIntegerField()  # of those that passed, as are the two below
    max_ms = models.BigIntegerField()
    buckets = ArrayField(models.SmallIntegerField())
    counts = ArrayField(models.IntegerField())

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["flow", "day", "environment", "version", "key"], name="one_step_day"),
        ]

    def __str__(self) -> str:
        return f"{self.day} {self.key}: {self.n}"


class StepHealth(models.Model):
    """How flaky a step is now, in one environment: its last results and the score made of them."""

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, db_index=False, related_name="+")
    flow = models.ForeignKey(Flow, on_delete=models.CASCADE, db_index=False, related_name="+")
    environment = models.CharField(max_length=64, blank=True)
    key = models.CharField(max_length=1024)
    action = models.CharField(max_length=64)
    sequence = models.CharField(max_length=256)
    strip = models.CharField(max_length=32)  # the letters of the last results
    executions = ArrayField(models.BigIntegerField())  # where each letter of the sequence is from
    events = ArrayField(models.BigIntegerField(), default=list)  # those of its retries and short failures, each once
    n = models.IntegerField()
    recoveries = models.IntegerField()
    episodes = models.IntegerField()
    outages = models.IntegerField()
    failures = models.IntegerField()
    trials = models.IntegerField()
    rate = models.FloatField()
    lo = models.FloatField()
    hi = models.FloatField()
    flip_rate = models.FloatField()
    health = models.CharField(max_length=16)
    has_recovered = models.BooleanField()
    runs_per_day = models.FloatField()
    disturbed_per_day = models.FloatField()  # lo × runs_per_day: what the ranking goes by
    lost_ms = models.BigIntegerField()  # time that retries and short failures cost, in the window
    median_ms = models.FloatField(null=True)
    first_at = models.DateTimeField()
    last_at = models.DateTimeField()
    version = models.IntegerField()  # of the definition that made the score
    updated_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["flow", "environment", "key"], name="one_step_health"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["workspace", "health", "-disturbed_per_day"], name="step_health_ranked"),
            models.Index(fields=["first_at"], name="step_health_ageing"),
        ]

    def __str__(self) -> str:
        return f"{self.key}: {self.health}"


class HealthDay(models.Model):
    """How many steps of a flow were flaky at the end of a day, in one environment. Only those with results enough."""

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, db_index=False, related_name="+")
    flow = models.ForeignKey(Flow, on_delete=models.CASCADE, db_index=False, related_name="+")
    environment = models.CharField(max_length=64, blank=True)
    day = models.DateField()
    steps = models.IntegerField()
    flaky = models.IntegerField()
    lost_ms = models.BigIntegerField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["flow", "environment", "day"], name="one_health_day"),
        ]
        indexes: ClassVar = [models.Index(fields=["workspace", "day"], name="health_day_by_workspace")]

    def __str__(self) -> str:
        return f"{self.day} flow {self.flow_id} {self.environment}: {self.flaky}/{self.steps}"
