"""Who is told about which outcome, and what was delivered."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from executions.models import Execution
from flows.encryption import decrypt
from flows.models import Flow, Schedule
from workspaces.models import Workspace


class Kind(models.TextChoices):
    WEBHOOK = "webhook"  # our own JSON, signed
    SLACK = "slack"  # an incoming webhook of Slack, or of what speaks like it
    EMAIL = "email"


class Occasion(models.TextChoices):
    FAILURE = "failure"  # a run failed, and the one before had not
    EVERY_FAILURE = "every_failure"
    RECOVERY = "recovery"  # a run passed, and the one before had failed
    FAILURES = "failures"  # n of the last m failed, for the first time in a row
    TEST = "test"  # somebody pressed the button


class DeliveryStatus(models.TextChoices):
    PENDING = "pending"
    SENT = "sent"
    FAILED = "failed"  # given up


class Target(models.Model):
    """Where notifications go. Its address is kept encrypted: most of them are secrets."""

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="notification_targets")
    name = models.CharField(max_length=100)
    kind = models.CharField(max_length=16, choices=Kind.choices)
    sealed_address = models.BinaryField(editable=False)
    sealed_key = models.BinaryField(null=True, editable=False)  # signs what a webhook gets
    hint = models.CharField(max_length=255)  # host, or the address with most of it left out
    created_at = models.DateTimeField(default=timezone.now)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["workspace", "name"], name="one_target_per_name"),
        ]
        ordering: ClassVar = ["name"]

    def __str__(self) -> str:
        return f"{self.name} ({self.kind})"

    @property
    def address(self) -> str:
        """Raises CannotDecrypt."""
        return decrypt(self.sealed_address).decode()

    @property
    def key(self) -> bytes:
        """Raises CannotDecrypt."""
        return decrypt(self.sealed_key) if self.sealed_key is not None else b""


class Rule(models.Model):
    """Tells a target of an occasion: in one flow, of one schedule, or in the whole workspace."""

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="notification_rules")
    target = models.ForeignKey(Target, on_delete=models.CASCADE, related_name="rules")
    occasion = models.CharField(max_length=16, choices=[one for one in Occasion.choices if one[0] != "test"])
    flow = models.ForeignKey(Flow, on_delete=models.CASCADE, null=True, related_name="notification_rules")
    schedule = models.ForeignKey(Schedule, on_delete=models.CASCADE, null=True, related_name="notification_rules")
    failures = models.PositiveSmallIntegerField(default=3)  # n
    of_last = models.PositiveSmallIntegerField(default=5)  # m
    created_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return f"{self.occasion} → {self.target_id}"


class Delivery(models.Model):
    """One message to one target. What it says is fixed when it is written, the likely cause when it is first tried; all
    of it is masked, as the record is.
    """

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, db_index=False, related_name="+")
    target = models.ForeignKey(Target, on_delete=models.CASCADE, db_index=False, related_name="deliveries")
    execution = models.ForeignKey(Execution, on_delete=models.SET_NULL, null=True, db_index=True, related_name="+")
    occasion = models.CharField(max_length=16, choices=Occasion.choices)
    message = models.JSONField()
    status = models.CharField(max_length=16, choices=DeliveryStatus.choices, default=DeliveryStatus.PENDING)
    tries = models.PositiveSmallIntegerField(default=0)
    due_at = models.DateTimeField(default=timezone.now)
    created_at = models.DateTimeField(default=timezone.now)
    sent_at = models.DateTimeField(null=True)
    answer = models.CharField(max_length=500, blank=True)  # of the last try, or why there was none

    class Meta:
        verbose_name_plural = "deliveries"
        constraints: ClassVar = [
            models.UniqueConstraint(  # several rules may lead there
                fields=["target", "execution", "occasion"], name="one_delivery_per_occasion"
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["due_at"], name="delivery_due", condition=Q(status="pending")),
            models.Index(fields=["workspace", "-id"], name="delivery_recent"),
        ]
        ordering: ClassVar = ["-id"]

    def __str__(self) -> str:
        return f"{self.occasion} to {self.target_id}: {self.status}"
