"""A flow as it was understood: one spelling for everything, every default filled in, no position but the line.

Made by `check`; stored with the flow version through `dump` and `load`; walked by `plan`. Texts are as written: nothing
is rendered here.
"""

from collections.abc import Callable
from typing import Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field

from flows.language.durations import parse_duration

SECTIONS = ("setup", "steps", "teardown")

# DESIGN §4. `retry_on` may name these, `any`, or be an expression over the result.
FAILURE_KINDS = ("assertion", "action", "unreachable", "timeout", "template", "extraction", "config", "worker_lost")
RETRY_ALIASES = {"connection_error": "unreachable"}

MAX_ATTEMPTS = 10
_JITTER_OF_TRUE = 0.5

Number = float | str  # text only where a template stands for the number
Backoff = Literal["exponential", "linear", "constant"]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class RetrySpec(_Part):
    """How often a step is tried, and when again. No `retry_on` means every kind but `template` and `config`."""

    max_attempts: int | str = 1
    delay: Number = 1.0
    backoff: Backoff = "exponential"
    max_delay: Number = 30.0
    jitter: bool | float = False
    retry_on: list[str] | None = None
    retry_on_not: list[str] = []

    def delay_before(self, attempt: int, rand: float) -> float:
        """Seconds to wait before attempt number `attempt` (the first retry is attempt 2). `rand` is from [0, 1).

        With `jitter` the wait is shorter by up to that share of it (`true`: half), so `max_delay` holds.
        Raises ValueError when a number is still a template: see `rendered`.
        """
        delay, longest = parse_duration(self.delay), parse_duration(self.max_delay)
        retries = max(0, attempt - 2)
        factor = {"exponential": 2.0 ** min(retries, 30), "linear": retries + 1.0, "constant": 1.0}[self.backoff]
        share = _JITTER_OF_TRUE if self.jitter is True else float(self.jitter)
        return min(delay * factor, longest) * (1.0 - share * rand)

    def rendered(self, render: Callable[[str], Any]) -> Self:
        """The same with numbers where templates stood. Raises what `render` raises, and ValueError for a bad number."""
        changes: dict[str, Any] = {}
        if isinstance(self.max_attempts, str):
            changes["max_attempts"] = parse_attempts(render(self.max_attempts))
        for name in ("delay", "max_delay"):
            written = getattr(self, name)
            if isinstance(written, str):
                changes[name] = parse_duration(render(written))
        return self.model_copy(update=changes) if changes else self


class AssertionSpec(_Part):
    """One expression that must hold, and the author's words for when it does not."""

    expression: str
    message: str | None = None
    line: int = 0


class OutputSpec(_Part):
    """Where in the result a captured variable comes from, and what it is if nothing is there."""

    path: str
    optional: bool = False  # null when nothing is there
    default: Any = None
    has_default: bool = False


class StepSpec(_Part):
    """One step. `config` is as written; the nested steps of control-flow actions are under `children` by config key."""

    id: str
    action: str  # the canonical name
    name: str = ""
    description: str = ""
    config: dict[str, Any] = {}
    run_condition: str | None = None
    assert_: list[AssertionSpec] = []
    assert_any: list[AssertionSpec] = []
    assert_none: list[AssertionSpec] = []
    output: dict[str, OutputSpec] = {}
    retry: RetrySpec | None = None
    timeout: Number | None = None
    on_error: Literal["fail", "continue"] = "fail"
    soft: bool = False
    error_steps: list["StepSpec"] = []
    children: dict[str, list["StepSpec"]] = {}
    disabled: bool = False
    repeatable: bool = False
    kept: dict[str, Any] = {}  # keys we keep and ignore
    line: int = 0

    @property
    def asserts(self) -> bool:
        """Whether it checks anything of its result."""
        return bool(self.assert_ or self.assert_any or self.assert_none)


class FlowConfig(_Part):
    """What holds for the whole flow. Times in seconds."""

    timeout: float = 600.0
    teardown_timeout: float = 60.0
    fail_fast: bool = True
    retry: RetrySpec | None = None


class FlowSpec(_Part):
    """One flow document."""

    name: str
    description: str = ""
    tags: list[str] = []
    suite: str = ""
    author: str = ""
    version: str = ""
    env: dict[str, Any] = {}
    env_file: str | None = None
    config: FlowConfig = Field(default_factory=FlowConfig)
    setup: list[StepSpec] = []
    steps: list[StepSpec] = []
    teardown: list[StepSpec] = []
    kept: dict[str, Any] = {}  # keys we keep and ignore

    def section(self, name: str) -> list[StepSpec]:
        """The top-level steps of `setup`, `steps` or `teardown`."""
        return {"setup": self.setup, "steps": self.steps, "teardown": self.teardown}[name]

    def dump(self) -> dict[str, Any]:
        """Everything that is not a default, as plain data: JSON and, where a float would lose digits, Decimal.

        `jsontext.dumps` writes it and `jsontext.loads` reads it without loss.
        """
        return self.model_dump(mode="python", exclude_defaults=True)

    @classmethod
    def load(cls, data: dict[str, Any]) -> Self:
        """The flow that was dumped. Raises pydantic's ValidationError for anything else."""
        return cls.model_validate(data)


def parse_attempts(value: Any) -> int:
    """A whole number from 1 to 10, or its text. Raises ValueError."""
    if isinstance(value, str) and value.strip().isdecimal() and len(value) < 10:
        value = int(value)
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int):
        raise ValueError(f"max_attempts must be a whole number from 1 to {MAX_ATTEMPTS}.")  # noqa: TRY004 - the one error of a bad value
    if not 1 <= value <= MAX_ATTEMPTS:
        raise ValueError(f"max_attempts is {value if abs(value) < 10**15 else 'far'}, outside 1 to {MAX_ATTEMPTS}.")
    return value
