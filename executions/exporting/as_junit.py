"""The same JUnit file as `stepwell run --junit` writes, by the same code: two writers would drift apart."""

from typing import cast

from cli import records
from cli.gather import Gathered, NeverReached
from cli.junit import junit_xml
from executions.exporting.whole import Whole, WholeStep
from executions.report import report_of
from executions.schemas import ExecutionOut, StepRunOut, step_row
from executions.step_schemas import AttemptOut, StepDetailOut


def junit_document(whole: Whole) -> bytes:
    steps = list(whole.steps())
    gathered = Gathered(
        name=whole.execution.flow_name,
        execution=cast(records.Execution, ExecutionOut.of(whole.execution).model_dump(mode="json")),
        steps=[_row(step) for step in steps],
        report=report_of(whole.execution).model_dump(mode="json"),
        details={step.step.path: _detail(step) for step in steps if _is_telling(step)},
        never_reached=[
            NeverReached(path=step.path, action=step.step.action, position=step.position)
            for step in whole.never_reached
        ],
    )
    return junit_xml([gathered])


def _row(step: WholeStep) -> records.StepRun:
    row = StepRunOut(**step_row(step.step, step.parent), attempts=step.step.attempts)
    return cast(records.StepRun, row.model_dump(mode="json"))


def _is_telling(step: WholeStep) -> bool:
    return step.step.status == "failed" or step.step.attempts > 1


def _detail(step: WholeStep) -> dict[str, object]:
    """Without bodies: what failed is in the assertions."""
    attempts = [AttemptOut.of(attempt, None) for attempt, _ in step.attempts()]
    return StepDetailOut.of(step.step, parent=step.parent, attempts=attempts, called=[]).model_dump(mode="json")
