"""Make the analytics of some days anew, from the executions that are still there."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Final

from django.db import connection, transaction
from django.utils import timezone

from analytics.flakiness.score import WINDOW_DAYS
from analytics.operations.roll_up import Ended, lock, refresh_steps, steps_that_ran, take_in_failures
from analytics.rollups.days import Bucket, flows_with_executions, rebuild_days
from analytics.rollups.endpoints import rebuild_endpoints
from analytics.rollups.health_days import make_day, steps_that_ran_by
from analytics.rollups.totals import add_up, add_up_after


@dataclass(frozen=True)
class Rebuilt:
    days: int
    executions: int
    kept: int  # days of flows that were left as they were: some of their executions are gone


def rebuild(first: date, last: date) -> Rebuilt:
    """Make every sum, group and score of these days anew. Waits for a roll-up that is running; a transaction a day."""
    executions = kept = 0
    for day in _days(first, last):
        with transaction.atomic():
            lock(waits=True)
            rows = _queued_on(day)
            for workspace_id in _workspaces(day):
                flows = tuple(flows_with_executions(workspace_id, day))
                made = rebuild_days(Bucket(workspace_id, day, flows))
                rebuild_endpoints(made)
                add_up(workspace_id, flows, day, day)  # those of later days when it is their turn
                kept += len(flows) - len(made.flow_ids)
            take_in_failures(rows)
            executions += len(rows)
    with transaction.atomic():
        lock(waits=True)
        add_up_after(last)
    now = timezone.now()
    since = max(datetime.combine(first, time(), UTC), now - timedelta(days=WINDOW_DAYS))
    with transaction.atomic():
        lock(waits=True)
        refresh_steps(steps_that_ran(since), now=now)
    rebuild_health_days(first, min(last, now.date() - timedelta(days=1)))
    return Rebuilt(days=(last - first).days + 1, executions=executions, kept=kept)


def rebuild_health_days(first: date, last: date) -> None:
    """What the steps were like at the end of each of these days. A transaction a day."""
    for day in _days(first, last):
        with transaction.atomic():
            lock(waits=True)
            for workspace_id, keys in steps_that_ran_by(day).items():
                make_day(workspace_id, keys, day)


def _days(first: date, last: date) -> Iterator[date]:
    while first <= last:
        yield first
        first += timedelta(days=1)


def _workspaces(day: date) -> list[int]:
    with connection.cursor() as db:
        db.execute(_WORKSPACES, {"day": day})
        return [row[0] for row in db.fetchall()]


def _queued_on(day: date) -> list[Ended]:
    with connection.cursor() as db:
        db.execute(_QUEUED, {"day": day})
        return [Ended(*row) for row in db.fetchall()]


_ON_DAY: Final = """queued_at >= %(day)s::date::timestamp AT TIME ZONE 'UTC'
    AND queued_at < (%(day)s::date + 1)::timestamp AT TIME ZONE 'UTC' AND finished_at IS NOT NULL"""
_WORKSPACES: Final = f"""
    SELECT w.id FROM workspaces_workspace w
     WHERE EXISTS (SELECT FROM executions_execution WHERE workspace_id = w.id AND {_ON_DAY})
        OR EXISTS (SELECT FROM analytics_flowday WHERE workspace_id = w.id AND day = %(day)s)"""  # noqa: S608 - our own parts
_QUEUED: Final = f"""
    SELECT e.id, e.workspace_id, e.flow_id, e.finished_at, %(day)s::date,
           e.failed_step_path <> '' OR e.recovered_count > 0
      FROM workspaces_workspace w JOIN executions_execution e ON e.workspace_id = w.id
     WHERE {_ON_DAY.replace("queued_at", "e.queued_at").replace("finished_at", "e.finished_at")}
     ORDER BY e.finished_at, e.id"""  # noqa: S608 - our own parts
