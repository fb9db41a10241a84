"""Delete a schedule."""

from django.contrib.auth.models import User
from django.db import transaction

from flows.models import Schedule
from workspaces.operations.record_audit import record_audit


def delete_schedule(*, schedule: Schedule, by: User | None, actor: str = "") -> None:
    """It goes with the record of its slots; its executions stay, and still say who started them."""
    with transaction.atomic():
        record_audit(workspace=schedule.workspace, by=by, actor=actor, verb="schedule.deleted", target=schedule.name)
        schedule.delete()
