"""Many schedules due in the same second: how late the last of them starts, and whether any started twice or never."""

import time
from contextlib import closing

import psycopg

from bench.stack import Stack

FLOW = "flow: {name: Due at once, steps: [{id: note, action: log, config: {message: due}}]}"
AHEAD = 3.0  # seconds until they are due, so that none is late already
PATIENCE = 120.0
SECOND_LOOK = 1.0  # seconds: one that starts twice does so soon

MAKE_DUE = """
UPDATE flows_schedule SET next_slot_at = at, next_run_at = at
FROM (SELECT date_trunc('second', now()) + make_interval(secs => %s) AS at) due
WHERE name LIKE %s RETURNING next_slot_at
"""
STARTED = """
SELECT count(*), count(DISTINCT s.schedule_id), max(extract(epoch FROM e.started_at - s.slot_at))
FROM executions_execution e JOIN executions_scheduleslot s ON s.id = e.slot_id
JOIN flows_schedule f ON f.id = s.schedule_id
WHERE f.name LIKE %s AND s.slot_at = %s AND e.started_at IS NOT NULL
"""


class StartedWrongly(Exception):
    """A schedule started twice, or not at all: then no figure means anything."""


class Due:
    """So many schedules that are far from due, until a round says otherwise. They are deleted in the end."""

    def __init__(self, stack: Stack, count: int) -> None:
        self._stack, self._count, self._name = stack, count, f"due {time.monotonic_ns()}"
        with closing(stack.client()) as client:
            slug = client.save_flow(text=FLOW, filename="due.yaml")["slug"]
            self._ids = [
                client.create_schedule({"name": f"{self._name} {number}", "flow": slug, "cron": "@yearly"})["id"]
                for number in range(count)
            ]

    def round(self) -> float:
        """Seconds from the time they were due until the last of them had started. Raises StartedWrongly."""
        names = f"{self._name} %"
        with psycopg.connect(self._stack.database_url, autocommit=True) as database:
            slots = database.execute(MAKE_DUE, (AHEAD, names)).fetchall()
            until = time.monotonic() + AHEAD + PATIENCE
            while True:
                row = database.execute(STARTED, (names, slots[0][0])).fetchone()
                assert row is not None  # an aggregate has one row
                started, schedules, seconds = row
                if schedules == self._count or time.monotonic() > until:
                    break
                time.sleep(0.05)
            time.sleep(SECOND_LOOK)
            started, schedules, _ = database.execute(STARTED, (names, slots[0][0])).fetchone() or (0, 0, 0)
        if not started == schedules == self._count:
            raise StartedWrongly(f"{self._count} schedules were due: {schedules} started, {started} times in all")
        return float(seconds)

    def close(self) -> None:
        with closing(self._stack.client()) as client:
            for number in self._ids:
                client.delete_schedule(number)
