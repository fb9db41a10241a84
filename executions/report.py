"""The report of one execution for pipelines and files (DESIGN §7). Its shape is a promise."""

from typing import Any

from executions.lookup import StepLine, last_attempts, steps_of
from executions.models import Attempt, Execution
from executions.schemas import ExecutionReport, Failure, ReportOut, StepReport, milliseconds, page_of


def report_of(execution: Execution) -> ReportOut:
    """What each step came to: its last attempt's assertions, and the variables it captured, masked."""
    attempts = last_attempts(execution)
    return ReportOut(
        execution=ExecutionReport(
            id=execution.pk,
            status=execution.status,
            flow=execution.flow.slug,
            environment=execution.environment_name or None,
            duration_ms=execution.duration_ms,
            url=page_of(execution),
        ),
        steps=[_step(step, attempts.get(step.id)) for step, _ in steps_of(execution)],
    )


def _step(step: StepLine, last: Attempt | None) -> StepReport:
    return StepReport(
        path=step.path,
        id=step.step_id,
        action=step.action,
        status=step.status,
        attempts=step.attempts,
        duration_ms=milliseconds(step.started_at, step.finished_at),
        failure=Failure(kind=step.failure_kind, code=step.failure_code, message=step.message)
        if step.failure_kind
        else None,
        assertions=(last.assertions or []) if last else [],
        outputs=_outputs(last),
    )


def _outputs(last: Attempt | None) -> dict[str, Any]:
    return {one["name"]: one.get("value") for one in (last.captured or [])} if last else {}
