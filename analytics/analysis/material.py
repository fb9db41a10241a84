"""What the model gets beyond the evidence of the rules: requests, responses, inputs, earlier failures."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any, Final

from analytics.analysis.budget import CONSUMED, DIFFERENCES, FAILED_STEP, HISTORY, fitted, room_of
from analytics.diagnosis.pack import Diagnosis
from analytics.questions.rows import rows
from executions.comparing.results import tell_apart
from executions.models import Attempt, Execution, StepRun
from executions.operations.start import plan_of
from flows.language import jsontext

LARGEST: Final = 1_000_000  # characters of a body that are read
BEGINNING: Final = 40_000  # of a larger one
EARLIER: Final = 5
Found = tuple[str, str, dict[str, Any], bool]  # type, fact, data, whether it is untrusted


def material(execution: Execution, diagnosis: Diagnosis) -> Iterator[Found]:
    step = StepRun.objects.get(execution=execution, path=diagnosis.failed_step.path)
    attempts = list(Attempt.objects.filter(step_run=step).order_by("number"))
    if attempts:
        yield from _exchange(attempts[-1], diagnosis)
    yield from _definition(execution, step)
    if len(attempts) > 1:
        yield _tries(attempts)
    if attempts:
        yield from _inputs(execution, attempts[-1])
    yield from _earlier(execution, step)


def _exchange(attempt: Attempt, diagnosis: Diagnosis) -> Iterator[Found]:
    own = _payload(attempt.pk)
    keep = [_path(source) for one in attempt.assertions or () for source in _sources(one)]
    if own.get("request") is not None:
        shown = fitted(own["request"], room_of(FAILED_STEP) * 3 // 10)
        yield "request_sent", "what the step sent in its last attempt", {"request": shown, "tab": "request"}, True
    if own.get("response") is not None:
        shown = fitted(own["response"], room_of(FAILED_STEP) // 2, keep=keep)
        yield "response", "what came back in the last attempt", {"response": shown, "tab": "response"}, True
    last_pass = _last_pass(diagnosis)
    if last_pass is None:
        return
    before = _payload(_attempt_of(last_pass, diagnosis.failed_step.path))
    for part in ("request", "response"):
        if before.get(part) is None or own.get(part) is None:
            continue
        found = tell_apart(before.get(part), own.get(part)).found
        if found:
            told = [{"path": one.path, "kind": one.kind, "before": one.left, "now": one.right} for one in found[:25]]
            fact = f"{len(found)} values of the {part} differ from #{last_pass}, the last run that passed"
            data = {"differences": fitted(told, room_of(DIFFERENCES) // 2), "with": last_pass, "tab": part}
            yield f"{part}_differences", fact, data, True


def _sources(assertion: Mapping[str, Any]) -> Iterator[str]:
    return (str(part["source"]) for part in assertion.get("parts") or () if part.get("source"))


def _path(source: str) -> tuple[str, ...]:
    return tuple(part for part in source.replace("[", ".").replace("]", "").replace("'", "").split(".") if part)


def _definition(execution: Execution, step: StepRun) -> Iterator[Found]:
    try:
        planned = plan_of(execution.flow_version).at(step.path).step
    except KeyError:
        return
    written = planned.model_dump(
        mode="python", exclude_defaults=True, exclude={"children", "error_steps", "line", "kept"}
    )
    shown = fitted(jsontext.loads(jsontext.dumps(written)), room_of(FAILED_STEP) // 10)
    yield "definition", "the step as the flow has it", {"step": shown}, True


def _tries(attempts: list[Attempt]) -> Found:
    told = [
        {"number": one.number, "status": one.status, "code": one.failure_code,
         "ms": _ms(one.started_at, one.finished_at), "message": one.failure_message[:200]}
        for one in attempts[:10]
    ]  # fmt: skip
    codes = ", ".join(one.failure_code or one.status for one in attempts[:10])
    return "attempts", f"{len(attempts)} attempts: {codes}", {"attempts": told, "tab": "attempts"}, True


def _ms(start: datetime, end: datetime | None) -> int | None:
    return round((end - start).total_seconds() * 1000) if end else None


def _inputs(execution: Execution, attempt: Attempt) -> Iterator[Found]:
    """Variables that the step read and an earlier one captured, with their values as recorded."""
    wanted = {one["name"] for one in attempt.reads or () if str(one["source"]).startswith(("captured", "step:"))}
    if not wanted:
        return
    earlier = Attempt.objects.filter(
        step_run__execution=execution, captured__isnull=False, started_at__lte=attempt.started_at
    ).exclude(pk=attempt.pk).select_related("step_run").only("captured", "step_run__path")  # fmt: skip
    room = room_of(CONSUMED) // len(wanted)
    for one in earlier.order_by("-started_at")[:200]:
        for entry in one.captured or ():
            if entry["name"] in wanted:
                wanted.discard(entry["name"])
                data = {
                    "name": entry["name"],
                    "path": entry.get("path", ""),
                    "step": one.step_run.path,
                    "value": fitted(entry.get("value"), room),
                }
                yield "inputs", f"{entry['name']} came from {one.step_run.path}", data, True


def _earlier(execution: Execution, step: StepRun) -> Iterator[Found]:
    found = rows(
        """SELECT s.execution_id, s.finished_at, s.failure_kind, s.failure_code, left(s.message, 300) AS message
             FROM executions_steprun s
            WHERE s.flow_id = %(flow)s AND s.environment_id IS NOT DISTINCT FROM %(environment)s AND s.key = %(key)s
              AND s.status = 'failed' AND s.started_at < %(before)s AND s.started_at > %(before)s - interval '14 days'
            ORDER BY s.started_at DESC LIMIT %(most)s""",
        {"flow": execution.flow_id, "environment": execution.environment_id, "key": step.key,
         "before": step.started_at, "most": EARLIER},
    )  # fmt: skip
    if found:
        told = [
            {"execution": one["execution_id"], "at": f"{one['finished_at']:%Y-%m-%d %H:%M}",
             "code": one["failure_code"], "message": one["message"]}
            for one in found if one["finished_at"]
        ]  # fmt: skip
        fact = f"the last {len(told)} failures of this step before this one"
        yield "earlier_failures", fact, {"failures": fitted(told, room_of(HISTORY) // 2)}, True


def _last_pass(diagnosis: Diagnosis) -> int | None:
    return next((one.execution for one in reversed(diagnosis.seen[:-1]) if one.outcome != "failed"), None)


def _attempt_of(execution: int, path: str) -> int:
    found = Attempt.objects.filter(step_run__execution_id=execution, step_run__path=path).order_by("-number").first()
    return found.pk if found else 0


def _payload(attempt: int) -> dict[str, Any]:
    found = rows(
        """SELECT left(request, %(most)s) AS request, left(response, %(most)s) AS response
             FROM executions_payload WHERE attempt_id = %(attempt)s""",
        {"attempt": attempt, "most": LARGEST + 1},
    )
    return {name: _read(text) for name, text in found[0].items()} if found else {}


def _read(text: str | None) -> Any:
    """As data; of what is too long, the beginning of its text."""
    if text is None:
        return None
    if len(text) > LARGEST:
        return text[:BEGINNING]
    try:
        return jsontext.loads(text)
    except ValueError:
        return text[:BEGINNING]
