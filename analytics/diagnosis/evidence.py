"""What is known about a failure, as small facts: each with an id, one sentence, and the data behind it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

VERSION: Final = 1
CATEGORIES: Final = ("service", "environment", "data", "timing")


@dataclass(frozen=True)
class Evidence:
    """`untrusted`: its data came from a system under test."""

    id: str
    type: str
    fact: str
    data: Mapping[str, Any]
    untrusted: bool = False


@dataclass
class Facts:
    """Everything the rules look at. What is not known is None or empty, and then no rule fires by it."""

    kind: str
    code: str
    message: str
    protocol: str = ""
    service: str = ""
    operation: str = ""
    route: str = ""
    status: int | None = None  # that the target answered with
    attempts: int = 1
    ms: float | None = None
    limit_ms: float | None = None
    assertion: Mapping[str, Any] | None = None  # the first that did not hold
    passed_before: int = 0
    looked_at: int = 0
    streak: int = 1  # failures in a row, this one included
    median_ms: float | None = None
    p95_ms: float | None = None
    flake_rate: float | None = None
    retry_passes: int = 0
    never_passed_here: bool = False
    passes_elsewhere: bool = False
    fails_here_passes_elsewhere: bool = False
    environment_changed: bool | None = None  # since the last pass; None without one
    flow_changed: bool | None = None
    flows_failing: int = 0  # against the same service, in the same minutes
    runs_failing_share: float = 0.0
    services_failing: int = 0
    usual_actuals: Sequence[Any] = ()  # what the asserted value was in runs that passed
    seen_in_polls: bool = False  # the actual value came before the expected one in runs that passed
    group_count: int = 0
    blocked_after: Sequence[str] = field(default_factory=list)
