"""What can be run: flows and their versions, the environments they run against, the schedules that start them."""

import hashlib
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone

from flows.language import jsontext
from flows.language.spec import FlowSpec
from flows.timetable import Timetable, cron_timetable, interval_timetable
from workspaces.models import Workspace


class Flow(models.Model):
    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="flows")
    slug = models.SlugField(max_length=255, allow_unicode=True)
    name = models.CharField(max_length=255)
    description = models.TextField(blank=True)
    tags = models.JSONField(default=list, blank=True)
    suite = models.CharField(max_length=255, blank=True)
    latest_version = models.ForeignKey("FlowVersion", on_delete=models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    updated_at = models.DateTimeField(default=timezone.now)
    updated_by = models.CharField(max_length=150, blank=True, editable=False)  # the name of who saved it last
    archived_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["workspace", "slug"], name="one_flow_per_slug"),
        ]
        ordering: ClassVar = ["name"]

    def __str__(self) -> str:
        return self.name


class FlowVersion(models.Model):
    """One immutable saved text of a flow, with the files it brought. The same again is the same version."""

    flow = models.ForeignKey(Flow, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    text = models.TextField()
    hash = models.CharField(max_length=64)
    spec_json = models.TextField(editable=False)  # the parsed flow; read it through `spec`
    files_json = models.TextField(default="", editable=False)  # empty without any; read them through `files`
    change = models.CharField(max_length=255, blank=True, editable=False)  # of the version before it, in one line
    created_at = models.DateTimeField(default=timezone.now)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["flow", "number"], name="one_version_per_number"),
            models.UniqueConstraint(fields=["flow", "hash"], name="one_version_per_text"),
        ]
        ordering: ClassVar = ["-number"]

    def __str__(self) -> str:
        return f"{self.flow.slug} v{self.number}"

    @staticmethod
    def hash_of(text: str, files: Mapping[str, str] | None = None) -> str:
        """Of the text, and of the files if there are any: no flow has the NUL between them."""
        whole = f"{text}\0{jsontext.dumps(sorted(files.items()))}" if files else text
        return hashlib.sha256(whole.encode("utf-8", "surrogatepass")).hexdigest()

    @property
    def spec(self) -> FlowSpec:
        return FlowSpec.load(jsontext.loads(self.spec_json))

    @property
    def files(self) -> dict[str, str]:
        """Name → text of the .proto files that came with it."""
        found: dict[str, str] = jsontext.loads(self.files_json) if self.files_json else {}
        return found


class Environment(models.Model):
    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="environments")
    name = models.SlugField(max_length=64)
    description = models.TextField(blank=True)
    worker_group = models.SlugField(max_length=64, blank=True)
    secret_changes = models.PositiveIntegerField(default=0, editable=False)  # numbers the versions of its secrets
    created_at = models.DateTimeField(default=timezone.now)
    updated_at = models.DateTimeField(default=timezone.now)
    updated_by = models.CharField(max_length=150, blank=True, editable=False)  # the name of who saved it last

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["workspace", "name"], name="one_environment_per_name"),
        ]
        ordering: ClassVar = ["name"]

    def __str__(self) -> str:
        return self.name

    def plain_variables(self) -> dict[str, Any]:
        """Name → value of everything that is not a secret."""
        return {v.name: jsontext.loads(v.value_json) for v in self.variables.all() if not v.is_secret}

    @property
    def revision(self) -> str:
        """Changes when a variable or a secret changes; says nothing about their values (DESIGN §3)."""
        stored = [
            [v.name, v.is_secret, v.secret_version if v.is_secret else v.value_json]
            for v in sorted(self.variables.all(), key=lambda v: v.name)
        ]
        return hashlib.sha256(jsontext.dumps(stored).encode()).hexdigest()[:16]


class Variable(models.Model):
    """One variable or secret of an environment. A secret's value is ciphertext and is never shown again."""

    environment = models.ForeignKey(Environment, on_delete=models.CASCADE, related_name="variables")
    name = models.CharField(max_length=128)
    is_secret = models.BooleanField(default=False)
    value_json = models.TextField(blank=True)  # plain variables only
    ciphertext = models.BinaryField(null=True, editable=False)  # secrets only
    # Grows with every value and is never used twice in an environment, not even by a secret deleted and set anew.
    secret_version = models.PositiveIntegerField(default=0)
    updated_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["environment", "name"], name="one_variable_per_name"),
            models.CheckConstraint(
                condition=models.Q(is_secret=True, value_json="", ciphertext__isnull=False)
                | models.Q(is_secret=False, ciphertext__isnull=True),
                name="secret_is_only_ciphertext",
            ),
        ]
        ordering: ClassVar = ["name"]

    def __str__(self) -> str:
        return self.name


class QuarantineQuerySet(models.QuerySet["Quarantine"]):
    def in_force(self, *, at: datetime) -> "QuarantineQuerySet":
        return self.filter(created_at__lte=at, expires_at__gt=at).exclude(lifted_at__lte=at)


class Quarantine(models.Model):
    """A step, or a whole flow, whose failures are known and for some days stop nobody. Kept when it is over."""

    flow = models.ForeignKey(Flow, on_delete=models.CASCADE, related_name="quarantines")
    step_key = models.CharField(max_length=1024, blank=True)  # blank: the whole flow
    reason = models.TextField()
    created_at = models.DateTimeField(default=timezone.now)
    created_by = models.CharField(max_length=150)
    expires_at = models.DateTimeField()
    lifted_at = models.DateTimeField(null=True, blank=True)
    lifted_by = models.CharField(max_length=150, blank=True)

    objects = QuarantineQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-id"]

    def __str__(self) -> str:
        return f"{self.flow.slug} {self.step_key}".strip()

    def holds(self, at: datetime) -> bool:
        """Whether it was in force then."""
        return self.created_at <= at < self.expires_at and (self.lifted_at is None or at < self.lifted_at)

    def covers(self, key: str) -> bool:
        """Whether a failure of the step with this key is one it expects: the step itself, or one inside it."""
        return not self.step_key or key == self.step_key or key.startswith(f"{self.step_key}/")


class Misfire(models.TextChoices):
    """What becomes of slots that passed while nobody could start them."""

    SKIP = "skip"  # they are let go
    ONCE = "once"  # one run stands for all of them
    CATCH_UP = "catch_up"  # the last few run after all


class Overlap(models.TextChoices):
    """What a slot does while an earlier run of its schedule goes on."""

    SKIP = "skip"  # it is let go
    QUEUE = "queue"  # one waits, the next ones are let go
    ALLOW = "allow"  # it runs beside it
    CANCEL = "cancel"  # the earlier run is cancelled, and the slot runs once that is over


class Schedule(models.Model):
    """Starts a flow by itself, by a cron line or at an interval."""

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="schedules")
    flow = models.ForeignKey(Flow, on_delete=models.CASCADE, related_name="schedules")
    name = models.CharField(max_length=100)
    description = models.TextField(blank=True)
    environment = models.ForeignKey(
        Environment, on_delete=models.SET_NULL, null=True, blank=True, related_name="schedules"
    )
    environment_name = models.CharField(max_length=64, blank=True)  # stays when the environment is deleted
    variables_json = models.TextField(default="{}", editable=False)  # overrides as they are
    text_variables_json = models.TextField(default="{}", editable=False)  # as text: each takes the flow's own type
    labels = models.JSONField(default=dict, blank=True)

    cron = models.CharField(max_length=200, blank=True)  # this or an interval
    interval_seconds = models.PositiveIntegerField(null=True, blank=True)
    zone = models.CharField(max_length=64, default="UTC")
    misfire = models.CharField(max_length=16, choices=Misfire.choices, default=Misfire.SKIP)
    catch_up = models.PositiveSmallIntegerField(default=5)  # slots at most, under that policy
    overlap = models.CharField(max_length=16, choices=Overlap.choices, default=Overlap.SKIP)
    jitter_seconds = models.PositiveIntegerField(default=0)

    paused_at = models.DateTimeField(null=True, blank=True)
    paused_by = models.CharField(max_length=150, blank=True)
    pause_note = models.TextField(blank=True)
    anchored_at = models.DateTimeField(default=timezone.now)  # intervals are counted from here
    next_slot_at = models.DateTimeField(null=True)
    next_run_at = models.DateTimeField(null=True)  # that and its jitter; null while paused

    revision = models.PositiveIntegerField(default=1)  # grows with every edit
    created_at = models.DateTimeField(default=timezone.now)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    updated_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["workspace", "name"], name="one_schedule_per_name"),
            models.CheckConstraint(
                condition=models.Q(cron="", interval_seconds__isnull=False)
                | (~models.Q(cron="") & models.Q(interval_seconds__isnull=True)),
                name="schedule_has_a_cron_line_or_an_interval",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["next_run_at"], name="schedule_due", condition=models.Q(next_run_at__isnull=False)),
        ]
        ordering: ClassVar = ["name"]

    def __str__(self) -> str:
        return self.name

    @property
    def times(self) -> Timetable:
        """Raises TimetableInvalid: a time zone may be gone from the machine."""
        if self.interval_seconds is not None:
            return interval_timetable(self.interval_seconds, self.anchored_at)
        return cron_timetable(self.cron, self.zone)

    @property
    def variables(self) -> dict[str, Any]:
        found: dict[str, Any] = jsontext.loads(self.variables_json)
        return found

    @property
    def text_variables(self) -> dict[str, str]:
        found: dict[str, str] = jsontext.loads(self.text_variables_json)
        return found

    def run_at(self, slot: datetime) -> datetime:
        """When a slot is due: its own time and its jitter, which is the same whoever asks."""
        if not self.jitter_seconds:
            return slot
        drawn = hashlib.sha256(f"{self.pk}/{slot.timestamp()}".encode()).digest()
        return slot + timedelta(seconds=int.from_bytes(drawn[:4], "big") % (self.jitter_seconds + 1))

    def plan_from(self, slot: datetime | None) -> None:
        """Set the next slot; nothing is saved."""
        self.next_slot_at = slot
        self.next_run_at = None if slot is None or self.paused_at is not None else self.run_at(slot)
