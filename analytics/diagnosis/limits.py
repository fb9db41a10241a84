"""How long a step may take, as far as its flow says so in plain numbers."""

from typing import Any, Final

from executions.models import StepRun
from executions.operations.start import plan_of
from flows.language.durations import BadDuration, parse_duration

DEFAULT_SECONDS: Final = 30.0  # of a step that says nothing and does not wait


def limit_ms(step: StepRun) -> float | None:
    """The lower of its own time-out and its action's; None where it may take what the flow has left."""
    try:
        planned = plan_of(step.flow_version).at(step.path)
    except KeyError:
        return None
    default = None if planned.spec.waits else DEFAULT_SECONDS
    own = default if planned.step.timeout is None else _seconds(planned.step.timeout)
    known = [one for one in (own, _seconds(planned.step.config.get("timeout"))) if one is not None]
    return 1000 * min(known) if known else None


def _seconds(written: Any) -> float | None:
    """None too for a template: what it came to is not kept."""
    if written is None:
        return None
    try:
        return parse_duration(written)
    except BadDuration:
        return None
