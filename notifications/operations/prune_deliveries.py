"""Let go of the log of old deliveries."""

from datetime import timedelta
from typing import Final

from django.conf import settings
from django.utils import timezone

from notifications.models import Delivery, DeliveryStatus

AT_ONCE: Final = 2_000


def prune_deliveries() -> int:
    """Those older than STEPWELL_RETENTION_DAYS, if it is set; what is still to be sent stays. How many went.

    In small bites, while others are written.
    """
    total, days = 0, int(settings.RETENTION_DAYS)
    if not days:
        return total
    old = (
        Delivery.objects.filter(created_at__lt=timezone.now() - timedelta(days=days))
        .exclude(status=DeliveryStatus.PENDING)
        .order_by("pk")
    )
    while chosen := list(old.values_list("pk", flat=True)[:AT_ONCE]):
        Delivery.objects.filter(pk__in=chosen).delete()
        total += len(chosen)
    return total
