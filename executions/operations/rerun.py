"""Run an execution again: linked to the original, in the same environment, with the same overrides (PRODUCT P10)."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth.models import User
from django.utils import timezone

from executions import live
from executions.errors import CannotRerun
from executions.live import Inputs, Kept
from executions.models import Execution, StepRun
from executions.operations.start import plan_of, start_execution
from executions.status import RerunMode, Status, StepStatus, Trigger
from flows.language.plan import Plan
from flows.models import FlowVersion


def rerun_execution(
    *,
    execution: Execution,
    actor: str,
    trigger: Trigger,
    by: User | None = None,
    mode: RerunMode = RerunMode.TODAY,
    from_step: str = "",
    variables: Mapping[str, Any] | None = None,
    idempotency_key: str | None = None,
    idempotency_hash: str = "",
) -> Execution:
    """Start a re-run of `execution`.

    `today` runs today's version of the flow, `as_it_was` the one that ran then, `from_step` that one from the step
    `from_step` on, with the values the earlier steps had kept. The environment is as it is now. `variables` are laid
    over the original's overrides. Raises CannotRerun.
    """
    if from_step:
        mode = RerunMode.FROM_STEP
    inputs, kept = _kept_values(execution)
    version = execution.flow_version if mode is not RerunMode.TODAY else _todays(execution)
    restored = _before(plan_of(version), execution, from_step, kept) if mode is RerunMode.FROM_STEP else []
    return start_execution(
        flow_version=version,
        environment=_environment(execution),
        variables={**inputs.overrides, **(variables or {})},
        trigger=trigger,
        actor=actor,
        by=by,
        labels=execution.labels,
        timeout_seconds=execution.timeout_seconds if mode is not RerunMode.TODAY else None,
        rerun_of=execution,
        rerun_mode=mode,
        first_path=from_step,
        restored=restored,
        idempotency_key=idempotency_key,
        idempotency_hash=idempotency_hash,
    )


def _todays(execution: Execution) -> FlowVersion:
    flow = execution.flow
    if flow.archived_at is not None or flow.latest_version is None:
        raise CannotRerun(f"The flow {flow.name!r} has been archived. Run it as it was.")
    return flow.latest_version


def _environment(execution: Execution) -> Any:
    if execution.environment_name and execution.environment is None:
        raise CannotRerun(f"The environment {execution.environment_name!r} has been deleted.")
    return execution.environment


def _kept_values(execution: Execution) -> tuple[Inputs, list[Kept]]:
    inputs, kept = live.load(execution.pk)
    if not inputs.overrides and execution.overrides and not execution.live_values.exists():
        raise CannotRerun(
            f"The overrides of execution #{execution.pk} are no longer kept ({settings.LIVE_VALUE_DAYS:g} days after "
            "the end). Start the flow with the variables you want."
        )
    return inputs, kept


def _before(plan: Plan, execution: Execution, path: str, kept: list[Kept]) -> list[Kept]:
    """What the steps before `path` had kept."""
    if not path:
        raise CannotRerun("Name the step to start from, such as steps/pay.")
    try:
        start = plan.at(path)
    except KeyError as exc:
        raise CannotRerun(f"The flow has no step {path!r}.") from exc
    if start.parent is not None or start.section == "teardown":
        raise CannotRerun(
            "A re-run can start from a step of setup or steps, not from one inside another or in teardown."
        )
    if not Status(execution.status).is_final:
        raise CannotRerun(f"Execution #{execution.pk} is still {execution.status}.")
    if execution.finished_at and execution.finished_at < timezone.now() - timedelta(days=settings.LIVE_VALUE_DAYS):
        raise CannotRerun(f"The values of execution #{execution.pk} are no longer kept. Run it from the beginning.")
    ran = {run.path: run for run in StepRun.objects.filter(execution=execution).only("path", "status", "step_id")}
    earlier = [step for step in (*plan.section("setup"), *plan.section("steps")) if step.position < start.position]
    restored_paths = _restored_paths(execution)
    missing = [
        step.step.id
        for step in earlier
        if step.path not in restored_paths
        and (step.path not in ran or ran[step.path].status in {StepStatus.CANCELLED, StepStatus.PENDING})
    ]
    if missing:
        raise CannotRerun(
            f"Step {missing[0]!r} comes before {path!r} and never ran in execution #{execution.pk}. "
            "Start from there, or from the beginning."
        )
    positions = {step.path: step.position for step in earlier}
    return [
        value for value in kept if positions.get(value.path.split("/error_steps/")[0], start.position) < start.position
    ]


def _restored_paths(execution: Execution) -> set[str]:
    """Steps that an execution which itself began in the middle took over from the one before it."""
    if not execution.rerun_from:
        return set()
    plan = plan_of(execution.flow_version)
    first = plan.at(execution.rerun_from)
    return {s.path for s in (*plan.section("setup"), *plan.section("steps")) if s.position < first.position}
