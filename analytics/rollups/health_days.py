"""How many steps were flaky at the end of each day, and what that cost: a comparison needs to know how it was."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Final

from django.db import connection

from analytics.flakiness.score import WINDOW_DAYS, Health
from analytics.models import HealthDay, StepHealth
from analytics.rollups.health import Key, scored


@dataclass
class _Sums:
    steps: int = 0
    flaky: int = 0
    lost_ms: int = 0

    def add(self, step: StepHealth) -> None:
        if step.health != Health.INSUFFICIENT:
            self.steps += 1
            self.flaky += step.health == Health.FLAKY
            self.lost_ms += step.lost_ms


def keep_day(workspace_ids: Iterable[int], day: date) -> None:
    """What the scores of these workspaces are now is what they are at the end of this day, until it is kept again."""
    with connection.cursor() as db:
        db.execute(_KEEP, {"workspaces": list(workspace_ids), "day": day})


def make_day(workspace_id: int, keys: Iterable[Key], day: date) -> None:
    """The same for a day that is over, from the record that is still there. Leaves the scores of today alone."""
    end = datetime.combine(day + timedelta(days=1), time(), UTC)
    sums: defaultdict[tuple[int, str], _Sums] = defaultdict(_Sums)
    for step in scored(workspace_id, list(keys), now=end):
        sums[(step.flow_id, step.environment)].add(step)
    HealthDay.objects.bulk_create(
        [
            HealthDay(
                workspace_id=workspace_id, flow_id=flow, environment=environment, day=day,
                steps=one.steps, flaky=one.flaky, lost_ms=one.lost_ms,
            )
            for (flow, environment), one in sums.items()
        ],
        update_conflicts=True,
        unique_fields=["flow", "environment", "day"],
        update_fields=["steps", "flaky", "lost_ms"],
    )  # fmt: skip


def steps_that_ran_by(day: date) -> dict[int, list[Key]]:
    """By workspace, those whose score at the end of the day reads something: as far as the days are summed up."""
    found: defaultdict[int, list[Key]] = defaultdict(list)
    with connection.cursor() as db:
        db.execute(_RAN, {"since": day - timedelta(days=WINDOW_DAYS), "until": day})
        for workspace_id, *key in db.fetchall():
            found[workspace_id].append(Key(*key))
    return found


_KEEP: Final = """
    INSERT INTO analytics_healthday (workspace_id, flow_id, environment, day, steps, flaky, lost_ms)
    SELECT workspace_id, flow_id, environment, %(day)s, count(*) FILTER (WHERE health <> 'insufficient'),
           count(*) FILTER (WHERE health = 'flaky'),
           COALESCE(sum(lost_ms) FILTER (WHERE health <> 'insufficient'), 0)
      FROM analytics_stephealth WHERE workspace_id = ANY(%(workspaces)s)
     GROUP BY workspace_id, flow_id, environment
    ON CONFLICT (flow_id, environment, day) DO UPDATE
       SET steps = excluded.steps, flaky = excluded.flaky, lost_ms = excluded.lost_ms"""

# By the sums of the days, a row for many step runs: the record has ten million. A day more, for runs over midnight.
_RAN: Final = """
    SELECT d.workspace_id, d.flow_id, v.id, d.environment, d.key
      FROM (SELECT DISTINCT workspace_id, flow_id, environment, key FROM analytics_stepday
             WHERE day BETWEEN %(since)s AND %(until)s AND n > 0) d
      LEFT JOIN flows_environment v ON v.workspace_id = d.workspace_id AND v.name = d.environment"""
