"""Batches: one flow over the rows of a file."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from executions.status import Status, Trigger
from flows.models import Environment, Flow, FlowVersion
from workspaces.models import Workspace


class RowStatus(models.TextChoices):
    WAITING = "waiting"  # for a place among those that run at once
    STARTED = "started"  # what came of it is its execution's to say
    CANCELLED = "cancelled"  # before it was started
    FAILED = "failed"  # nothing could be started


class Batch(models.Model):
    """Executions of one flow version, one for each row; so many at once, until all are over."""

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, db_index=False, related_name="batches")
    flow = models.ForeignKey(Flow, on_delete=models.CASCADE, related_name="batches")
    flow_version = models.ForeignKey(FlowVersion, on_delete=models.CASCADE, related_name="+")
    environment = models.ForeignKey(Environment, on_delete=models.SET_NULL, null=True, related_name="+")
    environment_name = models.CharField(max_length=64, blank=True)
    source = models.CharField(max_length=255, blank=True)  # the name of the file
    labels = models.JSONField(default=dict, blank=True)
    parallel = models.PositiveSmallIntegerField(default=4)
    timeout_seconds = models.FloatField(null=True)  # of each execution, instead of the flow's own
    rows_total = models.PositiveIntegerField(default=0)

    trigger = models.CharField(max_length=16, choices=Trigger.choices)
    actor = models.CharField(max_length=150)
    started_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    idempotency_key = models.CharField(max_length=255, null=True)
    idempotency_hash = models.CharField(max_length=64, blank=True)
    rerun_of = models.ForeignKey("self", on_delete=models.SET_NULL, null=True, related_name="reruns")

    status = models.CharField(max_length=16, choices=Status.choices, default=Status.RUNNING)
    created_at = models.DateTimeField(default=timezone.now)
    finished_at = models.DateTimeField(null=True)
    cancel_requested_at = models.DateTimeField(null=True)
    cancel_requested_by = models.CharField(max_length=150, blank=True)

    class Meta:
        verbose_name_plural = "batches"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["workspace", "idempotency_key"], name="one_batch_per_idempotency_key"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["workspace", "-id"], name="batch_recent"),
            models.Index(fields=["id"], name="batch_unfinished", condition=Q(finished_at__isnull=True)),
        ]
        ordering: ClassVar = ["-id"]

    def __str__(self) -> str:
        return f"batch {self.pk}: {self.status}"


class BatchRow(models.Model):
    """One row of the file. What it gives to its execution is kept encrypted: cells may be passwords."""

    batch = models.ForeignKey(Batch, on_delete=models.CASCADE, db_index=False, related_name="rows")
    number = models.PositiveIntegerField()  # as a person counts them, from 1
    label = models.CharField(max_length=255, blank=True)
    ciphertext = models.BinaryField()  # its overrides
    status = models.CharField(max_length=16, choices=RowStatus.choices, default=RowStatus.WAITING)
    reason = models.TextField(blank=True)
    execution = models.OneToOneField(
        "executions.Execution", on_delete=models.SET_NULL, null=True, related_name="batch_row"
    )

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["batch", "number"], name="one_batch_row_per_number"),
        ]
        ordering: ClassVar = ["number"]

    def __str__(self) -> str:
        return f"row {self.number} of batch {self.batch_id}: {self.status}"
