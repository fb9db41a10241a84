"""Bring live values, and the state of parked steps, under the newest encryption key."""

from typing import TypeVar

from django.db import transaction
from django.db.models import Model, QuerySet

from executions.models import LiveValue, StepRun
from flows.encryption import rotate

Row = TypeVar("Row", bound=Model)


def rotate_live_values(*, batch: int = 500) -> int:
    """Re-encrypt them in small transactions, while flows run, and say how many. Raises CannotDecrypt."""
    values = _rotate(LiveValue.objects.all(), "ciphertext", batch)
    return values + _rotate(StepRun.objects.filter(resume_state__isnull=False), "resume_state", batch)


def _rotate(rows: QuerySet[Row], field: str, batch: int) -> int:
    last, done = 0, 0
    while True:
        with transaction.atomic():
            # Rows a running step holds are waited for; what it writes next is under the newest key anyway.
            found = list(rows.select_for_update().filter(pk__gt=last).order_by("pk").only("pk", field)[:batch])
            for row in found:
                setattr(row, field, rotate(getattr(row, field)))
                row.save(update_fields=[field])
        if not found:
            return done
        last, done = found[-1].pk, done + len(found)
