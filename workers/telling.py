"""The events a hop tells: small, numbered by its commits."""

from typing import Any

from executions import events
from executions.operations.claim import Claim
from executions.operations.commit import Committed
from executions.settling import Ended
from workers.running import Running


def tell(running: Running, seq: int, kind: str, data: dict[str, Any]) -> None:
    execution = running.execution
    events.publish(events.Event(execution.pk, execution.workspace_id, seq, kind, data))


def tell_ends(running: Running, claim: Claim, committed: Committed, last: int) -> None:
    """Of the claimed step and of those run further, the last of which has the number `last`."""
    number = last - 2 * len(committed.further)
    tell(running, number, "step.finished", step_event(claim, committed.ended))
    for step in committed.further:
        started = {"path": step.step.path, "status": "running", "attempt": 1}
        tell(running, number + 1, "step.started", started)
        tell(running, number + 2, "step.finished", started | {"status": step.ended.step.value})
        number += 2


def step_event(claim: Claim, ended: Ended) -> dict[str, Any]:
    data: dict[str, Any] = {"path": claim.path, "status": ended.step.value, "attempt": claim.number}
    if ended.failure is not None:
        data["failure"] = {"kind": ended.failure.kind, "message": ended.failure.message[:500]}
    return data
