"""Rows of the list of executions: each with its strip of steps and the usual duration of its flow, in three queries."""

from collections.abc import Iterable, Sequence
from typing import Any, Final

from django.db.models import prefetch_related_objects

from executions.database import fetch_all
from executions.lookup import executions_of
from executions.models import Execution
from executions.schemas import ExecutionRow
from executions.status import Status
from executions.waiting import waiting_for
from workspaces.models import Workspace

LONGEST_STRIP: Final = 60  # cells; a list has no room for more
USUAL_OF: Final = 20  # passed executions


def rows_of(workspace: Workspace, ids: Iterable[int]) -> list[ExecutionRow]:
    """The executions of this workspace among these, newest first."""
    return listed(list(executions_of(workspace).filter(pk__in=list(ids))))


def listed(executions: Sequence[Execution]) -> list[ExecutionRow]:
    strips = _strips([one.pk for one in executions])
    troubled = [one for one in executions if one.status in {Status.FAILED, Status.TIMED_OUT}]
    prefetch_related_objects(troubled, "flow__quarantines")
    usual = usual_durations({(one.flow_id, one.environment_name) for one in executions})
    waiting = waiting_for(executions)
    return [
        ExecutionRow.of_row(
            one,
            strip=strips.get(one.pk, []),
            usual_ms=usual.get((one.flow_id, one.environment_name)),
            waiting=waiting.get(one.pk),
        )
        for one in executions
    ]


def _strips(ids: Sequence[int]) -> dict[int, list[str]]:
    """What came of the top-level steps of each, in order; a few letters of a page of bodies."""
    rows = fetch_all(
        """SELECT w.id, array_to_string(ARRAY(
                  SELECT CASE WHEN s.recovered THEN 'recovered'
                              WHEN s.soft AND s.status = 'failed' THEN 'soft_failed' ELSE s.status END
                    FROM executions_steprun s
                   WHERE s.execution_id = w.id AND s.parent_id IS NULL ORDER BY s.id LIMIT %(longest)s::int), ' ')
                  AS strip
             FROM unnest(%(ids)s::bigint[]) AS w (id)""",
        {"ids": [str(one) for one in ids], "longest": LONGEST_STRIP},
    )
    return {row["id"]: row["strip"].split() for row in rows}


def usual_durations(pairs: Iterable[tuple[int, str]]) -> dict[tuple[int, str], int]:
    """Flow and environment → the median duration in ms of the last executions that passed, where there is one."""
    wanted = list(pairs)
    rows: list[dict[str, Any]] = fetch_all(
        f"""SELECT w.flow_id, w.environment, {USUAL.format(flow="w.flow_id", environment="w.environment")} AS usual
             FROM unnest(%(flows)s::bigint[], %(environments)s::text[]) AS w (flow_id, environment)""",  # noqa: S608 - our own parts
        {"flows": [str(flow) for flow, _ in wanted], "environments": [name for _, name in wanted]},
    )
    return {
        (row["flow_id"], row["environment"]): round(row["usual"] * 1000) for row in rows if row["usual"] is not None
    }


# In seconds. One descent of execution_passed for each flow and environment, and no visit to the table.
USUAL: Final = f"""(
    SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM p.finished_at - p.started_at)::float8)
      FROM (SELECT started_at, finished_at FROM executions_execution
             WHERE flow_id = {{flow}} AND environment_name = {{environment}} AND status = 'passed'
             ORDER BY id DESC LIMIT {USUAL_OF}) p)"""  # noqa: S608 - our own parts
