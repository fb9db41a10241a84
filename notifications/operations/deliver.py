"""Take a delivery to try, and write down how that went. The sending itself is the workers' (workers/deliveries.py)."""

from datetime import timedelta
from typing import Final

from executions.database import database_now, fetch_all
from notifications.models import Delivery, DeliveryStatus

BACK_OFF: Final = (10, 60, 300, 1800, 7200)  # seconds until the next try
MOST_TRIES: Final = len(BACK_OFF) + 1
LEASE_SECONDS: Final = 60  # whoever takes one has so long; then it is taken again

TAKE = """
UPDATE notifications_delivery SET tries = tries + 1, due_at = statement_timestamp() + make_interval(secs => %(lease)s)
WHERE id IN (SELECT id FROM notifications_delivery
              WHERE status = 'pending' AND due_at <= statement_timestamp()
              ORDER BY due_at LIMIT %(most)s::int FOR UPDATE SKIP LOCKED)
RETURNING id
"""


def take_due_deliveries(most: int = 1) -> list[Delivery]:
    """Each belongs to the caller until its lease is over."""
    ids = [row["id"] for row in fetch_all(TAKE, {"lease": float(LEASE_SECONDS), "most": most})]
    return list(Delivery.objects.filter(pk__in=ids).select_related("target", "workspace"))


def record_sent(delivery: Delivery, answer: str) -> None:
    Delivery.objects.filter(pk=delivery.pk).update(
        status=DeliveryStatus.SENT, sent_at=database_now(), answer=answer[:500]
    )


def record_failed(delivery: Delivery, why: str, *, is_hopeless: bool = False) -> None:
    """Tried again later, each time after a longer while; six tries in all, or none more where it is hopeless."""
    if is_hopeless or delivery.tries >= MOST_TRIES:
        Delivery.objects.filter(pk=delivery.pk).update(status=DeliveryStatus.FAILED, answer=why[:500])
        return
    due_at = database_now() + timedelta(seconds=BACK_OFF[delivery.tries - 1])
    Delivery.objects.filter(pk=delivery.pk).update(due_at=due_at, answer=why[:500])


def send_again(delivery: Delivery) -> Delivery:
    """From the beginning, whatever became of it."""
    Delivery.objects.filter(pk=delivery.pk).update(
        status=DeliveryStatus.PENDING, tries=0, due_at=database_now(), answer=""
    )
    delivery.refresh_from_db()
    return delivery
