"""Executions, step runs, schedules and worker processes in the Django admin."""

from executions.admin.executions import ExecutionAdmin
from executions.admin.schedules import ScheduleAdmin
from executions.admin.steps import StepRunAdmin
from executions.admin.workers import WorkerProcessAdmin

__all__ = ["ExecutionAdmin", "ScheduleAdmin", "StepRunAdmin", "WorkerProcessAdmin"]
