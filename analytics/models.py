"""What is kept of many executions: sums by day, the health of each step, groups of failures, endpoints.

Everything here but what people wrote (states, notes, documents) can be made again from the executions that are still
there; what was made from executions that are gone stays (docs/analytics.md).
"""

from typing import ClassVar

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils import timezone

from executions.fields import JSONText
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


class Endpoint(models.Model):
    """Something that steps call: a method of a route, a gRPC method, a topic, a table's database, a key."""

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, db_index=False, related_name="+")
    protocol = models.CharField(max_length=16)
    service = models.CharField(max_length=255)
    operation = models.CharField(max_length=255)
    route = models.CharField(max_length=500, blank=True)  # as the steps had it
    template = models.CharField(max_length=500, blank=True)  # with what varies taken out
    first_seen = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["workspace", "protocol", "service", "operation", "route"], name="one_endpoint"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.protocol} {self.service} {self.operation} {self.template}"


class EndpointDay(models.Model):
    """Calls of an endpoint by one flow, on a day."""

    endpoint = models.ForeignKey(Endpoint, on_delete=models.CASCADE, related_name="days")
    flow = models.ForeignKey(Flow, on_delete=models.CASCADE, db_index=False, related_name="+")
    day = models.DateField()
    environment = models.CharField(max_length=64, blank=True)
    n = models.IntegerField()
    answered = models.IntegerField()  # by the protocol, whatever the status
    passed = models.IntegerField()
    asserted = models.IntegerField()
    statuses = ArrayField(models.SmallIntegerField())

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["flow", "day", "endpoint", "environment"], name="one_endpoint_day"),
        ]

    def __str__(self) -> str:
        return f"{self.day} endpoint {self.endpoint_id}: {self.n}"


class RouteWish(models.TextChoices):
    ONE = "one"  # whatever fits is one route
    APART = "apart"  # whatever fits stays as the steps wrote it


class RouteOverride(models.Model):
    """A person's word on the routes of a service; it stands before what is inferred from addresses."""

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, db_index=False, related_name="+")
    service = models.CharField(max_length=255)
    pattern = models.CharField(max_length=500)  # `/products/{}`
    wish = models.CharField(max_length=8, choices=RouteWish.choices)
    changed_at = models.DateTimeField(default=timezone.now)
    changed_by = models.CharField(max_length=150, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["workspace", "service", "pattern"], name="one_route_override"),
            models.CheckConstraint(
                condition=models.Q(wish__in=sorted(RouteWish.values)), name="route_override_wish_is_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.service} {self.pattern}: {self.wish}"


class ServiceDocument(models.Model):
    """What a service declares: an OpenAPI document, or a gRPC descriptor set. One of a name."""

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, db_index=False, related_name="+")
    name = models.SlugField(max_length=64)
    protocol = models.CharField(max_length=16)  # http, grpc
    services = ArrayField(models.CharField(max_length=255))  # hosts it answers at, in whatever environment
    title = models.CharField(max_length=255, blank=True)
    text = models.TextField()  # as uploaded; a descriptor set in base64
    operations = models.JSONField()  # as analytics/coverage/declared.py has them
    bases = models.JSONField(default=list)
    excluded = models.JSONField(default=list, blank=True)  # operations that need no coverage, each with a reason
    notes = models.JSONField(default=list, blank=True)
    uploaded_at = models.DateTimeField(default=timezone.now)
    uploaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["workspace", "name"], name="one_service_document"),
        ]
        ordering: ClassVar = ["name"]

    def __str__(self) -> str:
        return self.name


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
