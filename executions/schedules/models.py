"""What became of the slots of schedules."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils import timezone

from flows.models import Schedule


class SlotStatus(models.TextChoices):
    STARTED = "started"  # its execution exists; what came of that is the execution's to say
    WAITING = "waiting"  # for an earlier run to end
    SKIPPED = "skipped"
    FAILED = "failed"  # nothing could be started


class ScheduleSlot(models.Model):
    """One time a schedule was to run; or several in a row, skipped together. Unique, so that none runs twice."""

    schedule = models.ForeignKey(Schedule, on_delete=models.CASCADE, db_index=False, related_name="slots")
    slot_at = models.DateTimeField()
    last_slot_at = models.DateTimeField(null=True)  # of a stretch
    count = models.PositiveIntegerField(null=True, default=1)  # null: more than anybody counted
    is_manual = models.BooleanField(default=False)  # somebody pressed "run now"
    status = models.CharField(max_length=16, choices=SlotStatus.choices)
    reason = models.TextField(blank=True)
    recorded_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["schedule", "slot_at"], name="one_run_per_slot"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["schedule", "-id"], name="slot_recent"),
            models.Index(fields=["schedule"], name="slot_waiting", condition=Q(status="waiting")),
        ]
        ordering: ClassVar = ["-id"]

    def __str__(self) -> str:
        return f"{self.slot_at:%Y-%m-%d %H:%M:%S}: {self.status}"
