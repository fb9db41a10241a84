"""Tags the failures of incidents, in the record's own time."""

from datetime import datetime, timedelta
from typing import Any, Final

from django.db import connection

from analytics.flakiness.incidents import AROUND, Failure, tagged
from analytics.models import IncidentFailure

LONGEST_RUN: Final = timedelta(hours=1)  # an execution that ended later is not looked for


def tag_incidents(workspace_id: int, since: datetime, until: datetime) -> set[int]:
    """Look again at every failure between two moments and around them. Ids of the step runs whose tag changed."""
    start, end = since - AROUND, until + AROUND
    failures = _failures(workspace_id, start - AROUND, end + AROUND)
    inside = {one.step_run_id for one in failures if start <= one.at <= end}
    wanted = tagged(failures, lambda *asked: _runs(workspace_id, *asked)) & inside
    had = set(IncidentFailure.objects.filter(pk__in=inside).values_list("pk", flat=True))
    IncidentFailure.objects.filter(pk__in=had - wanted).delete()
    IncidentFailure.objects.bulk_create(
        [_row(workspace_id, one) for one in failures if one.step_run_id in wanted - had], ignore_conflicts=True
    )
    return had ^ wanted


def _row(workspace_id: int, one: Failure) -> IncidentFailure:
    return IncidentFailure(
        step_run_id=one.step_run_id,
        execution_id=one.execution_id,
        workspace_id=workspace_id,
        flow_id=one.flow_id,
        environment=one.environment,
        service=one.service,
        at=one.at,
    )


def _failures(workspace_id: int, since: datetime, until: datetime) -> list[Failure]:
    params: dict[str, Any] = {"workspace": workspace_id, "since": since, "until": until, "longest": LONGEST_RUN}
    with connection.cursor() as db:
        db.execute(_FAILURES, params)
        return [Failure(*row) for row in db.fetchall()]


def _runs(workspace_id: int, environment: str, services: frozenset[str], since: datetime, until: datetime) -> int:
    params: dict[str, Any] = {"workspace": workspace_id, "since": since, "until": until, "longest": LONGEST_RUN}
    with connection.cursor() as db:
        db.execute(_RUNS, {**params, "environment": environment, "services": sorted(services)})
        found: int = db.fetchone()[0]
        return found


_FAILURES: Final = """
    SELECT s.id, e.id, e.flow_id, e.environment_name, s.service, s.finished_at
      FROM executions_execution e JOIN executions_steprun s ON s.execution_id = e.id
     WHERE e.workspace_id = %(workspace)s AND e.finished_at >= %(since)s
       AND e.finished_at <= %(until)s::timestamptz + %(longest)s::interval
       AND e.failed_step_path <> '' AND s.status = 'failed' AND s.service <> ''
       AND s.failure_kind <> 'worker_lost' AND s.finished_at >= %(since)s AND s.finished_at <= %(until)s"""

_RUNS: Final = """
    SELECT count(DISTINCT e.id)
      FROM executions_execution e JOIN executions_steprun s ON s.execution_id = e.id
     WHERE e.workspace_id = %(workspace)s AND e.finished_at >= %(since)s
       AND e.finished_at <= %(until)s::timestamptz + %(longest)s::interval
       AND e.environment_name = %(environment)s AND s.service = ANY(%(services)s)
       AND s.status IN ('passed', 'failed') AND s.finished_at >= %(since)s AND s.finished_at <= %(until)s"""
