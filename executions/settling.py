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
    lost: bool = False  # its worker was lost, and the same attempt goes on elsewhere

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
    step_runs: int = 0  # that have ended
    stopping: str = ""  # why the steps inside the container of this one must not go on


@dataclass(frozen=True, kw_only=True)
class Go:
    """The next step, and the phase it belongs to."""

    step: PlannedStep
    path: str
    parent_id: int | None = None
    container_id: int | None = None
    turn: int | None = None
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
    keeps_state: bool = False  # what it needs to go on is as it was


@dataclass(frozen=True)
class Await:
    """The same attempt goes on when the execution it started has ended."""

    seconds: float | None = None  # it may take


@dataclass(frozen=True, kw_only=True)
class Fan:
    """The steps inside this one begin; it waits for them without a worker."""

    firsts: tuple[PlannedStep, ...]  # the first step of each turn; one where all turns have the same
    container_path: str
    total: int  # turns there will be
    first: int = 0  # the first of them that has not begun
    width: int = 1  # turns at once
    is_numbered: bool = True  # each turn's number is in its steps' addresses
    stops_at_failure: bool = False  # a turn that failed stops the others, and no more begin
    seconds: float | None = None  # it may take, all in all
    claim: bool = False  # the first step, by the same worker

    @property
    def starting(self) -> int:
        return min(self.width, self.total - self.first)

    def first_of(self, turn: int) -> PlannedStep:
        return self.firsts[turn] if len(self.firsts) > 1 else self.firsts[0]


@dataclass(frozen=True, kw_only=True)
class Arrive:
    """A turn is over: the container's next one begins, or, if it was the last, the container goes on."""

    failed: bool  # its last step failed, and is not forgiven
    forgiven: tuple[str, ...]  # keys of its steps whose failure is no failure of the turn: those that say `soft`
    may_start: bool  # another turn, if there is one
    firsts: tuple[PlannedStep, ...]  # as in Fan
    container_id: int = 0
    turn: int | None = None
    claim: bool = False


@dataclass(frozen=True)
class End:
    """The execution is over."""

    status: Status
    outcome: Status
    reason: str = ""


Next = Go | Again | Wait | Await | Fan | Arrive | End
