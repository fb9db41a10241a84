"""The last results of steps, read through an index, scored, and kept."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median
from typing import Any, Final

from django.db import connection
from django.utils import timezone

from analytics.flakiness.score import VERSION, WINDOW_DAYS, WINDOW_RESULTS, Flakiness, flakiness_of
from analytics.flakiness.sequence import CHANGE, FAILED, LONGEST_EPISODE, PASSED, RECOVERED
from analytics.models import StepHealth

STRIP: Final = 30
KEYS_AT_ONCE: Final = 500


@dataclass(frozen=True)
class Key:
    flow_id: int
    environment_id: int | None
    environment: str  # its name; all there is once it has been deleted
    key: str


def refresh_health(workspace_id: int, keys: Sequence[Key], *, now: datetime | None = None) -> int:
    """Score these steps anew; one without any result in the window is forgotten. How many have a score."""
    now = now or timezone.now()
    count = 0
    for start in range(0, len(keys), KEYS_AT_ONCE):
        some = keys[start : start + KEYS_AT_ONCE]
        rows = _scored(workspace_id, some, now)
        kept = [(row.flow_id, row.environment, row.key) for row in rows]
        _forget({(one.flow_id, one.environment, one.key) for one in some} - set(kept))
        StepHealth.objects.bulk_create(
            rows, update_conflicts=True, unique_fields=["flow", "environment", "key"], update_fields=_UPDATED
        )
        count += len(rows)
    return count


def scored(workspace_id: int, keys: Sequence[Key], *, now: datetime) -> list[StepHealth]:
    """What the scores of these steps were at that time; nothing is kept."""
    parts = (keys[start : start + KEYS_AT_ONCE] for start in range(0, len(keys), KEYS_AT_ONCE))
    return [row for some in parts for row in _scored(workspace_id, some, now)]


def _scored(workspace_id: int, keys: Sequence[Key], now: datetime) -> list[StepHealth]:
    return [_row(workspace_id, found, now) for found in last_results(keys, now=now)]


def last_results(keys: Iterable[Key], *, now: datetime) -> list[dict[str, Any]]:
    """For each key its last results, oldest first: `sequence`, and lists of executions, letters and milliseconds."""
    wanted = list(keys)
    found: list[dict[str, Any]] = []
    for has_environment in (True, False):
        some = [one for one in wanted if (one.environment_id is not None) is has_environment]
        if not some:
            continue
        params: dict[str, Any] = {
            "flows": [one.flow_id for one in some],
            "environments": [one.environment_id for one in some],
            "names": [one.environment for one in some],
            "keys": [one.key for one in some],
            "since": now - timedelta(days=WINDOW_DAYS),
            "until": now,
            "results": WINDOW_RESULTS,
        }
        is_its = "s.environment_id = k.environment_id" if has_environment else "s.environment_id IS NULL"
        with connection.cursor() as db:
            db.execute(_LAST_RESULTS.format(is_its=is_its), params)
            columns = [column.name for column in db.description or ()]
            found += [dict(zip(columns, row, strict=True)) for row in db.fetchall()]
    return found


# One descent of step_run_history for each key. Excluded: what was skipped or cancelled, a lost worker, an incident, a
# run from the middle of a flow, and runs labelled as experiments.
_LAST_RESULTS: Final = """
    SELECT k.flow_id, k.environment_name AS environment, k.key, r.*
      FROM unnest(%(flows)s::bigint[], %(environments)s::bigint[], %(names)s::text[], %(keys)s::text[])
           AS k (flow_id, environment_id, environment_name, key),
    LATERAL (
        SELECT substr(string_agg(change || letter, '' ORDER BY started_at, id), 2) AS sequence,
               array_agg(execution_id ORDER BY started_at, id) AS executions,
               array_agg(ms ORDER BY started_at, id) AS ms,
               array_agg(execution_ms ORDER BY started_at, id) AS execution_ms,
               min(started_at) AS first_at, max(started_at) AS last_at, max(action) AS action
          FROM (SELECT q.*, CASE WHEN q.flow_version_id IS DISTINCT FROM lag(q.flow_version_id) OVER w
                                   OR q.environment_revision IS DISTINCT FROM lag(q.environment_revision) OVER w
                                 THEN '|' ELSE '' END AS change
                  FROM (SELECT s.id, s.execution_id, s.started_at, s.flow_version_id, s.action, e.environment_revision,
                               CASE WHEN s.status = 'failed' THEN 'F'
                                    WHEN s.attempts - s.lost_attempts > 1 THEN 'R' ELSE 'P' END AS letter,
                               extract(epoch FROM s.finished_at - s.started_at)::float8 * 1000 AS ms,
                               extract(epoch FROM e.finished_at - e.started_at)::float8 * 1000 AS execution_ms
                          FROM executions_steprun s JOIN executions_execution e ON e.id = s.execution_id
                         WHERE s.flow_id = k.flow_id AND {is_its} AND s.key = k.key
                           AND s.started_at >= %(since)s AND s.started_at <= %(until)s
                           AND s.status IN ('passed', 'failed')
                           AND e.environment_name = k.environment_name AND s.failure_kind <> 'worker_lost'
                           AND e.rerun_mode <> 'from_step' AND NOT e.labels ?| ARRAY['debug', 'fault_injection']
                           AND (s.status = 'passed'
                                OR NOT EXISTS (SELECT FROM analytics_incidentfailure i WHERE i.step_run_id = s.id))
                         ORDER BY s.started_at DESC, s.id DESC LIMIT %(results)s) q
                WINDOW w AS (ORDER BY q.started_at, q.id)) numbered) r
     WHERE r.sequence IS NOT NULL"""


def _row(workspace_id: int, found: Mapping[str, Any], now: datetime) -> StepHealth:
    score = flakiness_of(found["sequence"])
    letters = found["sequence"].replace(CHANGE, "")
    days = max(1.0, (now - found["first_at"]).total_seconds() / 86_400)
    runs_per_day = len(letters) / days
    passed = [ms for letter, ms in zip(letters, found["ms"], strict=True) if letter == PASSED and ms is not None]
    usual = median(passed) if passed else None
    return StepHealth(
        workspace_id=workspace_id,
        **{name: found[name] for name in ("flow_id", "environment", "key", "action", "sequence", "executions")},
        **{name: found[name] for name in ("first_at", "last_at")},
        strip=letters[-STRIP:],
        events=sorted({found["executions"][at] for at in event_places(found["sequence"])}),
        **_numbers(score),
        runs_per_day=runs_per_day,
        disturbed_per_day=score.lo * runs_per_day,
        lost_ms=round(_lost_ms(found["sequence"], found["ms"], found["execution_ms"], usual)),
        median_ms=usual,
        version=VERSION,
        updated_at=now,
    )


def _numbers(score: Flakiness) -> dict[str, Any]:
    return {
        "n": score.counted.n,
        "recoveries": score.counted.recoveries,
        "episodes": score.counted.episodes,
        "outages": score.counted.outages,
        "failures": score.counted.failures,
        "trials": score.trials,
        "rate": score.rate,
        "lo": score.lo,
        "hi": score.hi,
        "flip_rate": score.flip_rate,
        "health": score.health.value,
        "has_recovered": score.has_recovered,
    }


def _lost_ms(
    sequence: str, ms: Sequence[float | None], execution_ms: Sequence[float | None], usual: float | None
) -> float:
    """What flakiness cost: of a retried step the time beyond the usual; of a short failure the whole execution."""
    lost, at = 0.0, 0
    for segment in sequence.split(CHANGE):
        short = in_episodes(segment)
        for place, letter in enumerate(segment):
            if letter == RECOVERED:
                lost += max(0.0, (ms[at] or 0.0) - (usual or 0.0))
            elif place in short:
                lost += execution_ms[at] or 0.0
            at += 1
    return lost


def in_episodes(segment: str) -> set[int]:
    """Places of failures that belong to a short bounded failure."""
    places: set[int] = set()
    start = None
    for at, letter in enumerate(segment):
        if letter == FAILED:
            start = at if start is None else start
        elif start is not None:
            if start > 0 and at - start <= LONGEST_EPISODE:
                places.update(range(start, at))
            start = None
    return places


def event_places(sequence: str) -> list[int]:
    """Places of the results that count as flaky: retries, and failures that were short and bounded."""
    places, at = [], 0
    for segment in sequence.split(CHANGE):
        short = in_episodes(segment)
        for place, letter in enumerate(segment):
            if letter == RECOVERED or place in short:
                places.append(at)
            at += 1
    return places


def _forget(gone: Iterable[tuple[int, str, str]]) -> None:
    for flow_id, environment, key in gone:
        StepHealth.objects.filter(flow_id=flow_id, environment=environment, key=key).delete()


_UPDATED: Final = [
    field.name
    for field in StepHealth._meta.concrete_fields  # noqa: SLF001 - our own model
    if field.name not in {"id", "flow", "environment", "key"}
]
