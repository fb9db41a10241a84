"""Start an execution from inside another one: the step that does so waits for its end (docs/actions/run_flow.md)."""

from collections.abc import Mapping, Sequence
from typing import Any

from executions.errors import CallRefused, KeyUsedBefore
from executions.live import Inputs, Kept
from executions.models import Execution, StepRun
from executions.operations.start import start_execution
from executions.status import Trigger
from flows.errors import FlowUnknown
from flows.lookup import find_flow, find_version
from flows.models import Flow
from flows.slugs import slug_of
from workspaces.models import Workspace

DEEPEST = 10  # flows that run flows


def start_inside(
    *,
    step_run_id: int,
    number: int,
    flow: str,
    variables: Mapping[str, Any],
    inputs: Inputs,
    secrets: Sequence[Kept] = (),
    inherits: bool = True,
) -> Execution:
    """Start `flow` for attempt `number` of a step run; called again for the same attempt, it gives the same execution.

    It runs against what the caller was given at its own start: `inputs`. `secrets` are masked in its record too. Raises
    FlowUnknown, and CallRefused for a flow that would run itself or is nested too deep.
    """
    step = StepRun.objects.select_related("execution__workspace", "execution__environment").get(pk=step_run_id)
    caller = step.execution
    found = _find(caller.workspace, flow)
    _refuse_circles(caller, found)
    try:
        return start_execution(
            flow_version=find_version(found),
            environment=caller.environment if inherits else None,
            variables={**inputs.overrides, **variables} if inherits else dict(variables),
            trigger=Trigger.FLOW,
            actor=f"{caller.flow.slug} #{caller.pk}"[:150],
            by=caller.started_by,
            labels=caller.labels,
            idempotency_key=f"run_flow:{step_run_id}:{number}",
            parent_step_run_id=step_run_id,
            inherited=inputs if inherits else Inputs(),
            restored=secrets,
        )
    except KeyUsedBefore as used:
        return used.execution


def _find(workspace: Workspace, named: str) -> Flow:
    """By slug, else by name."""
    try:
        return find_flow(workspace, named)
    except FlowUnknown:
        by_name = Flow.objects.filter(workspace=workspace, name__iexact=named.strip()).select_related("latest_version")
        found = by_name.first() or Flow.objects.filter(workspace=workspace, slug=slug_of(named)).first()
        if found is None:
            raise
        return found


def _refuse_circles(caller: Execution, wanted: Flow) -> None:
    around = [caller]
    while around[-1].parent_step_run_id is not None and len(around) <= DEEPEST:
        above = StepRun.objects.select_related("execution__flow").get(pk=around[-1].parent_step_run_id)
        around.append(above.execution)
    names = [*reversed([one.flow.slug for one in around]), wanted.slug]
    if any(one.flow_id == wanted.pk for one in around):
        raise CallRefused(f"A flow cannot run itself: {' → '.join(names)}.")
    if len(around) >= DEEPEST:
        raise CallRefused(f"Flows may run flows {DEEPEST} deep, and this would be deeper: {' → '.join(names)}.")
