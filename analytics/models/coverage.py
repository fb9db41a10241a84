"""What steps call, what services declare, and what people say of routes."""

from typing import ClassVar

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils import timezone

from flows.models import Flow
from workspaces.models import Workspace


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
