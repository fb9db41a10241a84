"""What a page tells beside the snapshot: overrides, edits since, and how long a run and its steps usually take."""

from typing import Any, Final

from ninja import Field, Schema

from executions.database import fetch_all
from executions.models import Execution
from executions.usual import USUAL_OF, usual_durations
from flows.models import FlowVersion


class UsualOut(Schema):
    """Medians of the last 20 that passed, of the same flow and environment."""

    runs: int = Field(description="How many there were.")
    duration_ms: int
    steps: dict[str, int] = Field(description="By path without the turns of loops: milliseconds.")


class FactsOut(Schema):
    overrides: dict[str, Any] = Field(description="As given at the start, secrets masked.")
    latest_version: int = Field(description="Of the flow, today.")
    usual: UsualOut | None = Field(description="None before the first that passed.")


def facts_of(execution: Execution) -> FactsOut:
    versions = FlowVersion.objects.filter(flow=execution.flow_id).order_by("-number")
    return FactsOut(
        overrides=execution.overrides or {},
        latest_version=versions.values_list("number", flat=True).first() or execution.flow_version.number,
        usual=_usual_of(execution),
    )


def _usual_of(execution: Execution) -> UsualOut | None:
    pair = (execution.flow_id, execution.environment_name)
    whole = usual_durations([pair]).get(pair)
    if whole is None:
        return None
    rows = fetch_all(_STEPS, {"flow": pair[0], "environment": pair[1], "runs": USUAL_OF})
    return UsualOut(
        runs=max((row["runs"] for row in rows), default=0),
        duration_ms=whole,
        steps={row["key"]: round(row["seconds"] * 1000) for row in rows},
    )


# The runs by execution_passed, their steps by one_step_run_per_path: bounded by the steps of twenty runs.
_STEPS: Final = """
    SELECT s.key, count(DISTINCT s.execution_id) AS runs,
           percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM s.finished_at - s.started_at)::float8)
           AS seconds
      FROM executions_steprun s
     WHERE s.status = 'passed' AND s.execution_id = ANY(ARRAY(
             SELECT id FROM executions_execution
              WHERE flow_id = %(flow)s::bigint AND environment_name = %(environment)s::text AND status = 'passed'
              ORDER BY id DESC LIMIT %(runs)s::int))
     GROUP BY s.key"""
