"""Bring the analytics up to the record: what ended since the last time, at any distance, once or twice."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import groupby
from typing import Any, Final, NamedTuple

from django.db import connection, transaction
from django.utils import timezone

from analytics.flakiness.score import WINDOW_DAYS
from analytics.models import RollupState, StepHealth
from analytics.rollups.days import Bucket, rebuild_days
from analytics.rollups.endpoints import rebuild_endpoints
from analytics.rollups.failures import group_failures
from analytics.rollups.health import Key, refresh_health
from analytics.rollups.health_days import keep_day
from analytics.rollups.incidents import tag_incidents
from analytics.rollups.totals import add_up

LATE: Final = timedelta(minutes=2)  # a commit may show this long after its own time
EXECUTIONS_AT_ONCE: Final = 5_000
AGEING_AT_ONCE: Final = 500
LOCK: Final = 0x5374_6570_726F_6C6C  # advisory: one process at a time
BEGINNING: Final = datetime(2000, 1, 1, tzinfo=UTC)
DAYS, HEALTH = "days", "health"


class Ended(NamedTuple):
    """An execution that is final."""

    id: int
    workspace_id: int
    flow_id: int
    finished_at: datetime
    day: date
    has_failure: bool


@dataclass(frozen=True)
class RolledUp:
    executions: int
    steps: int  # whose health was scored


def roll_up() -> RolledUp | None:
    """Take in every execution that ended since the last time. None if another process is at it.

    A transaction for each few thousand executions, so that a long backlog is kept as far as it came.
    """
    executions = 0
    for rows in _pages():
        if rows is None:
            return None
        executions += len(rows)
    steps = _refresh_health()
    return None if steps is None else RolledUp(executions, steps)


def is_overdue(*, seconds: float) -> bool:
    """Whether nobody has taken anything in for so long, although something has ended since."""
    with connection.cursor() as db:
        db.execute(_OVERDUE, {"seconds": seconds})
        return bool(db.fetchone()[0])


_OVERDUE: Final = """
    SELECT EXISTS (SELECT FROM executions_execution e
                    WHERE e.finished_at > COALESCE((SELECT max(ran_at) FROM analytics_rollupstate), '2000-01-01')
                      AND e.finished_at < now() - make_interval(secs => %(seconds)s))"""


def take_in(rows: Sequence[Ended]) -> None:
    """Everything that is kept by day, by failure or by incident, of these executions. In the caller's transaction."""
    buckets = _buckets(rows)
    for bucket in buckets:
        rebuild_endpoints(rebuild_days(bucket))
    for workspace_id, found in groupby(buckets, key=lambda one: one.workspace_id):
        days = list(found)
        add_up(workspace_id, sorted({flow for one in days for flow in one.flow_ids}), min(one.day for one in days))
    take_in_failures(rows)


def take_in_failures(rows: Sequence[Ended]) -> None:
    """The incidents they belong to, and their groups."""
    failed = [row for row in rows if row.has_failure]
    for workspace_id in {row.workspace_id for row in failed}:
        times = [row.finished_at for row in failed if row.workspace_id == workspace_id]
        tag_incidents(workspace_id, min(times), max(times))
    group_failures([row.id for row in failed])


def lock(*, waits: bool) -> bool:
    """The roll-up's own lock, to the end of the transaction; false if it is held and we do not wait."""
    with connection.cursor() as db:
        db.execute(f"SELECT pg_{'' if waits else 'try_'}advisory_xact_lock(%s)", [LOCK])
        return waits or bool(db.fetchone()[0])


def _pages() -> Iterator[list[Ended] | None]:
    """Executions by the time they ended, a page at a time, taken in before they are given."""
    after: tuple[datetime, int] | None = None
    while True:
        with transaction.atomic():
            if not lock(waits=False):
                yield None
                return
            if after is None:
                after = (_done_to(DAYS) - LATE, 0)
            rows = _ended(*after)
            if not rows:
                return
            take_in(rows)
            after = (rows[-1].finished_at, rows[-1].id)
            _done(DAYS, after[0])
        yield rows


def _ended(at: datetime, number: int) -> list[Ended]:
    with connection.cursor() as db:
        db.execute(_ENDED, [at, number, EXECUTIONS_AT_ONCE])
        return [Ended(*row) for row in db.fetchall()]


_ENDED: Final = """
    SELECT id, workspace_id, flow_id, finished_at, (queued_at AT TIME ZONE 'UTC')::date,
           failed_step_path <> '' OR recovered_count > 0
      FROM executions_execution WHERE (finished_at, id) > (%s, %s) ORDER BY finished_at, id LIMIT %s"""


def _buckets(rows: Sequence[Ended]) -> list[Bucket]:
    flows: defaultdict[tuple[int, date], set[int]] = defaultdict(set)
    for row in rows:
        flows[(row.workspace_id, row.day)].add(row.flow_id)
    return [Bucket(workspace, day, tuple(sorted(found))) for (workspace, day), found in sorted(flows.items())]


def _refresh_health() -> int | None:
    """Score the steps that ran since the last time, and those whose oldest result has left the window."""
    now = timezone.now()
    with transaction.atomic():
        if not lock(waits=False):
            return None
        newest = RollupState.objects.filter(name=DAYS).values_list("finished_to", flat=True).first()
        since = max(_done_to(HEALTH) - LATE, now - timedelta(days=WINDOW_DAYS))
        ran = steps_that_ran(since)
        scored = refresh_steps(ran, now=now)
        ageing = _ageing(now)
        scored += refresh_steps(ageing, now=now)
        keep_day({workspace_id for workspace_id, _ in (*ran, *ageing)}, now.date())
        if newest is not None:
            _done(HEALTH, newest)
    return scored


def refresh_steps(steps: Sequence[tuple[int, Key]], *, now: datetime) -> int:
    by_workspace: defaultdict[int, list[Key]] = defaultdict(list)
    for workspace_id, key in steps:
        by_workspace[workspace_id].append(key)
    return sum(refresh_health(workspace_id, keys, now=now) for workspace_id, keys in sorted(by_workspace.items()))


def steps_that_ran(since: datetime) -> list[tuple[int, Key]]:
    return _keys(
        """SELECT DISTINCT e.workspace_id, s.flow_id, s.environment_id, e.environment_name, s.key
             FROM executions_execution e
             CROSS JOIN LATERAL (SELECT * FROM executions_steprun r WHERE r.execution_id = e.id OFFSET 0) s
            WHERE e.finished_at > %(since)s AND s.status IN ('passed', 'failed')
           UNION
           SELECT i.workspace_id, s.flow_id, s.environment_id, i.environment, s.key
             FROM analytics_incidentfailure i JOIN executions_steprun s ON s.id = i.step_run_id
            WHERE i.at > %(since)s::timestamptz - interval '15 minutes'""",
        {"since": since},
    )


def _ageing(now: datetime) -> list[tuple[int, Key]]:
    rows = StepHealth.objects.filter(first_at__lt=now - timedelta(days=WINDOW_DAYS)).order_by("first_at")
    return _keys(
        """SELECT h.workspace_id, h.flow_id, v.id, h.environment, h.key
             FROM analytics_stephealth h LEFT JOIN flows_environment v
               ON v.workspace_id = h.workspace_id AND v.name = h.environment
            WHERE h.id = ANY(%(rows)s)""",
        {"rows": list(rows.values_list("pk", flat=True)[:AGEING_AT_ONCE])},
    )


def _keys(sql: str, params: dict[str, Any]) -> list[tuple[int, Key]]:
    with connection.cursor() as db:
        db.execute(sql, params)
        return [(workspace_id, Key(*key)) for workspace_id, *key in db.fetchall()]


def _done_to(name: str) -> datetime:
    found = RollupState.objects.filter(name=name).values_list("finished_to", flat=True).first()
    return found or BEGINNING


def _done(name: str, finished_to: datetime) -> None:
    """Never backwards: a page that is done again must not undo what came after it."""
    with connection.cursor() as db:
        db.execute(
            """INSERT INTO analytics_rollupstate (name, finished_to, ran_at) VALUES (%s, %s, now())
               ON CONFLICT (name) DO UPDATE
               SET finished_to = greatest(analytics_rollupstate.finished_to, excluded.finished_to), ran_at = now()""",
            [name, finished_to],
        )
