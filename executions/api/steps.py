"""One step run in full."""

from executions.api.router import router
from executions.lookup import attempts_of, find_execution, find_step
from executions.schemas import AttemptOut, StepDetailOut
from workspaces.auth import ApiRequest


@router.get("/{int:execution_id}/steps/{path:path}", response=StepDetailOut)
def get_step(request: ApiRequest, execution_id: int, path: str) -> StepDetailOut:
    """A step run with every attempt: what it sent, got, asserted, captured and read."""
    step = find_step(find_execution(request.auth.workspace, execution_id), path)
    return StepDetailOut.of(
        step,
        parent=step.parent.path if step.parent else None,
        attempts=[AttemptOut.of(attempt, payload) for attempt, payload in attempts_of(step)],
    )
