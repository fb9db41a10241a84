"""Put a queued question to the model, and record what came of it. The body of the Celery task."""

import logging
from collections.abc import Callable
from dataclasses import asdict
from datetime import timedelta
from time import monotonic
from typing import Final

from django.conf import settings
from django.db import connection, transaction
from django.db.models import F
from django.utils import timezone
from pydantic import ValidationError

from analytics.analysis import guard
from analytics.analysis.answer import Answer
from analytics.analysis.checked import Checked
from analytics.analysis.ground import Ground
from analytics.analysis.order import Order, Reply
from analytics.analysis.outcomes import AskingFailed, told
from analytics.analysis.prices import Usage
from analytics.analysis.streaming import finished
from analytics.analysis.verifying import verified, verified_parts
from analytics.errors import AnalysisOff
from analytics.models import Analysis, AnalysisStatus
from analytics.operations.record_analysis import record_answer, record_failure
from analytics.operations.sweep_analyses import send_waiting
from flows.language import jsontext

log = logging.getLogger(__name__)

SPARE_SECONDS: Final = 30  # beyond its deadline, for a worker that is slow to record
SHOWN_EVERY: Final = 0.5  # seconds between two writes of what is there so far


def run_analysis(analysis_id: int) -> None:
    """Does nothing unless it is still queued and there is room. Whatever happens, it ends."""
    analysis = claim(analysis_id)
    if analysis is None:
        return
    try:
        guard.require_on(analysis.workspace)
        _answer(analysis)
    except AnalysisOff as exc:  # taken back since it was queued
        record_failure(analysis, AskingFailed(exc.code, str(exc), usage=Usage()))
    except AskingFailed as exc:
        record_failure(analysis, exc)
    except Exception:
        record_failure(analysis, told("our_fault", usage=Usage()))
        raise
    finally:
        send_waiting()


def claim(analysis_id: int) -> Analysis | None:
    """Take it, if nobody has and no more are running than may. Its lease ends it if this process does not."""
    now = timezone.now()
    lease = now + timedelta(seconds=settings.AI_SECONDS + SPARE_SECONDS)
    with guard.one_at_a_time():
        if not guard.has_room():
            return None
        won = Analysis.objects.filter(pk=analysis_id, status=AnalysisStatus.QUEUED).update(
            status=AnalysisStatus.RUNNING, started_at=now, lease_until=lease, revision=F("revision") + 1
        )
    return Analysis.objects.select_related("workspace").get(pk=analysis_id) if won else None


def _answer(analysis: Analysis) -> None:
    from analytics.analysis.asking import ask  # loads the SDK: only where somebody asks

    ground = Ground.of(jsontext.loads(analysis.document))
    order = Order(
        api_key=settings.ANTHROPIC_API_KEY,
        base_url=settings.ANTHROPIC_BASE_URL,
        model=analysis.model,
        effort=analysis.effort,
        system=analysis.system,
        document=analysis.document,
        seconds=settings.AI_SECONDS,
    )
    if not transaction.get_connection().in_atomic_block:
        connection.close()  # back to the pool: the model takes its time
    reply = ask(order, on_text=_showing(analysis, ground))
    record_answer(analysis, reply, _checked(reply, ground))


def _checked(reply: Reply, ground: Ground) -> Checked:
    """Raises AskingFailed where there is no answer in it, or nothing that stands."""
    try:
        answer = Answer.model_validate_json(reply.text)
    except ValidationError as exc:
        raise told("unreadable", usage=reply.usage) from exc
    return verified(answer, ground)


def _showing(analysis: Analysis, ground: Ground) -> Callable[[str], None]:
    """Writes what of the answer is finished, once it is checked; nothing unchecked is ever shown."""
    last, seen = monotonic(), ""

    def on_text(text: str) -> None:
        nonlocal last, seen
        if monotonic() - last < SHOWN_EVERY:
            return
        last = monotonic()
        parts = {name: value for name, value in finished(text).items() if name != "summary"}
        shown = jsontext.dumps(asdict(verified_parts(parts, ground)))
        if shown != seen:
            seen = shown
            mine = Analysis.objects.filter(
                pk=analysis.pk, status=AnalysisStatus.RUNNING, started_at=analysis.started_at
            )
            mine.update(answer=jsontext.loads(shown), revision=F("revision") + 1)
            if not transaction.get_connection().in_atomic_block:
                connection.close()

    return on_text
