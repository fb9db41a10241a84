"""Delete analyses of executions that are gone: what was sent holds parts of their record."""

from datetime import UTC, datetime

from django.db.models import Exists, OuterRef

from analytics.models import Analysis
from executions.models import Execution


def prune_analyses() -> int:
    """How many. Those of today stay until tomorrow: the budget of the day counts them."""
    today = datetime.combine(datetime.now(UTC).date(), datetime.min.time(), UTC)
    ended = Analysis.objects.filter(execution_id__isnull=False, finished_at__isnull=False, asked_at__lt=today)
    gone = ended.filter(~Exists(Execution.objects.filter(pk=OuterRef("execution_id"))))
    deleted, _ = gone.delete()
    return deleted
