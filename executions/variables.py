"""The variables a step could see: what each was, who set it, and who used it later. All of it masked already."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Literal

from django.db.models import TextField
from django.db.models.functions import Cast, Length

from executions.masking import Masker
from executions.masking.marks import mark
from executions.models import Attempt, Execution, StepRun
from executions.operations.start import plan_of
from flows.language import jsontext
from flows.language.plan import Plan, key_of

Origin = Literal["flow", "environment", "override", "step", "loop"]
LARGEST: Final = 1024 * 1024  # characters that one attempt captured; of more, only the names are told


@dataclass(frozen=True)
class Variable:
    """Its value may not be known: of a template in the flow's own `env` the record holds only the text."""

    name: str
    origin: Origin
    value: Any = None
    is_known: bool = True
    set_by: str | None = None  # path of the step that captured it
    expression: str = ""  # what was captured, or the template
    is_read: bool = False  # by this very step
    used_by: list[str] = field(default_factory=list)  # paths of other steps that read it
    not_reached: list[str] = field(default_factory=list)  # and of those that would have


@dataclass(frozen=True)
class _Set:
    """A value from its setter on."""

    name: str
    origin: Origin
    value: Any = None
    is_known: bool = True
    by: StepRun | None = None
    expression: str = ""

    @property
    def source(self) -> str:
        """As reads name it."""
        return f"captured:{self.by.step_id}" if self.by else self.origin


@dataclass(frozen=True)
class _Trace:
    """What all steps of an execution captured and read, by their last attempts, in the order they became due."""

    steps: list[StepRun]
    captured: Mapping[int, list[dict[str, Any]] | None]  # by step run; None: too large to be read
    reads: Mapping[int, list[dict[str, str]]]


def variables_at(execution: Execution, step: StepRun) -> tuple[list[Variable], list[Variable]]:
    """What the step could see, and what it set itself, each by name."""
    plan, trace = plan_of(execution.flow_version), _trace(execution)
    seen: dict[str, _Set] = {}
    for one in (*_given(execution, plan, trace), *_captured(plan, trace, (s for s in trace.steps if s.pk < step.pk))):
        seen[one.name] = one  # the later hides the earlier
    for read in trace.reads.get(step.pk, ()):
        if read["source"] == "loop":
            seen[read["name"]] = _Set(read["name"], "loop", is_known=False)
    visible = [_told(seen[name], step, plan, trace) for name in sorted(seen)]
    own = [_told(one, step, plan, trace) for one in _captured(plan, trace, [step])]
    return visible, own


def _trace(execution: Execution) -> _Trace:
    steps = list(StepRun.objects.filter(execution=execution).only("path", "key", "step_id").order_by("id"))
    rows = Attempt.objects.filter(step_run__execution=execution).order_by("step_run_id", "-number")
    latest = rows.distinct("step_run_id")
    sized = latest.annotate(size=Length(Cast("captured", TextField()))).values_list("pk", "step_run_id", "size")
    of_step = {pk: (step_run, size or 0) for pk, step_run, size in sized}
    small = [pk for pk, (_, size) in of_step.items() if 0 < size <= LARGEST]
    captured: dict[int, list[dict[str, Any]] | None] = {
        step_run: None if size > LARGEST else [] for step_run, size in of_step.values()
    }
    captured |= dict(Attempt.objects.filter(pk__in=small).values_list("step_run_id", "captured"))
    reads = {step_run: read or [] for step_run, read in latest.values_list("step_run_id", "reads")}
    return _Trace(steps, captured, reads)


def _given(execution: Execution, plan: Plan, trace: _Trace) -> Iterable[_Set]:
    """What was there before the first step: the flow's own, the environment's over it, overrides over both."""
    for name, value in Masker({}).value(dict(plan.flow.env)).items():
        if "${" in jsontext.dumps(value):
            yield _Set(name, "flow", is_known=False, expression=str(value))
        else:
            yield _Set(name, "flow", value)
    read = {one["name"] for reads in trace.reads.values() for one in reads if one["source"] == "environment"}
    for name in sorted(read):
        yield _Set(name, "environment", mark(name))  # a secret; what is none follows
    for name, value in execution.variables.items():
        yield _Set(name, "environment", value)
    for name, value in execution.overrides.items():
        yield _Set(name, "override", value)


def _captured(plan: Plan, trace: _Trace, steps: Iterable[StepRun]) -> Iterable[_Set]:
    for step in steps:
        entries = trace.captured.get(step.pk, [])
        if entries is None:
            for name, output in _outputs(plan, step).items():
                yield _Set(name, "step", is_known=False, by=step, expression=output)
        for entry in entries or ():
            yield _Set(entry["name"], "step", entry.get("value"), by=step, expression=str(entry.get("path", "")))


def _outputs(plan: Plan, step: StepRun) -> dict[str, str]:
    try:
        return {name: output.path for name, output in plan.at(step.path).step.output.items()}
    except KeyError:
        return {}


def _told(one: _Set, step: StepRun, plan: Plan, trace: _Trace) -> Variable:
    since = one.by.pk if one.by else 0
    wanted = {"name": one.name, "source": one.source}
    readers = [each for each in trace.steps if each.pk > since and wanted in trace.reads.get(each.pk, [])]
    reached = {each.key for each in trace.steps}
    return Variable(
        name=one.name,
        origin=one.origin,
        value=one.value,
        is_known=one.is_known,
        set_by=one.by.path if one.by else None,
        expression=one.expression,
        is_read=any(each.pk == step.pk for each in readers),
        used_by=[each.path for each in readers if each.pk != step.pk],
        not_reached=[
            each.path
            for each in plan.all
            if one.name in each.reads and each.path not in reached and each.path != key_of(step.path)
        ],
    )
