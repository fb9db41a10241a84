"""One attempt of one step: condition → render → action → assertions → outputs (FLOW_LANGUAGE §2).

Everything here is in clear and in memory. `outcome.py` masks it for the record; `engine.py` decides what follows.
"""

import logging
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from pydantic import BaseModel, ValidationError

from executions.live import Kept
from executions.payloads import Written
from executions.settling import Failure
from executions.status import AttemptStatus, FailureKind
from flows.language.assertions import AssertionRecord, check_any, check_assertion, check_condition, check_none
from flows.language.durations import BadDuration, parse_duration
from flows.language.expressions.budget import Allowance
from flows.language.expressions.errors import ExpressionError
from flows.language.paths import capture
from flows.language.plan import PlannedStep
from flows.language.scope import Scope
from flows.language.spec import AssertionSpec, OutputSpec, RetrySpec
from flows.language.templates import TemplateError, render
from flows.language.values import is_missing
from workers.actions import ACTIONS
from workers.actions.base import Action, Call, Endpoint, Open, Park, Prepared, Result, StepContext
from workers.errors import Aborted, AssertionsFailed, ExtractionFailed, StepError, StepMisconfigured, TemplateFailed

log = logging.getLogger(__name__)

NO_RETRY = RetrySpec()
DEFAULT_TIMEOUT = 30.0  # seconds, of one attempt
INTERRUPTED = {
    "cancelled": "Cancelled by hand.",
    "deadline": "The flow's time was up.",
    "stopped": "",  # whoever commits it knows why
}
TOO_CLOSE_TO_CALL = 0.02  # seconds: a timer may fire this much before its time


@dataclass(frozen=True)
class Rendered:
    """A step's config, and what it says before anything is touched."""

    config: BaseModel
    endpoint: Endpoint | None
    prepared: Prepared | None = None  # what the action's make_ready gave
    written: Written | None = None  # for the record, masked


@dataclass
class Outcome:
    """What an attempt came to, in clear."""

    status: AttemptStatus = AttemptStatus.PASSED
    failure: Failure | None = None
    message: str = ""
    skip_reason: str = ""
    park: Park | None = None
    open: Open | None = None
    call: Call | None = None
    called_id: int | None = None  # the execution that was started for it
    handed_on: Sequence[Kept] = ()  # by the turns inside it, to whatever follows
    seconds_left: float | None = None  # of the attempt's own time, when the park is over
    request: dict[str, Any] = field(default_factory=dict)
    result: dict[str, Any] = field(default_factory=dict)
    written: Written | None = None  # the request, as it was expected to be
    is_partial: bool = False  # `result` is what came before it broke off
    condition: dict[str, Any] | None = None
    assertions: list[dict[str, Any]] = field(default_factory=list)
    captured: list[dict[str, Any]] = field(default_factory=list)  # {name, path, value, source}
    endpoint: tuple[str, str, str, str] = ("", "", "", "")
    secrets: dict[str, str] = field(default_factory=dict)  # the action got hold of them on its way
    scope: Scope | None = None
    retry: RetrySpec = NO_RETRY

    @property
    def variables(self) -> dict[str, Any]:
        return {entry["name"]: entry["value"] for entry in self.captured}


def skip_or_none(planned: PlannedStep, scope: Scope) -> Outcome | None:
    """The outcome of a step that is disabled, whose condition does not hold, or cannot be evaluated; else None."""
    step = planned.step
    if step.disabled:
        return Outcome(AttemptStatus.SKIPPED, skip_reason="The step is disabled.")
    if step.run_condition is None:
        return None
    record = check_condition(step.run_condition, scope)
    if record.value is True:
        return None
    if record.value is False:
        return Outcome(AttemptStatus.SKIPPED, skip_reason=f"{step.run_condition} is false", condition=record.to_json())
    failure = Failure(FailureKind.TEMPLATE, "condition", f"run_condition: {record.error}")
    return Outcome(AttemptStatus.FAILED, failure, condition=record.to_json())


def timeout_of(planned: PlannedStep, scope: Scope) -> float | None:
    """Seconds one attempt may take; None for no limit but the flow's. Raises StepError."""
    written = planned.step.timeout
    if written is None:
        return None if planned.spec.waits else DEFAULT_TIMEOUT
    try:
        return parse_duration(_render(written, scope, "timeout"))
    except BadDuration as exc:
        raise StepMisconfigured(f"timeout: {exc}") from exc


def make_attempt(
    planned: PlannedStep,
    scope: Scope,
    context: StepContext,
    *,
    after: Scope | None = None,
    rendered: Rendered | None = None,
) -> Outcome:
    """Do it once. Never raises for what the flow, the target or the abort does.

    The config is rendered over `scope`; the action, the assertions and outputs of a step that goes on after the steps
    inside it read `after`, which knows what these captured. `rendered`, if that has been done before.
    """
    outcome = Outcome(scope=scope)
    try:
        _attempt(planned, scope, context, outcome, after or scope, rendered)
    except StepError as exc:
        _fail(outcome, context, exc)
    except Aborted as exc:
        _interrupted(outcome, context, exc.reason)
    except Exception as exc:
        if context.abort.reason is not None:  # the socket was shut under the driver: whatever it said, this is why
            _interrupted(outcome, context, context.abort.reason)
        else:
            log.exception("step %s broke in a way nobody foresaw", planned.path)
            _fail(outcome, context, StepError(f"{type(exc).__name__}: {exc}", code="internal"))
    outcome.endpoint = _touched(context.endpoint)
    outcome.request = context.request
    outcome.secrets = context.secrets
    return outcome


def _touched(endpoint: Endpoint | None) -> tuple[str, str, str, str]:
    """`endpoint` as the step run's columns hold it."""
    if endpoint is None:
        return ("", "", "", "")
    return (endpoint.protocol[:16], endpoint.service[:255], endpoint.operation[:255], endpoint.route[:1024])


def _attempt(
    planned: PlannedStep,
    scope: Scope,
    context: StepContext,
    outcome: Outcome,
    after: Scope,
    rendered: Rendered | None,
) -> None:
    action = ACTIONS[planned.step.action]
    if rendered is None:
        config = render_config(planned, action, scope)
        rendered = Rendered(config, action.endpoint(config, planned.step.config))
    context.endpoint, context.ready, outcome.written = rendered.endpoint, rendered.prepared, rendered.written
    scope = after
    language = _Language(scope, outcome)
    context.language = language
    context.written = planned.step.config
    context.groups = frozenset(group for group, steps in planned.step.children.items() if steps)
    context.asserted_names = planned.asserted_names
    context.asserts = planned.step.asserts
    context.has_timeout = planned.step.timeout is not None
    found = action.run(rendered.config, context)
    if isinstance(found, Park):
        outcome.status, outcome.park = AttemptStatus.WAITING, found
        return
    if isinstance(found, Call):
        outcome.status, outcome.call, outcome.message = AttemptStatus.WAITING, found, f"runs {found.flow}"
        return
    if isinstance(found, Open):
        outcome.status, outcome.open, outcome.message = AttemptStatus.WAITING, found, found.summary
        return
    outcome.result = found
    outcome.message = action.summary(rendered.config, found)
    outcome.scope = over = scope.with_result(found)
    _assert(planned, over, outcome)
    _capture(planned, over, found, outcome)


def render_config(planned: PlannedStep, action: Action[Any], scope: Scope) -> BaseModel:
    """The config with its templates rendered, validated. Raises TemplateFailed, StepMisconfigured."""
    rendered = _render(planned.step.config, scope, "config", skip=action.spec.expression_keys)
    try:
        config: BaseModel = action.spec.Config.model_validate(rendered)
    except ValidationError as exc:
        raise StepMisconfigured(_sentences(exc)) from exc
    return config


def is_repeatable(planned: PlannedStep) -> bool:
    """Whether doing the step twice does no harm, judged by what is written (DESIGN §5.4)."""
    if planned.step.repeatable:
        return True
    action = ACTIONS[planned.step.action]
    try:
        config = action.spec.Config.model_validate(planned.step.config, context={"static": True})
        return action.is_repeatable(config)
    except (ValueError, TypeError, AttributeError):  # it only makes sense rendered: then nobody can promise anything
        return False


class _Language:
    """What the local actions ask of the flow they run in."""

    def __init__(self, scope: Scope, outcome: Outcome) -> None:
        self._scope = scope
        self._outcome = outcome

    def assert_all(self, assertions: Sequence[Any], *, over: Any = None) -> list[dict[str, Any]]:
        scope = self._scope.with_result(over) if isinstance(over, Mapping) else self._scope
        specs = [
            AssertionSpec(**item) if isinstance(item, dict) else AssertionSpec(expression=item) for item in assertions
        ]
        records = [record.to_json() for record in _check(specs, scope)]
        self._outcome.assertions.extend(records)
        return records

    def check(self, condition: str) -> bool:
        record = check_condition(condition, self._scope)
        self._outcome.condition = record.to_json()
        if record.value is None:
            raise TemplateFailed(f"condition: {record.error}", code="condition")
        return record.value

    def evaluate(self, expression: str, *, over: Any = None) -> Any:
        scope = self._scope
        if over is not None:
            scope = scope.with_result(over if isinstance(over, Mapping) else {"body": over})
        return _found(expression, scope)

    def judge(self, expression: str, *, over: Mapping[str, Any]) -> dict[str, Any]:
        # An allowance of its own: a thousand messages may each be looked at.
        scope = replace(self._scope.with_result(over), allowance=Allowance())
        return check_assertion(expression, scope).to_json()

    def render(self, value: Any, *, place: str) -> Any:
        return _render(value, self._scope, place)


def _check(specs: Sequence[AssertionSpec], scope: Scope) -> list[AssertionRecord]:
    return [check_assertion(spec.expression, scope, message=spec.message, line=spec.line or None) for spec in specs]


def _render(value: Any, scope: Scope, place: str, *, skip: Collection[str] = ()) -> Any:
    try:
        return render(value, scope, place=place, skip=skip)
    except TemplateError as exc:
        raise TemplateFailed(str(exc)) from exc


def _assert(planned: PlannedStep, scope: Scope, outcome: Outcome) -> None:
    """Evaluate and record them all; then fail if the step's assertions do not hold."""
    step = planned.step
    every, some, none = (_check(specs, scope) for specs in (step.assert_, step.assert_any, step.assert_none))
    any_of, none_of = check_any(some), check_none(none)
    outcome.assertions += [_written(record, "all", passed=record.passed) for record in every]
    outcome.assertions += [_written(record, "any", passed=record.passed or any_of.passed) for record in some]
    outcome.assertions += [_written(record, "none", passed=not record.passed and not record.error) for record in none]
    failed = [record.message for record in every if not record.passed]
    failed += [group.message for group in (any_of, none_of) if not group.passed]
    if failed:
        more = f" (and {len(failed) - 1} more)" if len(failed) > 1 else ""
        raise AssertionsFailed(failed[0] + more)


def _written(record: AssertionRecord, group: str, *, passed: bool) -> dict[str, Any]:
    """One assertion for the record. `held` is what its expression came to; `passed`, whether that is no failure: in
    `assert_none` the two are opposites, and where one of `assert_any` holds, the others are forgiven.
    """
    message = "" if passed else record.message or f"{record.expression} holds, expected it not to"
    return {**record.to_json(), "group": group, "held": record.passed, "passed": passed, "message": message}


def _capture(planned: PlannedStep, scope: Scope, result: Result, outcome: Outcome) -> None:
    step_id = planned.step.id
    if planned.spec.captures_result:
        outcome.captured += [
            {"name": name, "path": name, "value": value, "source": step_id} for name, value in result.items()
        ]
    missing: list[str] = []
    for name, output in planned.step.output.items():
        found = _captured_value(output, scope)
        if is_missing(found):
            missing.append(f"Output {name}: {output.path}: {found.sentence()}")
            continue
        outcome.captured.append({"name": name, "path": output.path, "value": found, "source": step_id})
    if missing:
        raise ExtractionFailed(" ".join(missing))


def _captured_value(output: OutputSpec, scope: Scope) -> Any:
    try:
        found = capture(output.path, scope)
    except ExpressionError as exc:
        raise ExtractionFailed(f"{output.path}: {exc}", code="bad_path") from exc
    if not is_missing(found):
        return found
    if output.has_default:
        return output.default
    return None if output.optional else found


def _found(path: str, scope: Scope) -> Any:
    try:
        found = capture(path, scope)
    except ExpressionError as exc:
        raise ExtractionFailed(f"{path}: {exc}", code="bad_path") from exc
    if is_missing(found):
        raise ExtractionFailed(f"{path}: {found.sentence()}")
    return found


def _fail(outcome: Outcome, context: StepContext, error: StepError) -> None:
    if error.kind == FailureKind.TIMEOUT and context.remaining < TOO_CLOSE_TO_CALL:
        context.abort.set(context.deadline_reason)  # the action saw that its time was up before the watch did
    reason = context.abort.reason
    if reason is not None and not isinstance(error, AssertionsFailed | ExtractionFailed):
        _interrupted(outcome, context, reason, error)
        return
    outcome.status = AttemptStatus.FAILED
    outcome.failure = Failure(error.kind, error.code, error.message)
    if not outcome.result:
        outcome.result = {**context.partial, **(error.partial or {})}
        outcome.is_partial = bool(outcome.result)


def _interrupted(outcome: Outcome, context: StepContext, reason: str, error: StepError | None = None) -> None:
    """The engine stopped it. A step's own time-out is its failure; the rest is not the step's fault."""
    outcome.result = {**context.partial, **((error.partial if error else None) or {})}
    outcome.is_partial = bool(outcome.result)
    if reason == "timeout":
        own = error if error is not None and error.kind == FailureKind.TIMEOUT else None
        limit = f"within {context.deadline - context.began:.3g} s."
        said = f"No answer {limit}" if own is None else f"{own.message.rstrip('.')}: it was not over {limit}"
        outcome.status = AttemptStatus.FAILED
        outcome.failure = Failure(FailureKind.TIMEOUT, own.code if own else "timeout", said)
    elif reason == "lease_lost":
        outcome.status = AttemptStatus.LOST
        outcome.failure = Failure(FailureKind.WORKER_LOST, "lease_lost", "The worker lost touch with the database.")
    else:
        outcome.status = AttemptStatus.CANCELLED
        outcome.message = INTERRUPTED[reason]


def _sentences(error: ValidationError) -> str:
    """pydantic's findings without the values: a value may be a secret."""
    found = []
    for item in error.errors(include_url=False, include_input=False, include_context=False):
        place = ".".join(str(part) for part in item["loc"])
        said = item["msg"].removeprefix("Value error, ")
        wanted = said.removeprefix("Input should be")
        found.append(said if not place else f"{place}: {said}" if wanted == said else f"{place} must be{wanted}")
    return "; ".join(found)
