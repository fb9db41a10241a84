"""The shape of an action, and what it is given.

An action does one attempt of one step and nothing else: retries, assertions, outputs, masking, the record and events
wrap it in the engine. It obeys `context.deadline` as a total, registers with `context.abort` how to unblock itself, and
reports failure by raising a `StepError`. An `OSError` or driver error caused by an abort may escape as it is: the
engine asks the abort first.
"""

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from time import monotonic
from typing import Any, ClassVar, Generic, Protocol, TypeVar

from pydantic import BaseModel

from executions.operations.calls import Called
from flows.language.actions.base import ActionSpec
from workers.abort import Abort
from workers.carried import Carried
from workers.egress import Egress

ConfigT = TypeVar("ConfigT", bound=BaseModel)
Result = dict[str, Any]  # JSON types and Decimal; its keys are what assertions and outputs see


@dataclass(frozen=True)
class Endpoint:
    """What a step touched, for coverage: `http api.shop:5016`, `GET`, `/orders/{}`."""

    protocol: str
    service: str
    operation: str
    route: str


@dataclass(frozen=True)
class Park:
    """The action waits without a worker; `state` comes back in `context.resumed` when the time has come."""

    seconds: float
    state: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Open:
    """The action lets the steps inside it run, and goes on when the last of them has ended: `context.resumed` holds
    `state` then, and `context.turns` what came of them.
    """

    names: Sequence[Mapping[str, Any]]  # one for each turn: what its steps may read besides, such as the item
    width: int = 1  # turns at once
    group: str = ""  # whose steps run: a config key; left out where each turn has its own or all have the same
    first: int = 0  # number of the first of these turns, where others have run before
    stops_at_failure: bool = False
    seconds: float | None = None  # all of them together may take; the step's own time-out if left out
    state: Mapping[str, Any] = field(default_factory=dict)
    summary: str = ""  # one line for the timeline, while they run


@dataclass(frozen=True)
class Call:
    """The action runs another flow, and goes on when that has ended: `context.called` is what came of it."""

    flow: str
    variables: Mapping[str, Any]
    inherits: bool = True


@dataclass(frozen=True)
class TurnOutcome:
    """What came of one turn. `path` and the rest of a failure are those of its first step that failed."""

    number: int
    status: str  # passed, failed or cancelled
    duration_ms: int
    path: str = ""
    kind: str = ""
    code: str = ""
    message: str = ""
    outputs: Mapping[str, Any] = field(default_factory=dict)  # what its steps captured


@dataclass(frozen=True)
class Prepared:
    """What an action made before its claim: what it will send, and how that is told to record_request."""

    request: Any
    told: dict[str, Any]


class Language(Protocol):
    """What a local action may ask of the running flow."""

    def assert_all(self, assertions: Sequence[Any], *, over: Any = None) -> list[dict[str, Any]]:
        """Evaluate and record assertions over everything in scope; one record each (FLOW_LANGUAGE §4).

        With `over`, its keys come first, as the keys of a step's own result do.
        """

    def check(self, condition: str) -> bool:
        """Whether a condition over everything in scope holds; what it saw is recorded. Raises StepError (template)."""

    def evaluate(self, expression: str, *, over: Any = None) -> Any:
        """The value of an expression or output path; with `over`, a `$` path is read over that value.

        Raises StepError (extraction) when the path finds nothing.
        """

    def judge(self, expression: str, *, over: Mapping[str, Any]) -> dict[str, Any]:
        """The record of an assertion over `over`, whose keys come first. Not recorded: it is about one of many."""

    def render(self, value: Any, *, place: str) -> Any:
        """`value` with its templates rendered, for the parts of a config that wait. Raises StepError (template)."""


@dataclass
class StepContext:
    """What one attempt may know and do. Made by the engine, or by a test."""

    abort: Abort
    deadline: float  # monotonic seconds; the whole attempt's
    execution_started_at: datetime
    egress: Egress
    local_files: bool = False
    files: Mapping[str, str] = field(default_factory=dict)  # what came with the flow, by the names it gives them
    max_body: int = 10 * 1024 * 1024  # bytes of a response kept in full
    resumed: Mapping[str, Any] | None = None  # the state of an earlier Park of this attempt
    groups: frozenset[str] = frozenset()  # the config keys under which there are steps
    called: Called | None = None  # the execution it started, once that has ended
    turns: Sequence[TurnOutcome] = ()  # of the steps inside it, in order, when it goes on after them
    language: Language | None = None
    asserted_names: frozenset[str] = frozenset()  # what the step's assertions read: `status`, `body`, …
    asserts: bool = False  # the step has assertions: they decide about a result that is less than was asked for
    has_timeout: bool = False  # the step says itself how long it may take
    endpoint: Endpoint | None = None  # an action that finds out better while it runs says so here
    written: Mapping[str, Any] | None = None  # the config before its templates were rendered
    request: dict[str, Any] = field(default_factory=dict)
    partial: dict[str, Any] = field(default_factory=dict)
    secrets: dict[str, str] = field(default_factory=dict)  # name -> value; to be masked like any secret
    began: float = field(default_factory=monotonic)
    carried: Carried[Any, Any] | None = None  # what one step of a hop leaves for the next; None: nothing is kept
    ready: Prepared | None = None  # what the action's make_ready gave
    deadline_reason: str = "timeout"  # whose deadline it is: the step's own, or `deadline`, the flow's

    @property
    def remaining(self) -> float:
        """Seconds this attempt has left, never below zero."""
        return max(0.0, self.deadline - monotonic())

    def record_request(self, **parts: Any) -> None:
        """What is about to be sent, as the page shows it. Call it before the first byte leaves, again to add to it."""
        self.request.update(parts)

    def record_partial(self, **parts: Any) -> None:
        """What has come back so far; shown when the rest never does."""
        self.partial.update(parts)

    def keep_secret(self, name: str, value: str) -> None:
        """A secret that came up while running, such as a token obtained by OAuth: nothing recorded may show it."""
        self.secrets[name] = value


class Action(ABC, Generic[ConfigT]):
    """One kind of work. Stateless: one instance serves every thread."""

    spec: ClassVar[ActionSpec]

    can_be_ready: ClassVar[bool] = False  # it has a make_ready

    @abstractmethod
    def run(self, config: ConfigT, context: StepContext) -> Result | Park | Open | Call:
        """Do it once. Raises StepError, or Aborted when told to stop."""

    def make_ready(self, config: ConfigT, *, local_files: bool) -> Prepared | None:
        """What `run` is spared, made before its claim: it touches nothing outside. `run` has it in context.ready."""
        return None

    def is_repeatable(self, config: ConfigT) -> bool:
        """Whether running it twice does no harm (DESIGN §5.4)."""
        return self.spec.is_local

    def endpoint(self, config: ConfigT, written: Mapping[str, Any]) -> Endpoint | None:
        """What it touches. `written` is the config before rendering: its templates are the route's parameters."""
        return None

    def summary(self, config: ConfigT, result: Result) -> str:
        """One line for the timeline: `201 Created, 612 B`."""
        return ""


class ActionRegistry(Mapping[str, Action[Any]]):
    """Actions by name and alias; refuses two of one name."""

    def __init__(self, actions: Iterable[Action[Any]]) -> None:
        self._by_name: dict[str, Action[Any]] = {}
        self.all = tuple(actions)
        for action in self.all:
            for name in (action.spec.name, *action.spec.aliases):
                if name in self._by_name:
                    raise ValueError(f"two actions are called {name!r}")
                self._by_name[name] = action

    def __getitem__(self, name: str) -> Action[Any]:
        return self._by_name[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._by_name)

    def __len__(self) -> int:
        return len(self._by_name)
