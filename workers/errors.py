"""
How a step can fail. Anything else that escapes an action is our bug and is recorded as such.

StepError                what the engine catches
├── StepMisconfigured    config       the flow is wrong; never tried again by default
├── TemplateFailed       template     a template did not resolve; never tried again by default
├── AssertionsFailed     assertion    the target answered, and not as expected
├── ExtractionFailed     extraction   an output path found nothing
├── TargetRefused        action       the target said no
├── TargetUnreachable    unreachable  the target could not be reached, or broke off
├── StepTimedOut         timeout      the attempt's time was up
└── InsideFailed         (the step's) a step inside this one failed

Aborted                  not a failure of the step: the engine interrupted it (cancel, deadline, lost lease)
"""

from typing import Any, ClassVar


class StepError(Exception):
    """One attempt failed. `code` refines the kind (`http_503`, `dns`); `partial` is what came back before it broke."""

    kind: str = "action"
    default_code: ClassVar[str] = "error"

    def __init__(self, message: str, *, code: str = "", partial: dict[str, Any] | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.code = code or self.default_code
        self.partial = partial


class StepMisconfigured(StepError):
    kind = "config"
    default_code = "config"


class TemplateFailed(StepError):
    kind = "template"
    default_code = "unresolved"


class AssertionsFailed(StepError):
    kind = "assertion"
    default_code = "assertion"


class ExtractionFailed(StepError):
    kind = "extraction"
    default_code = "not_found"


class TargetRefused(StepError):
    kind = "action"
    default_code = "refused"


class TargetUnreachable(StepError):
    kind = "unreachable"
    default_code = "unreachable"


class StepTimedOut(StepError):
    kind = "timeout"
    default_code = "timeout"


class InsideFailed(StepError):
    """A step inside this one failed; kind and code are those of its failure."""

    def __init__(self, message: str, *, kind: str, code: str, partial: dict[str, Any] | None = None) -> None:
        super().__init__(message, code=code, partial=partial)
        self.kind = kind


class Aborted(Exception):
    """The engine told the action to stop; `reason` is one of `cancelled`, `deadline`, `timeout`, `lease_lost`."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason
