"""Ends of executions that somebody must see to: PostgreSQL notes them in the transaction that ends the execution.

So none is missed, whoever ends it and however: a worker, a cancel, a sweep. Only ends in which somebody has an interest
are noted (a batch, a limit, a notification), so that an execution nobody waits for pays for no row.
"""

from typing import ClassVar

from django.db import models

from workspaces.models import Workspace


class EndListener(models.Model):
    """Who wants to know of the ends of a workspace's executions: `limits`, `notifications`."""

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, db_index=False, related_name="+")
    name = models.CharField(max_length=32)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["workspace", "name"], name="one_end_listener_per_name"),
        ]

    def __str__(self) -> str:
        return f"{self.name} of {self.workspace_id}"


class Ending(models.Model):
    """An execution that has ended and was not seen to yet. A trigger writes it; whoever sees to it deletes it."""

    execution_id = models.BigIntegerField()
    workspace_id = models.BigIntegerField()
    batch_id = models.BigIntegerField(null=True)
    ended_at = models.DateTimeField()
    tries = models.PositiveIntegerField(default=0)

    def __str__(self) -> str:
        return f"end of execution {self.execution_id}"


def listen(workspace: Workspace, name: str, *, wants: bool) -> None:
    """Begin or cease to note the ends of a workspace's executions for somebody."""
    if wants:
        EndListener.objects.get_or_create(workspace=workspace, name=name)
    else:
        EndListener.objects.filter(workspace=workspace, name=name).delete()
