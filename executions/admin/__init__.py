"""Executions, step runs, batches, schedules, limits, hooks and worker processes in the Django admin."""

from executions.admin.batches import BatchAdmin
from executions.admin.executions import ExecutionAdmin
from executions.admin.hooks import HookAdmin
from executions.admin.limits import RunLimitAdmin
from executions.admin.schedules import ScheduleAdmin
from executions.admin.steps import StepRunAdmin
from executions.admin.workers import WorkerProcessAdmin

__all__ = [
    "BatchAdmin",
    "ExecutionAdmin",
    "HookAdmin",
    "RunLimitAdmin",
    "ScheduleAdmin",
    "StepRunAdmin",
    "WorkerProcessAdmin",
]
