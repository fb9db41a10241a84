"""Failures that came together, and failures that are the same."""

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils import timezone

from executions.fields import JSONText
from flows.models import Flow
from workspaces.models import Workspace


class IncidentFailure(models.Model):
    """A failure that came with many others: in the same minutes several flows failed against one service, or several
    services did. It says nothing about the step, and counts for no flakiness.
    """

    step_run_id = models.BigIntegerField(primary_key=True)
    execution_id = models.BigIntegerField()
    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, db_index=False, related_name="+")
    flow = models.ForeignKey(Flow, on_delete=models.CASCADE, db_constraint=False, related_name="+")
    environment = models.CharField(max_length=64, blank=True)
    service = models.CharField(max_length=255)
    at = models.DateTimeField()

    class Meta:
        indexes: ClassVar = [models.Index(fields=["workspace", "at"], name="incident_failure_by_time")]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.service}"


class GroupState(models.TextChoices):
    OPEN = "open"
    ACKNOWLEDGED = "acknowledged"  # somebody knows
    RESOLVED = "resolved"  # mended; comes back as open if it happens again
    MUTED = "muted"  # never comes back by itself


class FailureGroup(models.Model):
    """Failures that are one failure, in one step of one flow."""

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, db_index=False, related_name="failure_groups")
    flow = models.ForeignKey(Flow, on_delete=models.CASCADE, related_name="failure_groups")
    fingerprint = models.CharField(max_length=16)
    across = models.CharField(max_length=16)  # the same for the same failure in any flow
    version = models.IntegerField()  # of the fingerprint
    step_key = models.CharField(max_length=1024)
    action = models.CharField(max_length=64)
    service = models.CharField(max_length=255, blank=True)
    kind = models.CharField(max_length=16)
    sub = models.CharField(max_length=1000)
    text = models.CharField(max_length=512, blank=True)
    sample = models.TextField(blank=True)  # the message of the last one, as it was recorded: masked
    sample_execution = models.BigIntegerField()
    first_seen = models.DateTimeField()
    last_seen = models.DateTimeField()
    count = models.IntegerField()
    recovered = models.IntegerField()  # of these, those that a retry overcame
    environments = ArrayField(models.CharField(max_length=64))
    versions = ArrayField(models.IntegerField())
    is_recurring = models.BooleanField(default=False)
    state = models.CharField(max_length=16, choices=GroupState.choices, default=GroupState.OPEN)
    has_regressed = models.BooleanField(default=False)  # it was resolved, and came back
    category = models.CharField(max_length=16, blank=True)  # a person's word on the cause
    note = models.TextField(blank=True)
    changed_at = models.DateTimeField(null=True)  # of the state, category or note, by a person
    changed_by = models.CharField(max_length=150, blank=True)
    asked_itself_at = models.DateTimeField(null=True)  # when the model was asked about it without anybody's asking

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["workspace", "fingerprint"], name="one_failure_group"),
            models.CheckConstraint(
                condition=models.Q(state__in=sorted(GroupState.values)), name="failure_group_state_is_known"
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["workspace", "-last_seen", "-id"], name="failure_group_recent"),
            models.Index(fields=["workspace", "across"], name="failure_group_across"),
        ]

    def __str__(self) -> str:
        return f"{self.step_key}: {self.sub or self.text}"


class FailureOccurrence(models.Model):
    """One failure of a group. Ids only, so that it outlives the execution it happened in."""

    group = models.ForeignKey(FailureGroup, on_delete=models.CASCADE, db_index=False, related_name="occurrences")
    execution_id = models.BigIntegerField(db_index=True)
    step_run_id = models.BigIntegerField()
    at = models.DateTimeField()
    environment = models.CharField(max_length=64, blank=True)
    version = models.IntegerField()
    is_recovered = models.BooleanField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["group", "step_run_id", "is_recovered"], name="one_occurrence"),
        ]
        indexes: ClassVar = [models.Index(fields=["group", "-at"], name="occurrence_recent")]

    def __str__(self) -> str:
        return f"group {self.group_id} in #{self.execution_id}"


class DiagnosisLabel(models.Model):
    """What a person says of a diagnosis by the rules, beside what these said then. Outlives the execution."""

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="+")
    execution_id = models.BigIntegerField(unique=True)
    rules_version = models.IntegerField()
    said_category = models.CharField(max_length=16)
    said_confidence = models.CharField(max_length=16)
    rules = JSONText()  # what fired: id → points
    is_helpful = models.BooleanField(null=True)
    right_category = models.CharField(max_length=16, blank=True)
    labelled_by = models.CharField(max_length=150)
    labelled_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return f"#{self.execution_id}: {self.said_category}, and in truth {self.right_category or 'not said'}"
