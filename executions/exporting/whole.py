"""All that is recorded of one execution, read step by step, so that a large record never lies in memory as a whole."""

from collections.abc import Iterator
from dataclasses import dataclass

from executions.lookup import attempts_of, steps_of
from executions.models import Attempt, Execution, Move, Payload, StepRun
from executions.operations.start import plan_of
from flows.language.plan import PlannedStep
from flows.models import FlowVersion
from flows.shown_text import shown_text
from workspaces.models import Role


@dataclass(frozen=True)
class WholeStep:
    """A step run, and each attempt with what it sent and got. Attempts are read when they are asked for."""

    step: StepRun
    parent: str | None

    def attempts(self) -> list[tuple[Attempt, Payload | None]]:
        return attempts_of(self.step)


@dataclass(frozen=True)
class Whole:
    execution: Execution
    moves: list[Move]
    flow_text: str  # as it ran; without the secrets somebody wrote into it, for whoever may not write it
    never_reached: list[PlannedStep]  # of the steps that are nested in none

    def steps(self) -> Iterator[WholeStep]:
        """In the order they became due, one at a time."""
        for line, parent in steps_of(self.execution):
            yield WholeStep(StepRun.objects.defer("resume_state").get(pk=line.id), parent)


def whole_of(execution: Execution, role: Role) -> Whole:
    reached = set(StepRun.objects.filter(execution=execution).values_list("key", flat=True))
    plan = plan_of(execution.flow_version)
    planned = [step for section in ("setup", "steps", "teardown") for step in plan.section(section)]
    return Whole(
        execution=execution,
        moves=list(Move.objects.filter(execution=execution).order_by("id")),
        flow_text=shown_text(FlowVersion.objects.get(pk=execution.flow_version_id), role),
        never_reached=[step for step in planned if step.key not in reached],
    )
