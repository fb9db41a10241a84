"""How many executions run at once: per workspace, and per flow. Counted from live rows, never kept in a counter."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from flows.models import Flow
from workspaces.models import Workspace


class RunLimit(models.Model):
    """At most so many of a workspace's executions run at once; with a flow, of that flow's."""

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, db_index=False, related_name="run_limits")
    flow = models.OneToOneField(Flow, on_delete=models.CASCADE, null=True, blank=True, related_name="run_limit")
    most = models.PositiveIntegerField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["workspace"], condition=Q(flow=None), name="one_limit_per_workspace"),
            models.CheckConstraint(condition=Q(most__gte=1), name="a_limit_lets_one_run"),
        ]
        indexes: ClassVar = [models.Index(fields=["workspace"], name="limit_by_workspace")]

    def __str__(self) -> str:
        return f"{self.most} at once of {self.flow or self.workspace}"
