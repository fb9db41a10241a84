"""Rows of the list of executions as JSON: each with its strip of steps and the usual duration of its flow.

Two statements in PostgreSQL's own way, and no model: a page has a hundred rows of forty fields, and objects made of
them cost ten times what finding them does. What a row holds is what ExecutionRow promises; a test compares the two.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final, NamedTuple

from django.conf import settings

from executions.database import fetch_all
from executions.gate import excuse_of
from executions.models import Execution
from executions.status import Status
from executions.usual import usual_durations
from executions.waiting import WaitingFor, waiting_for
from flows.language import jsontext
from flows.models import Quarantine
from workspaces.models import Workspace

LONGEST_STRIP: Final = 60  # cells; a list has no room for more

Row = dict[str, Any]


def rows_of(workspace: Workspace, ids: Iterable[int]) -> list[Row]:
    """The executions of this workspace among these, newest first: each as an ExecutionRow in JSON."""
    found = fetch_all(_ROWS, {"workspace": workspace.pk, "ids": [str(one) for one in ids]})
    strips = strips_of(found)
    usual = usual_durations({(one["flow_id"], one["environment"]) for one in found})
    waiting = waiting_for([_Queued.of(one, workspace) for one in found if one["status"] == Status.QUEUED])
    excuses = _excuses(found)
    return [
        _row(
            one,
            workspace=workspace.slug,
            strip=strips[one["id"]],
            waiting=waiting.get(one["id"]),
            quarantined=excuses.get(one["id"]),
            usual_ms=usual.get((one["flow_id"], one["environment"])),
        )
        for one in found
    ]


class _Queued(NamedTuple):
    """What there is to know of an execution to say what it waits for."""

    pk: int
    status: str
    waits_for: str
    worker_group: str
    workspace_id: int
    flow_id: int

    @classmethod
    def of(cls, row: Row, workspace: Workspace) -> "_Queued":
        return cls(row["id"], row["status"], row["waits_for"], row["worker_group"], workspace.pk, row["flow_id"])


def _excuses(found: Sequence[Row]) -> dict[int, str]:
    """By number, why a failure stops no pipeline. Of flows without a quarantine nothing more is read."""
    failed = [one for one in found if one["status"] in {Status.FAILED, Status.TIMED_OUT}]
    if not failed:
        return {}
    flows = set(
        Quarantine.objects.filter(flow__in={one["flow_id"] for one in failed}).values_list("flow_id", flat=True)
    )
    wanted = [one["id"] for one in failed if one["flow_id"] in flows]
    executions = Execution.objects.filter(pk__in=wanted).select_related("flow").prefetch_related("flow__quarantines")
    excused = ((one.pk, excuse_of(one)) for one in (executions if wanted else ()))
    return {pk: quarantine.reason for pk, quarantine in excused if quarantine is not None}


def _row(
    one: Row, *, workspace: str, strip: str, waiting: WaitingFor | None, quarantined: str | None, usual_ms: int | None
) -> Row:
    started, finished = one["started_at"], one["finished_at"]
    return {
        **{name: one[name] for name in _AS_THEY_ARE},
        **{name: one[name] or None for name in _BLANK_IS_NULL},
        **{name: _shown(one[name]) for name in _TIMES},
        "workspace": workspace,
        "waiting_for": waiting.model_dump() if waiting else None,
        "slot": {"schedule": one["schedule"], "slot_at": _shown(one["slot_at"])} if one["schedule"] else None,
        "called_by": {"execution": one["caller"], "step": one["calling_step"]} if one["caller"] else None,
        "labels": jsontext.loads(one["labels"]) if one["labels"] != "{}" else {},
        "duration_ms": round((finished - started).total_seconds() * 1000) if started and finished else None,
        "counts": {name: one[column] for name, column in _COUNTS.items()},
        "failure": _failure(one),
        "quarantined": quarantined,
        "url": f"{settings.PUBLIC_URL}/executions/{one['id']}/",
        "strip": strip.split(),
        "usual_ms": usual_ms,
    }


def _failure(one: Row) -> dict[str, str] | None:
    if not one["failure_kind"]:
        return None
    return {"kind": one["failure_kind"], "code": one["failure_code"], "message": one["failure_message"]}


def _shown(moment: datetime | None) -> str | None:
    return moment.isoformat().replace("+00:00", "Z") if moment is not None else None


_AS_THEY_ARE: Final = (
    "id", "flow", "flow_name", "flow_version", "status", "trigger", "actor", "batch", "rerun_of", "family",
    "event_number",
)  # fmt: skip
_BLANK_IS_NULL: Final = (
    "environment", "phase", "outcome", "failed_step", "rerun_mode", "rerun_from", "cancel_requested_by",
)  # fmt: skip
_TIMES: Final = ("queued_at", "started_at", "finished_at", "deadline", "cancel_requested_at")
_COUNTS: Final[Mapping[str, str]] = {
    "total": "steps_total",
    "passed": "passed_count",
    "failed": "failed_count",
    "soft_failed": "soft_failed_count",
    "skipped": "skipped_count",
    "cancelled": "cancelled_count",
    "retries": "retry_count",
    "recovered": "recovered_count",
}

_ROWS: Final = f"""
    SELECT e.id, e.flow_id, f.slug AS flow, e.flow_name, v.number AS flow_version, e.environment_name AS environment,
           e.status, e.waits_for, e.worker_group, e.phase, e.outcome, e.trigger, e.actor, e.batch_id AS batch,
           e.labels::text AS labels, {", ".join(f"e.{one}" for one in (*_TIMES, *_COUNTS.values()))},
           t.schedule_id AS schedule, t.slot_at, p.execution_id AS caller, p.path AS calling_step,
           e.failed_step_path AS failed_step, e.failure_kind, e.failure_code, e.failure_message,
           e.rerun_of_id AS rerun_of, e.rerun_mode, e.rerun_from, COALESCE(e.family, e.id) AS family,
           e.cancel_requested_by, e.event_number
      FROM executions_execution e
      JOIN flows_flow f ON f.id = e.flow_id
      JOIN flows_flowversion v ON v.id = e.flow_version_id
      LEFT JOIN executions_scheduleslot t ON t.id = e.slot_id
      LEFT JOIN executions_steprun p ON p.id = e.parent_step_run_id
     WHERE e.workspace_id = %(workspace)s::bigint AND e.id = ANY(%(ids)s::bigint[])
     ORDER BY e.id DESC"""  # noqa: S608 - our own parts


def strips_of(found: Sequence[Row]) -> dict[int, str]:
    """What came of the top-level steps of each, in order; a few letters of a page of bodies.

    Of an execution that has ended nothing changes any more, and the same ones are listed again and again.
    """
    strips = {one["id"]: kept for one in found if (kept := _kept.get(one["id"])) is not None}
    missing = [one["id"] for one in found if one["id"] not in strips]
    if not missing:
        return strips
    rows = fetch_all(_STRIPS, {"ids": [str(one) for one in missing], "longest": LONGEST_STRIP})
    read = {row["id"]: row["strip"] for row in rows}
    if len(_kept) > MOST_KEPT:
        _kept.clear()
    _kept.update({one["id"]: read[one["id"]] for one in found if one["id"] in read and one["finished_at"]})
    return strips | read


MOST_KEPT: Final = 20_000  # strips: two megabytes
_kept: dict[int, str] = {}  # by the id of an execution that had ended before they were read

_STRIPS: Final = """
    SELECT w.id, array_to_string(ARRAY(
               SELECT CASE WHEN s.recovered THEN 'recovered'
                           WHEN s.soft AND s.status = 'failed' THEN 'soft_failed' ELSE s.status END
                 FROM executions_steprun s
                WHERE s.execution_id = w.id AND s.parent_id IS NULL ORDER BY s.id LIMIT %(longest)s::int), ' ')
           AS strip
      FROM unnest(%(ids)s::bigint[]) AS w (id)"""
