"""Reading executions for a list, a snapshot, a step, a report: a fixed number of queries each, whatever their size."""

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from django.db.models import Prefetch, Q, QuerySet
from django.http import Http404

from executions.errors import InAnotherWorkspace
from executions.models import Attempt, Execution, LateResult, Payload, StepRun
from workspaces.auth import Caller
from workspaces.models import Workspace

# What no list shows, and what is long.
LEFT_OUT = (
    "variables",
    "overrides",
    "flow__description",
    "flow__tags",
    "flow_version__text",
    "flow_version__spec_json",
    "flow_version__files_json",
    "slot__reason",
)

# Of those that a flow started, which step did: no query where there are none.
CALLERS = Prefetch("parent_step_run", queryset=StepRun.objects.only("path", "execution_id"))

LARGEST_FAMILY = 50
MOST_CALLED = 20  # executions that one step started: one an attempt


def executions_of(workspace: Workspace) -> QuerySet[Execution]:
    """The executions of a workspace, each with what its row shows and nothing longer."""
    return (
        Execution.objects.filter(workspace=workspace)
        .select_related("flow", "flow_version", "workspace", "slot")
        .defer(*LEFT_OUT)
        .prefetch_related(CALLERS)
        .order_by("-id")
    )


def find_execution(workspace: Workspace, execution_id: int) -> Execution:
    """Raises Http404, also for an execution of another workspace."""
    found = executions_of(workspace).filter(pk=execution_id).first()
    if found is None:
        raise Http404(f"There is no execution #{execution_id} in this workspace.")
    return found


def find_visible(caller: Caller, execution_id: int) -> Execution:
    """As find_execution; but somebody in a browser who may see it in another workspace is told in which.

    Raises Http404 and InAnotherWorkspace.
    """
    try:
        return find_execution(caller.workspace, execution_id)
    except Http404:
        mine = Execution.objects.visible_to(caller.user) if caller.token is None else Execution.objects.none()
        slug = mine.filter(pk=execution_id).values_list("workspace__slug", flat=True).first()
        if slug is None:
            raise
        raise InAnotherWorkspace(execution_id, slug) from None


class StepLine(NamedTuple):
    """What a list shows of a step run. Not a model: a flow may have a thousand, looked at many times a second."""

    id: int
    path: str
    step_id: str
    action: str
    section: str
    position: int
    parent_id: int | None
    status: str
    attempts: int
    started_at: datetime | None
    finished_at: datetime | None
    due_at: datetime | None
    skip_reason: str
    failure_kind: str
    failure_code: str
    message: str
    recovered: bool
    soft: bool
    may_have_taken_effect: bool
    turn: int | None  # of its container
    turns: int | None
    turns_started: int
    turns_failed: int
    pending_children: int


COLUMNS = tuple("index" if name == "turn" else name for name in StepLine._fields)  # a tuple has an `index` already

MOST_NESTED = 500  # step runs inside others that a snapshot holds whole
FIRST_NESTED = 300  # of more than that: so many from the beginning, and
TROUBLED_NESTED = 200  # so many of those that failed or have not ended
UNSETTLED = ("failed", "running", "retrying", "pending")

Steps = list[tuple[StepLine, str | None]]


def shown_steps(execution: Execution) -> tuple[Steps, bool]:
    """What a snapshot holds of its step runs, and whether that is all of them.

    Of loops over thousands it holds the first, those that failed or go on, and the containers with their counts; the
    others are asked for by `steps_page`.
    """
    runs = StepRun.objects.filter(execution=execution).order_by("id")
    inside = [StepLine(*row) for row in runs.filter(container__isnull=False).values_list(*COLUMNS)[: MOST_NESTED + 1]]
    if len(inside) <= MOST_NESTED:
        return steps_of(execution), True
    unsettled = runs.filter(container__isnull=False, status__in=UNSETTLED).values_list(*COLUMNS)
    chosen = {step.id: step for step in inside[:FIRST_NESTED]}
    chosen |= {row[0]: StepLine(*row) for row in unsettled[:TROUBLED_NESTED]}
    chosen |= {row[0]: StepLine(*row) for row in runs.filter(container__isnull=True).values_list(*COLUMNS)}
    while missing := {step.parent_id for step in chosen.values() if step.parent_id} - chosen.keys():
        above = runs.filter(pk__in=missing).values_list(*COLUMNS)
        chosen |= {row[0]: StepLine(*row) for row in above}
    return _with_parents([chosen[number] for number in sorted(chosen)]), False


def steps_page(execution: Execution, *, parent: str | None, after: int, limit: int) -> tuple[Steps, str | None]:
    """Step runs beyond the id `after`, those inside `parent` or all, and the cursor of what follows.

    Error steps are inside what holds the step they belong to.

    Raises Http404 for a parent that has no row.
    """
    runs = StepRun.objects.filter(execution=execution, pk__gt=after).order_by("id")
    if parent is not None:
        around = find_step(execution, parent)
        runs = runs.filter(Q(parent=around) | Q(container=around))
    found = [StepLine(*row) for row in runs.values_list(*COLUMNS)[: limit + 1]]
    steps = _with_parents(found[:limit])
    return steps, str(found[limit - 1].id) if len(found) > limit else None


def _with_parents(steps: list[StepLine]) -> Steps:
    paths = {step.id: step.path for step in steps}
    missing = {step.parent_id for step in steps if step.parent_id} - paths.keys()
    paths |= dict(StepRun.objects.filter(pk__in=missing).values_list("pk", "path"))
    return [(step, paths.get(step.parent_id) if step.parent_id else None) for step in steps]


def steps_of(execution: Execution) -> Steps:
    """Its step runs in the order they became due, each with the path of its parent."""
    rows = StepRun.objects.filter(execution=execution).order_by("id").values_list(*COLUMNS)
    steps = [StepLine(*row) for row in rows]
    paths = {step.id: step.path for step in steps}
    return [(step, paths.get(step.parent_id) if step.parent_id else None) for step in steps]


def find_step(execution: Execution, path: str) -> StepRun:
    """Raises Http404: the path is wrong, or the step was never reached."""
    steps = StepRun.objects.filter(execution=execution).select_related("parent").defer("resume_state")
    found = steps.filter(path=path).first()
    if found is None:
        raise Http404(f"Execution #{execution.pk} has no step run {path!r}.")
    return found


def attempts_of(step: StepRun) -> list[tuple[Attempt, Payload | None]]:
    """Every attempt of a step run with what it sent and got."""
    late = Prefetch("late_results", queryset=LateResult.objects.order_by("id"))
    attempts = list(Attempt.objects.filter(step_run=step).prefetch_related(late).order_by("number"))
    payloads = payloads_of(attempts)
    return [(attempt, payloads.get(attempt.pk)) for attempt in attempts]


def called_from(step: StepRun) -> list[Execution]:
    """The executions that a `run_flow` step started, one an attempt, oldest first."""
    if step.action != "run_flow":
        return []
    return list(Execution.objects.filter(parent_step_run=step).select_related("flow").order_by("id")[:MOST_CALLED])


def find_attempt(step: StepRun, number: int) -> tuple[Attempt, Payload | None]:
    """Raises Http404."""
    attempt = Attempt.objects.filter(step_run=step, number=number).first()
    if attempt is None:
        raise Http404(f"{step.path} had no attempt {number}.")
    return attempt, payloads_of([attempt]).get(attempt.pk)


def attempt_lines_of(execution: Execution) -> QuerySet[Attempt]:
    """Every attempt of every step run, with its times and without what it recorded."""
    return (
        Attempt.objects.filter(step_run__execution=execution)
        .select_related("step_run")
        .only("number", "status", "due_at", "started_at", "finished_at", "step_run__path")
        .order_by("step_run_id", "number")
    )


def family_of(execution: Execution) -> list[Execution]:
    """The original and its re-runs, oldest first: the original, and the newest of the others."""
    root = execution.family or execution.pk
    rows = executions_of(execution.workspace)
    newest = list(rows.filter(family=root).exclude(pk=root)[: LARGEST_FAMILY - 1])
    return [*rows.filter(pk=root), *reversed(newest)]


def payloads_of(attempts: Iterable[Attempt]) -> dict[int, Payload]:
    return {row.attempt_id: row for row in Payload.objects.filter(attempt_id__in=[one.pk for one in attempts])}


def last_attempts(execution: Execution) -> dict[int, Attempt]:
    """The last attempt of every step run, by the id of the step run."""
    rows = Attempt.objects.filter(step_run__execution=execution).order_by("step_run_id", "-number")
    return {attempt.step_run_id: attempt for attempt in rows.distinct("step_run_id")}
