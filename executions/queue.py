"""Sending work to the workers, by task name: nothing here imports them.

A message carries ids and nothing else, whatever the flow (DESIGN §5.1). A send that fails is logged and forgotten:
the row is marked as sent, and whoever sweeps sends it again.
"""

import logging
from functools import partial

from celery import current_app
from django.db import transaction
from kombu.exceptions import OperationalError

log = logging.getLogger(__name__)

RUN_STEP = "stepwell.run_step"
INTERRUPT = "stepwell.interrupt"
DELIVER = "stepwell.deliver"
ROLL_UP = "stepwell.roll_up"
ANALYSE = "stepwell.analyse"
STEPS = "steps"  # queues
CONTROL = "control"
ANALYSIS = "analysis"


def send_step(step_run_id: int, attempt: int, worker_group: str = "") -> None:
    """Ask a worker to make attempt number `attempt` of a step run."""
    _send(RUN_STEP, step_run_id, attempt, queue=f"{STEPS}.{worker_group}" if worker_group else STEPS)


def send_interrupt(execution_id: int) -> None:
    """Ask a worker to wind down an execution that was cancelled, or ran out of time, while no worker held it."""
    _send(INTERRUPT, execution_id, queue=CONTROL)


def send_deliveries() -> None:
    """Ask a worker to send notifications that are due."""
    _send(DELIVER, queue=CONTROL)


def send_step_on_commit(step_run_id: int, attempt: int, worker_group: str = "") -> None:
    transaction.on_commit(partial(send_step, step_run_id, attempt, worker_group))


def send_roll_up() -> None:
    """Ask a worker to bring the analytics up to date; nobody waits for it, and the next one makes up for a lost one."""
    _send(ROLL_UP, queue=ANALYSIS, expires=60)


def send_analysis(analysis_id: int) -> None:
    """Ask a worker to put a question to the model. A lost message is made up for by the sweep."""
    _send(ANALYSE, analysis_id, queue=ANALYSIS)


def _send(task: str, *args: int, queue: str, expires: float | None = None) -> None:
    try:
        current_app.send_task(
            task, args=args, queue=queue, expires=expires, ignore_result=True, argsrepr="", kwargsrepr="", retry=False
        )
    except (OperationalError, OSError) as exc:
        log.warning("%s%s was not sent: %s. It is sent again when it is overdue.", task, args, type(exc).__name__)
