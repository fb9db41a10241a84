"""One execution beside another."""

from executions.api.router import router
from executions.comparing.divergence import divergence_of
from executions.comparing.schemas import DivergenceOut
from executions.comparing.sides import passes_before, side_of
from executions.comparing.since import since_of
from executions.lookup import find_execution
from workspaces.auth import ApiRequest


@router.get("/{int:execution_id}/divergence", response=DivergenceOut)
def get_divergence(request: ApiRequest, execution_id: int) -> DivergenceOut:
    """The first step whose result is another than in the last pass of this flow and environment, and what else changed
    since. docs/comparing.md says what counts as another result.
    """
    execution = find_execution(request.auth.workspace, execution_id)
    passes = passes_before(execution)
    if not passes:
        return DivergenceOut(partner=None, first=None, since=None, ignored=0, not_compared=[])
    left, right = side_of(passes[0]), side_of(execution)
    return DivergenceOut.of(passes[0], divergence_of(left, right, passes), since_of(left, right))
