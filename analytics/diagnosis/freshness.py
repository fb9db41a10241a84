"""Whether what a step asks for was made by this very run, moments before: then it may only not be there yet."""

from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Any, Final

from analytics.diagnosis.samples import LARGEST
from analytics.questions.rows import rows
from executions.models import Attempt, Execution, StepRun
from flows.language import jsontext

MOMENTS: Final = timedelta(seconds=10)
MOST_MAKERS: Final = 50
SHORTEST: Final = 3  # characters of a value that can be told apart from chance
_MAKING: Final = ("POST", "PUT", "PATCH", "INSERT", "UPDATE", "PRODUCE", "SET")
_FROM: Final = ("captured:", "step:")


def made_by(execution: Execution, attempt: Attempt, request: Any) -> tuple[str, float] | None:
    """The step's path and the milliseconds since; None where nothing it asks for is so young."""
    sources = {one["source"] for one in attempt.reads or () if one["source"].startswith(_FROM)}
    makers = {source.partition(":")[2] for source in sources}
    asked = {text for text in _texts(request, is_top=True) if len(text) >= SHORTEST}
    if not makers or not asked:
        return None
    found = rows(
        _MADE,
        {
            "execution": execution.pk,
            "steps": sorted(makers),
            "since": attempt.started_at - MOMENTS,
            "until": attempt.started_at,
            "making": list(_MAKING),
            "largest": LARGEST,
        },
    )
    for one in found:
        given = [entry.get("value") for entry in _read(one["captured"]) or ()]
        if f"step:{one['step_id']}" in sources:
            given.append(_body(_read(one["response"])))
        if any(_is_in(value, asked) for value in set(_texts(given)) if len(value) >= SHORTEST):
            return one["path"], (attempt.started_at - one["finished_at"]).total_seconds() * 1000
    return None


def makers_before(execution: Execution, step: StepRun) -> set[str]:
    """Ids of the steps of this run before it that changed something somewhere."""
    before = StepRun.objects.filter(
        execution=execution, status="passed", operation__in=[*_MAKING, "DELETE"], finished_at__lte=step.started_at
    )
    return set(before.order_by("-pk").values_list("step_id", flat=True)[:MOST_MAKERS])


def _is_in(value: str, asked: set[str]) -> bool:
    """As a whole, or as a part of an address."""
    return value in asked or any(f"/{value}" in text or f"={value}" in text for text in asked)


def _texts(value: Any, *, is_top: bool = False) -> Iterator[str]:
    """Texts and numbers in it; of a request without its headers, which carry who asks and not what for."""
    if isinstance(value, Mapping):
        for name, member in value.items():
            if not (is_top and name in {"headers", "method", "metadata", "query"}):
                yield from _texts(member)
    elif isinstance(value, list):
        for member in value[:100]:
            yield from _texts(member)
    elif isinstance(value, str):
        yield value
    elif isinstance(value, int) and not isinstance(value, bool):
        yield str(value)


def _body(response: Any) -> Any:
    return response.get("body", response) if isinstance(response, Mapping) else response


def _read(text: str | None) -> Any:
    return None if text is None else jsontext.loads(text)


_MADE: Final = """
    SELECT s.path, s.step_id, s.finished_at, a.captured,
           CASE WHEN length(p.response) <= %(largest)s THEN p.response END AS response
      FROM executions_steprun s
      JOIN LATERAL (SELECT id, captured FROM executions_attempt
                     WHERE step_run_id = s.id ORDER BY number DESC LIMIT 1) a ON TRUE
      LEFT JOIN executions_payload p ON p.attempt_id = a.id
     WHERE s.execution_id = %(execution)s AND s.step_id = ANY(%(steps)s) AND s.status = 'passed'
       AND s.operation = ANY(%(making)s) AND s.finished_at BETWEEN %(since)s AND %(until)s
     ORDER BY s.finished_at DESC LIMIT 5"""
