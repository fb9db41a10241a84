"""What a template or a path lacked: a variable, what an earlier step should have left, or only a value that fits."""

import re
from collections.abc import Iterable
from typing import Any, Final

from analytics.diagnosis.drift import Difference
from analytics.diagnosis.samples import exchanges, response_differences
from executions.models import Attempt, Execution, StepRun
from executions.operations.start import plan_of

MOST_STEPS: Final = 3  # earlier steps whose answers are looked at
# As `flows.language` says that something is not there: `There is no SKU.`, `place.body.id is missing.`
_UNKNOWN: Final = re.compile(r"There is no ([A-Za-z_$][\w$]*)")
_MISSING: Final = re.compile(r"(?:^|: |\s)([A-Za-z_$][\w$]*)[^\s:]* is missing\.")


def lacking(step: StepRun, attempt: Attempt | None) -> tuple[str, str]:
    """`variable`, `step` or `value`, and the name where one is missing."""
    found = _UNKNOWN.search(step.message) or _MISSING.search(step.message)
    if found is None:
        return "value", ""
    return ("step" if found[1] in _of_the_run(step, attempt) else "variable"), found[1]


def _of_the_run(step: StepRun, attempt: Attempt | None) -> set[str]:
    """Names that steps of the flow give: their ids, and what they capture."""
    given = {one["name"] for one in _reads(attempt) if one["source"].startswith(("captured", "step:", "loop"))}
    for planned in plan_of(step.flow_version).all:
        given |= {planned.step.id, *planned.step.output}
    return given | {"steps"}


def sources(execution: Execution, step: StepRun, attempt: Attempt | None, name: str) -> list[StepRun]:
    """Steps of this run that passed before it, and that it reads."""
    ids = {one["source"].partition(":")[2] for one in _reads(attempt)} | {name}
    for planned in plan_of(step.flow_version).all:
        if name in planned.step.output:
            ids.add(planned.step.id)
    before = StepRun.objects.filter(
        execution=execution, status="passed", step_id__in=ids - {""}, finished_at__lte=step.started_at
    )
    return list(before.order_by("-pk")[:MOST_STEPS])


def source_differences(execution: Execution, found: Iterable[StepRun]) -> tuple[str, list[Difference]]:
    """The first of these steps whose answer is of another shape than in runs that passed."""
    for one in found:
        own = Attempt.objects.filter(step_run=one).order_by("-number").first()
        if own is None:
            continue
        past = StepRun.objects.filter(
            flow_id=execution.flow_id, environment=execution.environment, key=one.key, status="passed"
        ).filter(started_at__lt=one.started_at)
        now, before = exchanges(own, list(past.order_by("-started_at").values_list("pk", flat=True)[:8]))
        if differences := response_differences(now, before):
            return one.path, differences
    return "", []


def _reads(attempt: Attempt | None) -> list[dict[str, Any]]:
    return list(attempt.reads or ()) if attempt is not None else []
