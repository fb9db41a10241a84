"""The two runs of a comparison, read at a bounded cost: narrow rows first, bodies only as far as there is room."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

from executions.lookup import StepLine, executions_of, steps_of
from executions.models import Attempt, Execution, Payload
from executions.status import Status

ONE_BODY: Final = 2 * 1024 * 1024  # characters; a larger one is compared on its own, when somebody asks
ALL_BODIES: Final = 24 * 1024 * 1024
AT_ONCE: Final = 40  # bodies of one query
PASSES: Final = 4  # earlier runs that show what varies

Part = Literal["request", "response"]


@dataclass(frozen=True)
class Side:
    """One run: its steps in the order they became due, and the last attempt of each."""

    execution: Execution
    steps: dict[str, StepLine]
    attempts: dict[str, Attempt]


class TooLarge:
    """Stands for a body that was not read."""


TOO_LARGE: Final = TooLarge()


def side_of(execution: Execution) -> Side:
    steps = {step.path: step for step, _ in steps_of(execution)}
    paths = {step.id: path for path, step in steps.items()}
    rows = Attempt.objects.filter(step_run__execution=execution).select_related("worker")
    rows = rows.defer("condition", "captured", "reads", "draws").order_by("step_run_id", "-number")
    attempts = {paths[one.step_run_id]: one for one in rows.distinct("step_run_id") if one.step_run_id in paths}
    return Side(execution, steps, attempts)


def passes_before(execution: Execution, most: int = PASSES) -> list[Execution]:
    """The last runs of the same flow and environment that passed before this one, newest first."""
    rows = executions_of(execution.workspace).filter(
        flow=execution.flow_id,
        environment_name=execution.environment_name,
        status=Status.PASSED,
        pk__lt=execution.pk,
    )
    return list(rows[:most])


class Bodies:
    """Reads recorded requests and responses until its room is used up; what is too large is told apart from nothing."""

    def __init__(self, *, one: int = ONE_BODY, room: int = ALL_BODIES) -> None:
        self._one, self._room = one, room

    def pairs(self, pairs: Sequence[tuple[int, int]], part: Part) -> Iterator[tuple[Any, Any]]:
        """Of each pair of attempts what they recorded, in order; read as it is asked for."""
        for start in range(0, len(pairs), AT_ONCE // 2):
            some = pairs[start : start + AT_ONCE // 2]
            found = self.of([number for pair in some for number in pair], part)
            yield from ((found.get(one), found.get(other)) for one, other in some)

    def of(self, attempts: Sequence[int], part: Part) -> dict[int, Any]:
        """By the id of the attempt: its body, or TOO_LARGE. One that recorded nothing is left out."""
        rows = Payload.objects.filter(attempt_id__in=attempts)
        sizes = dict(rows.values_list("attempt_id", f"{part}_size"))
        wanted = [number for number in dict.fromkeys(attempts) if number in sizes and self._take(sizes[number])]
        found: dict[int, Any] = dict.fromkeys(sizes, TOO_LARGE)
        if wanted:
            found |= dict(Payload.objects.filter(attempt_id__in=wanted).values_list("attempt_id", part))
        return found

    def _take(self, size: int) -> bool:
        if size > self._one or size > self._room:
            return False
        self._room -= size
        return True
