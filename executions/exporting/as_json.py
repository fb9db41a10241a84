"""The whole record as one JSON document: flow, variables, moves, steps, attempts, payloads; everything in full."""

from collections.abc import Iterator
from typing import Any, Final

from executions.exporting.whole import Whole, WholeStep
from executions.lookup import called_from
from executions.models import Attempt, Payload
from executions.schemas import ExecutionOut
from executions.step_schemas import AttemptOut, StepDetailOut
from flows.language import jsontext

FORMAT: Final = 1  # grows when a reader of the older one would be misled


def json_chunks(whole: Whole) -> Iterator[str]:
    """Text that is one JSON object when it is laid end to end; an attempt is its largest piece."""
    head = jsontext.dumps(_head(whole))
    yield f'{head[:-1]},"steps":['
    for at, step in enumerate(whole.steps()):
        yield f'{"," if at else ""}{_step(step)[:-1]},"attempts":['
        for index, (attempt, payload) in enumerate(step.attempts()):
            yield f"{',' if index else ''}{jsontext.dumps(_attempt(attempt, payload))}"
        yield "]}"
    yield "]}\n"


def _head(whole: Whole) -> dict[str, Any]:
    execution = whole.execution
    return {
        "format": FORMAT,
        "execution": ExecutionOut.of(execution).model_dump(mode="json"),
        "flow": {
            "slug": execution.flow.slug,
            "name": execution.flow_name,
            "version": execution.flow_version.number,
            "text": whole.flow_text,
        },
        "environment": {
            "name": execution.environment_name,
            "revision": execution.environment_revision,
            "variables": execution.variables,
        },
        "overrides": execution.overrides,
        "moves": [
            {"at": move.at.isoformat(), "old": move.old or None, "new": move.new, "reason": move.reason}
            for move in whole.moves
        ],
        "never_reached": [{"path": step.path, "action": step.step.action} for step in whole.never_reached],
    }


def _attempt(attempt: Attempt, payload: Payload | None) -> dict[str, Any]:
    shown = AttemptOut.of(attempt, payload, is_whole=True)
    times = shown.model_dump(mode="json", include={"started_at", "finished_at", "late_results"})
    worker = str(attempt.worker) if attempt.worker else None
    # Not all of it in JSON's mode: that would turn a Decimal into a text.
    return {**shown.model_dump(exclude={"shortened"}), **times, "worker": worker}


def _step(step: WholeStep) -> str:
    shown = StepDetailOut.of(step.step, parent=step.parent, attempts=[], called=called_from(step.step))
    return jsontext.dumps(shown.model_dump(mode="json", exclude={"attempts"}))
