"""Whether a failed attempt is tried again, and when (FLOW_LANGUAGE §2, `retry`)."""

import random

from executions.settling import Failure
from executions.status import FailureKind
from flows.language.assertions import check_condition
from flows.language.plan import PlannedStep
from flows.language.scope import Scope
from flows.language.spec import RETRY_ALIASES, FlowSpec, RetrySpec
from flows.language.templates import TemplateError, render
from workers.errors import StepMisconfigured, TemplateFailed

NO_RETRY = RetrySpec()
KINDS = frozenset(FailureKind.values)
# Without `retry_on`: a flow that is wrong stays wrong; a lost worker is judged by DESIGN §5.4, not by `retry`.
NEVER_BY_DEFAULT = frozenset({FailureKind.TEMPLATE.value, FailureKind.CONFIG.value, FailureKind.WORKER_LOST.value})


def retry_of(planned: PlannedStep, flow: FlowSpec, scope: Scope) -> RetrySpec:
    """The step's own policy, else the flow's, with its templates rendered. Raises StepError."""
    retry = planned.step.retry or flow.config.retry or NO_RETRY
    try:
        return retry.rendered(lambda text: render(text, scope, place="retry"))
    except TemplateError as exc:
        raise TemplateFailed(str(exc)) from exc
    except ValueError as exc:
        raise StepMisconfigured(f"retry: {exc}") from exc


def wants_another(retry: RetrySpec, failure: Failure, scope: Scope, *, attempt: int) -> bool:
    """Whether attempt number `attempt`, which failed, is followed by another. `scope` holds its result, if any.

    An expression that cannot be evaluated over what came back does not match.
    """
    if attempt >= int(retry.max_attempts) or failure.kind == FailureKind.WORKER_LOST:
        return False
    if any(_matches(condition, failure, scope) for condition in retry.retry_on_not):
        return False
    if retry.retry_on is None:
        return failure.kind not in NEVER_BY_DEFAULT
    return any(_matches(condition, failure, scope) for condition in retry.retry_on)


def why_undecided(retry: RetrySpec, failure: Failure, scope: Scope) -> str:
    """Of the expressions of `retry_on` that could not be evaluated over what came back, the first and why; or empty."""
    for condition in retry.retry_on or ():
        if _named(condition, failure) is None and (error := check_condition(condition, scope).error):
            return f"retry_on {condition}: {error}"
    return ""


def delay_before_next(retry: RetrySpec, *, attempt: int) -> float:
    """Seconds between attempt number `attempt` and the next."""
    return retry.delay_before(attempt + 1, random.random())  # noqa: S311 - jitter, not a secret


def _matches(condition: str, failure: Failure, scope: Scope) -> bool:
    named = _named(condition, failure)
    return check_condition(condition, scope).value is True if named is None else named


def _named(condition: str, failure: Failure) -> bool | None:
    """Whether a kind of failure or a code is this one's; None for an expression."""
    name = RETRY_ALIASES.get(condition.strip(), condition.strip())
    if name in {"any", failure.kind, failure.code}:
        return True
    return False if name in KINDS else None
