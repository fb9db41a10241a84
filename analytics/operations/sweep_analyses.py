"""Nothing stays running for ever: end analyses whose worker has gone, and send those that wait for their turn."""

from datetime import timedelta
from typing import Final

from django.db.models import F
from django.utils import timezone

from analytics.analysis import guard
from analytics.analysis.outcomes import sentence
from analytics.models import Analysis, AnalysisStatus
from executions.queue import send_analysis

UNTAKEN: Final = timedelta(minutes=10)  # then nobody will; whoever asked has seen it wait


def sweep_analyses() -> None:
    end_lost()
    send_waiting()


def end_lost() -> None:
    """What it may have cost stays reserved: nobody knows how far it came."""
    now = timezone.now()
    ended = {"status": AnalysisStatus.FAILED, "finished_at": now, "answer": None, "revision": F("revision") + 1}
    running = Analysis.objects.filter(status=AnalysisStatus.RUNNING, lease_until__lte=now)
    running.update(**ended, error_code="worker_lost", error=sentence("worker_lost"))
    waiting = Analysis.objects.filter(status=AnalysisStatus.QUEUED, asked_at__lte=now - UNTAKEN)
    said = sentence("not_taken", minutes=round(UNTAKEN.total_seconds() / 60))
    waiting.update(**ended, error_code="not_taken", error=said, counted_cost=0)


def send_waiting() -> None:
    """The oldest first; a message too many does no harm."""
    if guard.has_room():
        for number in (
            Analysis.objects.filter(status=AnalysisStatus.QUEUED).order_by("id").values_list("pk", flat=True)[:5]
        ):
            send_analysis(number)
