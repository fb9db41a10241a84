"""The words in which an attempt is settled: what became of it, and what the execution does next."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from executions.live import Kept
from executions.payloads import Recorded
from executions.status import AttemptStatus, Phase, Status, StepStatus
from flows.language.plan import PlannedStep


@dataclass(frozen=True)
class Failure:
    kind: str
    code: str
    message: str


@dataclass(frozen=True, kw_only=True)
class Ended:
    """What became of an attempt, masked and ready to be written."""

    attempt: AttemptStatus
    step: StepStatus
    failure: Failure | None = None
    message: str = ""  # one line for the timeline
    skip_reason: str = ""
    soft: bool = False
    may_have_taken_effect: bool = False
    asserted: bool = False
    endpoint: tuple[str, str, str, str] = ("", "", "", "")  # protocol, service, operation, route
    payload: Recorded | None = None
    kept: Sequence[Kept] = ()
    timing: Any = None
    condition: Any = None
    assertions: Any = None
    captured: Any = None
    reads: Any = None
    draws: Any = None
    resume_state: Any = None

    @property
    def is_hard_failure(self) -> bool:
        return self.step is StepStatus.FAILED and not self.soft


@dataclass(frozen=True)
class Further:
    """A harmless step that was run after the claimed one, and is first written together with what became of it."""

    step: PlannedStep
    ended: Ended
    began: float  # monotonic seconds, as is `over`
    over: float


@dataclass(frozen=True)
class State:
    """What a decision depends on, as it was when somebody last looked."""

    phase: Phase
    outcome: Status | None  # fixed when teardown begins
    cancel_requested: bool
    deadline_passed: bool  # the flow's; in teardown, the teardown's
    failed_hard: bool  # a step before this one failed, and not softly


@dataclass(frozen=True, kw_only=True)
class Go:
    """The next step, and the phase it belongs to."""

    step: PlannedStep
    parent_id: int | None = None
    phase: Phase
    outcome: Status | None = None
    teardown_seconds: float | None = None  # set when this step begins the teardown
    claim: bool = False  # by the same worker, in the same breath


@dataclass(frozen=True)
class Again:
    """The same step, one attempt more, in so many seconds."""

    seconds: float


@dataclass(frozen=True)
class Wait:
    """The same attempt goes on in so many seconds; no worker waits for it."""

    seconds: float


@dataclass(frozen=True)
class End:
    """The execution is over."""

    status: Status
    outcome: Status
    reason: str = ""


Next = Go | Again | Wait | End
