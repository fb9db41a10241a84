"""What waits and what is overdue: the first thing an operator looks at. Every count ends at a thousand."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from django.conf import settings
from django.db.models import F, Q, QuerySet
from django.db.models.functions import Now

from executions.models import Attempt, Execution, StepRun
from executions.status import AttemptStatus, Phase, Status

MOST: Final = 1000


@dataclass(frozen=True)
class Backlog:
    """Of steps, attempts and executions, as the sweeper sees them."""

    waiting: int  # due, and claimed by no worker yet
    unsent: int  # of those, without a message on its way
    overdue: int  # of those, with a message that nobody took for longer than it is sent again after
    later: int  # parked until a time to come
    lost: int  # attempts whose worker's lease has run out
    late: int  # executions past their deadline that have not ended
    oldest: StepRun | None  # the step that has waited longest

    @property
    def oldest_due_at(self) -> datetime | None:
        return self.oldest.due_at if self.oldest else None


def read_backlog() -> Backlog:
    """A handful of queries on partial indexes; none looks at history."""
    due = StepRun.objects.filter(due_at__lte=Now())
    patience = timedelta(seconds=settings.RESEND_SECONDS)
    running = Attempt.objects.filter(status=AttemptStatus.RUNNING)
    active = Execution.objects.filter(status=Status.RUNNING)
    return Backlog(
        waiting=_up_to(due),
        unsent=_up_to(due.filter(sent_at=None)),
        overdue=_up_to(due.filter(sent_at__lte=Now() - patience)),
        later=_up_to(StepRun.objects.filter(due_at__gt=Now())),
        lost=_up_to(running.filter(Q(worker=None) | Q(worker__expires_at__lte=Now()))),
        late=_up_to(
            active.filter(
                Q(phase=Phase.TEARDOWN, teardown_deadline__lte=Now())
                | ~Q(phase=Phase.TEARDOWN) & Q(deadline__lte=Now())
            )
        ),
        oldest=due.select_related("execution__workspace").defer("resume_state").order_by(F("due_at").asc()).first(),
    )


def _up_to(rows: QuerySet[Any]) -> int:
    return rows.order_by().values_list("pk")[:MOST].count()
