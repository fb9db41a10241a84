"""Other runs of the same flow, in the same environment, while a step ran."""

from typing import Final

from analytics.questions.rows import rows
from executions.models import Execution, StepRun

NEAREST: Final = 20  # executions of the flow before this one, and as many after it


def runs_beside(execution: Execution, step: StepRun) -> int:
    if step.started_at is None:
        return 0
    asked = {
        "flow": execution.flow_id,
        "environment": execution.environment_name,
        "execution": execution.pk,
        "since": step.started_at,
        "until": step.finished_at or step.started_at,
        "nearest": NEAREST,
    }
    return int(rows(_BESIDE, asked)[0]["n"])


# Two walks along execution_recent_by_flow, so that a long history costs nothing.
_BESIDE: Final = """
    WITH near AS (
        (SELECT started_at, finished_at, environment_name FROM executions_execution
          WHERE flow_id = %(flow)s AND id < %(execution)s ORDER BY id DESC LIMIT %(nearest)s)
        UNION ALL
        (SELECT started_at, finished_at, environment_name FROM executions_execution
          WHERE flow_id = %(flow)s AND id > %(execution)s ORDER BY id LIMIT %(nearest)s))
    SELECT count(*) AS n FROM near
     WHERE environment_name = %(environment)s AND started_at <= %(until)s
       AND (finished_at IS NULL OR finished_at >= %(since)s)"""
