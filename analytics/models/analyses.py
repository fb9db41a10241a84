"""Questions to a model: who allowed them, what was sent, and what came of it."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone

from analytics.models.failures import FailureGroup
from executions.fields import JSONText
from workspaces.models import Workspace


class AnalysisConsent(models.Model):
    """Whether a workspace lets masked evidence of its failures leave this host. Without a row: no."""

    workspace = models.OneToOneField(
        Workspace, on_delete=models.CASCADE, primary_key=True, related_name="analysis_consent"
    )
    is_given = models.BooleanField("data may leave this host", default=False)
    changed_at = models.DateTimeField(default=timezone.now)
    changed_by = models.CharField(max_length=150, blank=True)
    asks_itself_since = models.DateTimeField(
        "asks about new failures since", null=True, blank=True
    )  # null: only people ask
    asks_itself_by = models.CharField(max_length=150, blank=True)  # who switched that, on or off

    class Meta:
        verbose_name = "consent to AI analysis"
        verbose_name_plural = "consents to AI analysis"

    def __str__(self) -> str:
        return f"{self.workspace}: {'given' if self.is_given else 'not given'}"


class AnalysisStatus(models.TextChoices):
    QUEUED = "queued"  # waits for a worker, or for its turn
    RUNNING = "running"  # a worker is asking the model, until `lease_until` at most
    DONE = "done"  # there is an answer, of which something could be verified
    FAILED = "failed"  # there is none; `error_code` and `error` say why


class AnalysisQuerySet(models.QuerySet["Analysis"]):
    def active(self) -> "AnalysisQuerySet":
        return self.filter(status__in=[AnalysisStatus.QUEUED, AnalysisStatus.RUNNING])


class Analysis(models.Model):
    """One question to the model, about a failed execution or a group of failures: what was sent, and what came of it.

    Not long after its execution is deleted, it is too (operations/prune_analyses.py).
    """

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, db_index=False, related_name="+")
    execution_id = models.BigIntegerField(null=True)  # for a group: the occurrence that was looked at
    group = models.ForeignKey(FailureGroup, on_delete=models.SET_NULL, null=True, related_name="analyses")
    is_of_group = models.BooleanField(default=False)
    status = models.CharField(max_length=16, choices=AnalysisStatus.choices, default=AnalysisStatus.QUEUED)
    model = models.CharField(max_length=100)
    effort = models.CharField(max_length=16, blank=True)
    prompt_version = models.IntegerField()
    pack_hash = models.CharField(max_length=32)
    system = models.TextField()  # what was sent, word for word
    document = models.TextField()
    answer = JSONText(null=True)  # what of the answer is shown: checked; while it runs, as much as there is
    raw = models.TextField(blank=True)  # the answer as it came, for whoever tends the prompt; never shown on pages
    left_out = models.IntegerField(default=0)
    error_code = models.CharField(max_length=32, blank=True)
    error = models.TextField(blank=True)
    input_tokens = models.IntegerField(null=True)
    output_tokens = models.IntegerField(null=True)
    cache_read_tokens = models.IntegerField(null=True)
    cache_write_tokens = models.IntegerField(null=True)
    cost = models.DecimalField(max_digits=12, decimal_places=6, null=True)  # US dollars; null where nobody knows
    counted_cost = models.DecimalField(max_digits=12, decimal_places=6, default=0)  # against the budget of the day
    tries = models.IntegerField(default=0)
    asked_at = models.DateTimeField(default=timezone.now)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    actor = models.CharField(max_length=150)
    started_at = models.DateTimeField(null=True)
    lease_until = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    revision = models.IntegerField(default=1)  # grows with everything that a page shows
    is_helpful = models.BooleanField(null=True)  # a person's word on it, kept for tuning
    right_category = models.CharField(max_length=16, blank=True)
    labelled_by = models.CharField(max_length=150, blank=True)
    labelled_at = models.DateTimeField(null=True)

    objects = AnalysisQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "analyses"
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(status__in=sorted(AnalysisStatus.values)), name="analysis_status_is_known"
            ),
            models.CheckConstraint(
                condition=models.Q(finished_at__isnull=True, status__in=["queued", "running"])
                | models.Q(finished_at__isnull=False, status__in=["done", "failed"]),
                name="analysis_finished_when_final",
            ),
            models.UniqueConstraint(
                fields=["workspace", "execution_id"],
                condition=models.Q(status__in=["queued", "running"], is_of_group=False),
                name="one_active_analysis_of_execution",
            ),
            models.UniqueConstraint(
                fields=["group"],
                condition=models.Q(status__in=["queued", "running"], is_of_group=True),
                name="one_active_analysis_of_group",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["workspace", "execution_id", "-id"], name="analysis_of_execution"),
            models.Index(fields=["group", "-id"], name="analysis_of_failure_group"),
            models.Index(fields=["asked_at"], name="analysis_by_day"),
            models.Index(fields=["id"], condition=models.Q(status__in=["queued", "running"]), name="analysis_active"),
        ]

    def __str__(self) -> str:
        about = f"group {self.group_id}" if self.is_of_group else f"#{self.execution_id}"
        return f"analysis {self.pk} of {about}: {self.status}"
