"""Try a target: a delivery like any other, that says it is a test."""

from django.contrib.auth.models import User

from notifications.messages import test_message
from notifications.models import Delivery, Occasion, Target
from workspaces.operations.record_audit import record_audit


def write_test(*, target: Target, by: User | None, actor: str) -> Delivery:
    """What became of it is in the delivery log a moment later."""
    record_audit(workspace=target.workspace, by=by, actor=actor, verb="target.tested", target=target.name)
    return Delivery.objects.create(
        workspace=target.workspace,
        target=target,
        occasion=Occasion.TEST,
        message=test_message(target.workspace, target.name, actor),
    )
