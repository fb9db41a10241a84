"""One execution beside another."""

from django.http import Http404
from ninja import Query

from executions.api.router import router
from executions.comparing.comparison import comparison_of, step_compared
from executions.comparing.comparison_schemas import (
    CompareOut,
    CompareQuery,
    PairOut,
    StepCompareOut,
    StepCompareQuery,
)
from executions.comparing.divergence import divergence_of
from executions.comparing.schemas import DivergenceOut, RunOut, SinceOut
from executions.comparing.sides import passes_before, side_of
from executions.comparing.since import since_of
from executions.lookup import find_execution
from executions.models import Execution
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


@router.get("/compare", response=CompareOut)
def get_comparison(request: ApiRequest, query: Query[CompareQuery]) -> CompareOut:
    """Two runs step by step, aligned by path; without `left`, the last pass of the same flow and environment."""
    left, right, passes = _runs(request, query)
    if left is None:
        return CompareOut(left=None, right=RunOut.of(right), is_last_pass=False, since=None, steps=[])
    one, other = side_of(left), side_of(right)
    return CompareOut(
        left=RunOut.of(left),
        right=RunOut.of(right),
        is_last_pass=bool(passes) and passes[0].pk == left.pk,
        since=SinceOut.of(since_of(one, other)),
        steps=[PairOut.of(pair) for pair in comparison_of(one, other, passes)],
    )


@router.get("/compare/step", response=StepCompareOut)
def get_step_comparison(request: ApiRequest, query: Query[StepCompareQuery]) -> StepCompareOut:
    """One step in both runs: request, response, assertions and times of its last attempts."""
    left, right, passes = _runs(request, query)
    if left is None:
        raise Http404(f"There is no pass before #{right.pk} to compare it with.")
    one, other = side_of(left), side_of(right)
    if query.path not in one.steps and query.path not in other.steps:
        raise Http404(f"Neither #{left.pk} nor #{right.pk} has a step run {query.path!r}.")
    return StepCompareOut.of(step_compared(one, other, query.path, passes))


def _runs(request: ApiRequest, query: CompareQuery) -> tuple[Execution | None, Execution, list[Execution]]:
    """Left, right, and the passes that show what varies."""
    workspace = request.auth.workspace
    right = find_execution(workspace, query.right)
    passes = passes_before(right)
    if query.left is None:
        return (passes[0] if passes else None), right, passes
    return find_execution(workspace, query.left), right, passes
