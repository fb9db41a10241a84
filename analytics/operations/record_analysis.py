"""Write down what came of asking the model. A result that comes after its lease was ended is not taken."""

import logging
from dataclasses import asdict
from decimal import Decimal
from typing import Any, Final

from django.db.models import F
from django.utils import timezone

from analytics.analysis.checked import Checked
from analytics.analysis.order import Reply
from analytics.analysis.outcomes import AskingFailed, sentence
from analytics.analysis.prices import Usage, cost_of, counted_cost
from analytics.models import Analysis, AnalysisStatus

_UNPRICED: Final = frozenset({"timed_out", "broke_off", "our_fault"})
log = logging.getLogger(__name__)


def record_answer(analysis: Analysis, reply: Reply, checked: Checked) -> None:
    """Where no claim stands it is recorded as rejected: that is a failure, and says so."""
    what: dict[str, Any] = {
        "answer": asdict(checked), "raw": reply.text, "left_out": len(checked.left_out), "tries": reply.tries,
        **_costs(analysis, reply.usage),
    }  # fmt: skip
    if checked.is_empty:
        _end(analysis, AnalysisStatus.FAILED, error_code="no_evidence", error=sentence("no_evidence"), **what)
    else:
        _end(analysis, AnalysisStatus.DONE, **what)


def record_failure(analysis: Analysis, failed: AskingFailed) -> None:
    """Where an answer may have been begun and never came whole, nobody knows its price: what was reserved stays so."""
    log.warning("analysis %s: %s", analysis.pk, failed.code)
    costs = _costs(analysis, failed.usage)
    if failed.code in _UNPRICED:
        costs |= {"cost": None, "counted_cost": analysis.counted_cost}
    _end(analysis, AnalysisStatus.FAILED, answer=None, error_code=failed.code, error=str(failed), **costs)


def _costs(analysis: Analysis, usage: Usage) -> dict[str, Any]:
    if usage == Usage():
        return {"cost": None, "counted_cost": Decimal(0)}
    return {
        "input_tokens": usage.input, "output_tokens": usage.output,
        "cache_read_tokens": usage.cache_read, "cache_write_tokens": usage.cache_write,
        "cost": cost_of(analysis.model, usage), "counted_cost": counted_cost(analysis.model, usage),
    }  # fmt: skip


def _end(analysis: Analysis, status: AnalysisStatus, **changes: Any) -> None:
    mine = Analysis.objects.filter(pk=analysis.pk, status=AnalysisStatus.RUNNING, started_at=analysis.started_at)
    if not mine.update(status=status, finished_at=timezone.now(), revision=F("revision") + 1, **changes):
        log.warning("analysis %s had been given up when its result came", analysis.pk)
