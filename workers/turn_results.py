"""What a step that runs others gives: how many turns there were, how they ended, what they captured."""

from collections.abc import Mapping, Sequence
from typing import Any

from workers.actions.base import Result, TurnOutcome
from workers.errors import InsideFailed


def result_of(turns: Sequence[TurnOutcome]) -> Result:
    """The result of a step that runs turns."""
    return {
        "count": len(turns),
        "passed": sum(turn.status == "passed" for turn in turns),
        "failed": sum(turn.status == "failed" for turn in turns),
        "results": [_shown(turn) for turn in turns],
    }


def refuse_failures(turns: Sequence[TurnOutcome], result: Mapping[str, Any]) -> None:
    """Raise InsideFailed for the first turn that failed."""
    failed = [turn for turn in turns if turn.status == "failed"]
    if failed:
        first, others = failed[0], len(failed) - 1
        more = f" ({others} more failed)" if others else ""
        message = f"{first.path}: {first.message}{more}"
        raise InsideFailed(message, kind=first.kind, code=first.code, partial=dict(result))


def summary_of(result: Mapping[str, Any], one: str, many: str) -> str:
    count = result["count"]
    return f"1 {one}" if count == 1 else f"{count} {many}"


def _shown(turn: TurnOutcome) -> dict[str, Any]:
    shown: dict[str, Any] = {
        "number": turn.number,
        "status": turn.status,
        "duration_ms": turn.duration_ms,
        "outputs": dict(turn.outputs),
    }
    if turn.status != "passed":
        shown |= {"step": turn.path, "kind": turn.kind, "message": turn.message}
    return shown
