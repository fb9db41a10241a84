"""Whether a failed execution still lets a pipeline pass: everything that failed in it was in quarantine."""

from executions.models import Execution, StepRun
from executions.status import Status, StepStatus
from flows.language.plan import key_of
from flows.models import Quarantine


def excuse_of(execution: Execution) -> Quarantine | None:
    """The quarantine that its first failure fell under, if every failure of it fell under one; else None.

    As it was when the execution ended: a quarantine that began later, or was over, excuses nothing.
    """
    if execution.status not in {Status.FAILED, Status.TIMED_OUT} or execution.finished_at is None:
        return None
    at = execution.finished_at
    in_force = [one for one in execution.flow.quarantines.all() if one.holds(at)]
    whole = next((one for one in in_force if not one.step_key), None)
    if whole is not None or not in_force or execution.status == Status.TIMED_OUT:
        return whole
    first = _covering(in_force, key_of(execution.failed_step_path))
    if first is None or execution.failed_count - execution.soft_failed_count <= 1:
        return first
    return first if all(_covering(in_force, key) for key in _failed_keys(execution)) else None


def _covering(in_force: list[Quarantine], key: str) -> Quarantine | None:
    return next((one for one in in_force if one.covers(key)), None)


def _failed_keys(execution: Execution) -> list[str]:
    """Of the steps that failed by themselves: a container fails with what is in it."""
    failed = StepRun.objects.filter(execution=execution, status=StepStatus.FAILED, soft=False)
    rows = list(failed.values_list("pk", "parent_id", "key"))
    containers = {parent for _, parent, _ in rows}
    return [key for pk, _, key in rows if pk not in containers]
