"""Send a delivery once more, because somebody says so."""

from django.contrib.auth.models import User

from notifications.models import Delivery
from notifications.operations.deliver import send_again
from workspaces.operations.record_audit import record_audit


def resend(*, delivery: Delivery, by: User | None, actor: str) -> Delivery:
    """From the beginning, whatever became of it; a moment later the log says what came of it."""
    record_audit(
        workspace=delivery.workspace,
        by=by,
        actor=actor,
        verb="delivery.resent",
        target=delivery.target.name,
        delivery=delivery.pk,
    )
    return send_again(delivery)
