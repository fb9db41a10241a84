"""See to executions that have ended, and to what then follows; driven by the clock of every worker."""

from executions import queue
from executions.operations.see_to_endings import see_to_endings
from notifications.models import Delivery
from notifications.operations.judge import judge_ending


def follow_endings() -> int:
    """Go on with batches, let waiting executions go, write down who is to be told. How many ends were seen to."""
    return see_to_endings(also=judge_ending)


def send_deliveries() -> bool:
    """Ask for notifications that are due to be sent, if there are any: on the control queue, not in this thread."""
    from django.db.models.functions import Now

    is_due = Delivery.objects.filter(status="pending", due_at__lte=Now()).exists()
    if is_due:
        queue.send_deliveries()
    return is_due
