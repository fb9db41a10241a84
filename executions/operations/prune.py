"""Let go of what nobody will ask for again: old executions, their bodies, and values kept only for re-runs."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from executions.batches.models import Batch, BatchRow
from executions.models import BulkOrder, Execution, LiveValue
from executions.operations.partitions import drop_partitions, ensure_partitions
from executions.schedules.models import ScheduleSlot, SlotStatus
from executions.status import FINAL

EXECUTIONS_AT_ONCE: Final = 50  # a transaction each: an execution may have a thousand steps
VALUES_AT_ONCE: Final = 2_000
ORDERS_KEPT: Final = timedelta(days=7)  # nobody sends an order again after that


@dataclass(frozen=True)
class Pruned:
    executions: int
    live_values: int
    partitions: list[str]


def keep_house() -> Pruned:
    """What is due every hour: partitions for the weeks to come, and letting go of what the settings no longer want."""
    days = int(settings.RETENTION_DAYS)
    _forget_rows(timezone.now() - timedelta(days=settings.LIVE_VALUE_DAYS))
    BulkOrder.objects.filter(made_at__lt=timezone.now() - ORDERS_KEPT).delete()
    if days:
        return prune_executions(older_than_days=days)
    ensure_partitions()
    return Pruned(0, _all(_delete_live_values, timezone.now() - timedelta(days=settings.LIVE_VALUE_DAYS)), [])


def prune_executions(*, older_than_days: int) -> Pruned:
    """Delete executions that ended more than `older_than_days` ago, in small transactions, while flows run.

    What still runs is never touched. Payload partitions go once every execution they could belong to is gone, so up to
    a week later. Values kept for re-runs go STEPWELL_LIVE_VALUE_DAYS after the end, whatever else stays.
    """
    now = timezone.now()
    cutoff = now - timedelta(days=older_than_days)
    values = _all(_delete_live_values, now - timedelta(days=settings.LIVE_VALUE_DAYS))
    executions = _all(_delete_executions, cutoff)
    _all(_delete_batches, cutoff)
    _all(_delete_slots, cutoff)
    ensure_partitions()
    return Pruned(executions, values, drop_partitions(_oldest_payload_wanted(cutoff)))


def _forget_rows(before: datetime) -> None:
    """What the rows of old batches gave to their executions: kept as long as other values for re-runs."""
    old = BatchRow.objects.filter(batch__finished_at__lt=before).exclude(ciphertext=b"")
    while batch := list(old.values_list("pk", flat=True)[:VALUES_AT_ONCE]):
        BatchRow.objects.filter(pk__in=batch).update(ciphertext=b"")


def _all(delete_batch: Callable[[datetime], int], before: datetime) -> int:
    total = 0
    while deleted := delete_batch(before):
        total += deleted
    return total


def _delete_live_values(before: datetime) -> int:
    ended = LiveValue.objects.filter(execution__status__in=FINAL, execution__finished_at__lt=before)
    batch = list(ended.values_list("pk", flat=True)[:VALUES_AT_ONCE])
    return LiveValue.objects.filter(pk__in=batch).delete()[0]


def _delete_executions(before: datetime) -> int:
    with transaction.atomic():
        ended = Execution.objects.filter(status__in=FINAL, finished_at__lt=before).order_by("pk")
        # Skipping locked rows lets two of these run side by side.
        batch = list(ended.select_for_update(skip_locked=True).values_list("pk", flat=True)[:EXECUTIONS_AT_ONCE])
        Execution.objects.filter(pk__in=batch).delete()
    return len(batch)


def _delete_batches(before: datetime) -> int:
    """With their rows; what a row ran ended before the batch did, so it is gone already."""
    batch = list(Batch.objects.filter(finished_at__lt=before).values_list("pk", flat=True)[:EXECUTIONS_AT_ONCE])
    Batch.objects.filter(pk__in=batch).delete()
    return len(batch)


def _delete_slots(before: datetime) -> int:
    """Of schedules that look no further back: a slot that waits, or whose run is kept, stays."""
    old = ScheduleSlot.objects.filter(slot_at__lt=before, recorded_at__lt=before, runs=None)
    batch = list(old.exclude(status=SlotStatus.WAITING).values_list("pk", flat=True)[:VALUES_AT_ONCE])
    ScheduleSlot.objects.filter(pk__in=batch).delete()
    return len(batch)


def _oldest_payload_wanted(cutoff: datetime) -> datetime:
    """No payload is older than the execution it belongs to was when it was queued."""
    oldest = Execution.objects.order_by("pk").values_list("queued_at", flat=True).first()
    return cutoff if oldest is None else min(cutoff, oldest)
