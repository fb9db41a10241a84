"""The weekly partitions of the payload table: made ahead of time, dropped whole when they are old.

A week, because disk comes back in steps of it: bodies are most of what is stored, and a month would keep up to thirty
days more than was asked for. Ninety days are fourteen partitions, few enough for a look-up by attempt to try each one's
index.
"""

import logging
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from django.db import OperationalError, connection, transaction
from django.db.backends.utils import CursorWrapper
from psycopg.errors import DeadlockDetected, LockNotAvailable

TABLE: Final = "executions_payload"
DEFAULT: Final = f"{TABLE}_default"
WEEK: Final = timedelta(days=7)
MOVED_AT_MOST: Final = 5_000  # rows out of the default partition; writers wait meanwhile

_LOCK: Final = 0x5374_6570_7061_7274  # advisory: one process at a time changes the partitions
_BATCH: Final = 1_000
_UPPER_BOUND: Final = re.compile(r"TO \('([^']+)'\)")

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Partition:
    name: str
    end: datetime  # exclusive


def ensure_partitions(*, ahead_days: int = 30) -> list[str]:
    """Make what is missing from this week on, and name it. Safe from any number of processes at once, while flows run.

    Rows that went to the default partition meanwhile move along. If those are too many to move while writers wait, or
    the lock is not to be had within two seconds, that week is left to the default partition, where it does no harm.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT now()")
        now: datetime = cursor.fetchone()[0]
    start = _week_of(now)
    made: list[str] = []
    while start <= now + timedelta(days=ahead_days):
        if _alone(_make, start):
            made.append(_name(start))
        start += WEEK
    return made


def drop_partitions(older_than: datetime) -> list[str]:
    """Drop the partitions with nothing as young as `older_than`, and delete such rows of the default one."""
    old = [partition for partition in partitions() if partition.end <= older_than]
    dropped = [partition.name for partition in old if _alone(_drop, partition)]
    while _delete_from_default(older_than):
        pass
    return dropped


def partitions() -> list[Partition]:
    """Those with a range, oldest first."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.relname, pg_get_expr(c.relpartbound, c.oid)"
            " FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid"
            " WHERE i.inhparent = %s::regclass ORDER BY c.relname",
            [TABLE],
        )
        rows = cursor.fetchall()
    found = ((name, _UPPER_BOUND.search(bound)) for name, bound in rows)
    return [Partition(name, datetime.fromisoformat(upper[1])) for name, upper in found if upper]


def _week_of(instant: datetime) -> datetime:
    """Monday 00:00 UTC."""
    day = instant.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    return day - timedelta(days=day.weekday())


def _make(cursor: CursorWrapper, start: datetime) -> bool:
    name, week = _name(start), [start, start + WEEK]
    cursor.execute("SELECT to_regclass(%s)", [name])
    if cursor.fetchone()[0] is not None:
        return False
    # Before the count: nothing may come in between it and the attaching.
    cursor.execute(f"LOCK TABLE {DEFAULT} IN ACCESS EXCLUSIVE MODE")
    in_week = f"FROM {DEFAULT} WHERE created_at >= %s AND created_at < %s"
    count = f"SELECT count(*) FROM (SELECT {in_week} LIMIT %s) AS found"  # noqa: S608 - all names are ours
    cursor.execute(count, [*week, MOVED_AT_MOST + 1])
    if cursor.fetchone()[0] > MOVED_AT_MOST:
        logger.warning("%s is not made: too many payloads of that week are in %s already", name, DEFAULT)
        return False
    cursor.execute(f"CREATE TABLE {name} (LIKE {TABLE} INCLUDING ALL)")
    move = f"WITH moved AS (DELETE {in_week} RETURNING *) INSERT INTO {name} SELECT * FROM moved"  # noqa: S608 - as above
    cursor.execute(move, week)
    bounds = f"FROM ('{week[0].isoformat()}') TO ('{week[1].isoformat()}')"
    cursor.execute(f"ALTER TABLE {TABLE} ATTACH PARTITION {name} FOR VALUES {bounds}")
    return True


def _name(start: datetime) -> str:
    return f"{TABLE}_{start:%Y%m%d}"


def _drop(cursor: CursorWrapper, partition: Partition) -> bool:
    cursor.execute("SELECT to_regclass(%s)", [partition.name])
    if cursor.fetchone()[0] is None:
        return False
    cursor.execute(f"DROP TABLE {partition.name}")
    return True


def _delete_from_default(older_than: datetime) -> int:
    """One batch of them; how many."""
    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM executions_payload_default WHERE ctid = ANY(ARRAY("
            "SELECT ctid FROM executions_payload_default WHERE created_at < %s LIMIT %s FOR UPDATE SKIP LOCKED))",
            [older_than, _BATCH],
        )
        deleted: int = cursor.rowcount
        return deleted


def _alone(work: Callable[..., bool], *args: Any) -> bool:
    """Do `work` in a transaction under the advisory lock; false when a lock would hold up the writers behind it."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET LOCAL lock_timeout = '2s'")
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
            return work(cursor, *args)
    except OperationalError as exc:
        if not isinstance(exc.__cause__, LockNotAvailable | DeadlockDetected):
            raise
        logger.warning("payload partitions are left as they are for now: %s", exc)
        return False
