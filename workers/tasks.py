"""The Celery boundary: messages in, engine calls out, nothing else."""

from celery import shared_task
from django.db import connection

from analytics.operations.ask_about_new_failures import ask_about_new_failures
from analytics.operations.prune_analyses import prune_analyses
from analytics.operations.roll_up import roll_up
from analytics.operations.run_analysis import run_analysis
from analytics.operations.sweep_analyses import sweep_analyses
from executions import queue
from executions.operations.prune import keep_house
from executions.operations.run_schedules import run_due_schedules
from notifications.operations.prune_deliveries import prune_deliveries
from workers.clock import SCHEDULES_FOR, send_due_steps, sweep
from workers.deliveries import deliver_due
from workers.endings import follow_endings, send_deliveries
from workers.process import make_egress, this_process


@shared_task(name=queue.RUN_STEP, ignore_result=True, acks_late=True)
def run_step(step_run_id: int, number: int) -> None:
    """One hop. Delivered twice, it does nothing the second time."""
    try:
        this_process.engine.run_step(step_run_id, number)
    finally:
        connection.close()  # back to the pool: there are more threads than connections


@shared_task(name=queue.INTERRUPT, ignore_result=True, acks_late=True)
def interrupt(execution_id: int) -> None:
    try:
        this_process.engine.interrupt(execution_id)
    finally:
        connection.close()


@shared_task(name=queue.DELIVER, ignore_result=True, acks_late=True, expires=60)
def deliver() -> None:
    """Send notifications that are due: bounded in time each, and never in the way of a step's thread pool for long."""
    try:
        deliver_due(make_egress())
    finally:
        connection.close()


@shared_task(name="stepwell.tick", ignore_result=True, expires=1)
def tick() -> None:
    """What beat asks for every second. Each worker's clock does the same: beat is no single point of failure."""
    try:
        send_due_steps()
        run_due_schedules(seconds=SCHEDULES_FOR)
        follow_endings()
        send_deliveries()
        sweep(this_process.engine)
    finally:
        connection.close()


@shared_task(name=queue.ROLL_UP, ignore_result=True)
def take_in_what_ended() -> None:
    """Twice a minute: the analytics. One at a time; whoever comes second leaves."""
    try:
        roll_up()
    finally:
        connection.close()


@shared_task(name=queue.ANALYSE, ignore_result=True, acks_late=True)
def analyse(analysis_id: int) -> None:
    """Put one question to the model. Delivered twice, it does nothing the second time."""
    try:
        run_analysis(analysis_id)
    finally:
        connection.close()


@shared_task(name="stepwell.sweep_analyses", ignore_result=True)
def tidy_analyses() -> None:
    """Every ten seconds: end those whose worker has gone, send those that wait; ask about what is new, where wanted."""
    try:
        sweep_analyses()
        ask_about_new_failures()
    finally:
        connection.close()


@shared_task(name="stepwell.housekeeping", ignore_result=True, expires=600)
def housekeeping() -> None:
    """Every hour: partitions for the weeks to come, retention."""
    try:
        keep_house()
        prune_analyses()
        prune_deliveries()
    finally:
        connection.close()
