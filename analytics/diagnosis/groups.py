"""Why a group of failures fails: by its last occurrence that is still on record."""

from typing import Final

from analytics.diagnosis.gathering import gather_overcome
from analytics.diagnosis.pack import Diagnosis, diagnose, pack_of
from analytics.models import FailureGroup, FailureOccurrence
from executions.models import Execution

LOOKED_AT: Final = 20  # occurrences


def diagnose_group(group: FailureGroup) -> Diagnosis | None:
    """Of a run that failed of it; where a retry has overcome it in all of them, of the attempt that failed.

    None where no occurrence is on record any more.
    """
    seen = FailureOccurrence.objects.filter(group=group).order_by("is_recovered", "-at")[:LOOKED_AT]
    occurrences = list(seen)
    known = Execution.objects.filter(workspace=group.workspace, pk__in=[one.execution_id for one in occurrences])
    executions = known.select_related("flow", "flow_version", "workspace").in_bulk()
    for one in occurrences:
        execution = executions.get(one.execution_id)
        found = _of(one, execution, group) if execution else None
        if found is not None:
            return found
    return None


def _of(occurrence: FailureOccurrence, execution: Execution, group: FailureGroup) -> Diagnosis | None:
    if not occurrence.is_recovered:
        return diagnose(execution)
    overcome = gather_overcome(execution, occurrence.step_run_id)
    return None if overcome is None else pack_of(execution, overcome, group)
