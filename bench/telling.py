"""Tells events as a worker does: commits the number to PostgreSQL, then hands the events to the product's publisher.

Run as a process of its own, so that those who watch share no interpreter with it:

    python -m bench.telling DATABASE_URL REDIS_URL EXECUTION WORKSPACE EVENTS_PER_SECOND SECONDS

It prints the number of the last event. Each event says in `at` when its transaction was committed.
"""

import sys
import time

import psycopg

from executions.events import LONGEST_QUEUE, Event, Publisher

PER_COMMIT = 2  # a step that ended, and the one that began


def main(
    database_url: str, redis_url: str, execution: int, workspace: int, events_per_second: float, seconds: float
) -> int:
    publisher = Publisher(redis_url)
    number = 0
    pause = PER_COMMIT / events_per_second
    with psycopg.connect(database_url, autocommit=True) as connection:
        began = time.monotonic()
        for turn in range(min(round(seconds / pause), LONGEST_QUEUE * 10)):
            if (early := began + turn * pause - time.monotonic()) > 0:
                time.sleep(early)
            row = connection.execute(
                "UPDATE executions_execution SET event_number = event_number + %s WHERE id = %s RETURNING event_number",
                [PER_COMMIT, execution],
            ).fetchone()
            assert row is not None, "the execution is gone"
            number, at = row[0], time.time()
            data = {"path": f"steps/s{turn}", "status": "passed", "attempt": 1, "at": at}
            publisher.publish(
                Event(execution, workspace, number - 1, "step.finished", data),
                Event(execution, workspace, number, "step.started", data | {"status": "running"}),
            )
    time.sleep(0.5)  # the publisher's thread ends with the process
    return number


if __name__ == "__main__":
    print(main(*sys.argv[1:3], *map(int, sys.argv[3:5]), *map(float, sys.argv[5:7])))
