"""One thread per worker process that sends what is due and picks up what was lost (DESIGN §5.10).

Celery beat drives the same `tick`; either alone is enough.
"""

import logging
import threading
from collections.abc import Callable
from functools import partial
from time import monotonic

from django.db import DatabaseError, InterfaceError, connection

from analytics.operations.roll_up import is_overdue
from executions import queue
from executions.operations.calls import cancel_orphans, wake_callers
from executions.operations.run_schedules import run_due_schedules
from executions.operations.see_to_endings import sweep_waiting
from executions.operations.stop_turns import end_waiting_turns, hand_on_stops, stop_overdue
from executions.operations.sweep import (
    expire_dead_neighbours,
    find_lost_attempts,
    find_steps_to_interrupt,
    take_due_steps,
)
from workers.endings import follow_endings, send_deliveries
from workers.engine import Engine
from workers.watch import boot_id, identity, started_of

log = logging.getLogger(__name__)

SEND_EVERY = 0.2  # seconds: how late a retry or a delay may be
BUSY_EVERY = 0.02  # while executions end that others wait for
SWEEP_EVERY = 1.0
ROLL_UP_EVERY = 30.0
THOROUGH_EVERY = 5.0
SCHEDULES_FOR = 0.3  # seconds at a time: steps that are due come in between


def send_due_steps() -> int:
    """Send the message of every step that is due and was not sent, or was sent and not claimed for long. How many."""
    for execution_id in stop_overdue():
        queue.send_interrupt(execution_id)
    due = take_due_steps()
    for step in due:
        queue.send_step(step.step_run_id, step.number, step.worker_group)
    return len(due)


def sweep(engine: Engine) -> None:
    """Give up attempts whose worker is gone, and wind down what was cancelled or ran out of time unattended."""
    me = identity()
    expire_dead_neighbours(host=me["host"], boot_id=boot_id(), started_of=started_of)
    hand_on_stops()
    cancel_orphans()
    wake_callers()
    end_waiting_turns()
    for lost in find_lost_attempts():
        _one_by_one(partial(engine.give_up_lost, lost))
    _one_by_one(engine.give_up_orphans)
    for step in find_steps_to_interrupt():
        _one_by_one(partial(engine.interrupt_step, step.step_run_id, step.number, goes_on=False))


def _one_by_one(work: Callable[[], None]) -> None:
    """One row that nobody can deal with must not keep the others waiting."""
    try:
        work()
    except (DatabaseError, InterfaceError):
        raise
    except Exception:
        log.exception("something due could not be seen to")


class Clock:
    """Sends, starts and sweeps until it is stopped; a database that is away is tried again."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._work, name="stepwell-clock", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stop.set()
        self._thread.join(timeout=5)

    def _work(self) -> None:
        next_look, next_sweep, next_roll_up = 0.0, 0.0, monotonic() + ROLL_UP_EVERY
        next_thorough, pause = 0.0, SEND_EVERY
        while not self._stop.wait(pause):
            try:
                send_due_steps()
                pause = BUSY_EVERY if follow_endings() else SEND_EVERY  # what it lets go may end at once
                if monotonic() >= next_look:
                    seen_to = run_due_schedules(seconds=SCHEDULES_FOR)
                    next_look = monotonic() + (0.0 if seen_to else SWEEP_EVERY)  # there may be more
                if monotonic() >= next_sweep:
                    sweep(self._engine)
                    send_deliveries()
                    if monotonic() >= next_thorough:
                        sweep_waiting()
                        next_thorough = monotonic() + THOROUGH_EVERY
                    next_sweep = monotonic() + SWEEP_EVERY
                if monotonic() >= next_roll_up:
                    next_roll_up = monotonic() + ROLL_UP_EVERY
                    if is_overdue(seconds=1.5 * ROLL_UP_EVERY):
                        queue.send_roll_up()
            except (DatabaseError, InterfaceError) as exc:
                log.warning("the clock could not reach the database: %s", type(exc).__name__)
            except Exception:  # this thread must outlive every surprise: without it nothing lost is ever found
                log.exception("the clock stumbled")
            finally:
                connection.close()  # back to the pool
