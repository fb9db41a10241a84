"""Add the likely cause of the failure to a message, once: before it is first sent, and not while the run ends.

So five hundred failures at once cost nothing but their messages, and of those only the ones that a rule wants sent.
"""

from typing import Any

from analytics.diagnosis.pack import Diagnosis, diagnose
from notifications.models import Delivery


def add_cause(delivery: Delivery) -> None:
    message = delivery.message
    if not message.get("failure") or "cause" in message or delivery.execution is None:
        return
    found = diagnose(delivery.execution)
    delivery.message = {**message, "cause": _cause(found) if found else None}
    Delivery.objects.filter(pk=delivery.pk).update(message=delivery.message)


def _cause(found: Diagnosis) -> dict[str, Any]:
    verdict = found.verdict
    return {
        "category": verdict.category,
        "confidence": verdict.confidence,
        "or": verdict.runner_up if verdict.confidence == "inconclusive" else None,
        "next": found.next_action.text,
    }
