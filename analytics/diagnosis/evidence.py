"""What is known about a failure, as small facts: each with an id, one sentence, and the data behind it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from analytics.diagnosis.drift import Difference
from analytics.diagnosis.hours import Skew

VERSION: Final = 1
CATEGORIES: Final = ("service", "environment", "data", "timing")


# The number of a type is its own for good, so that an id means the same whatever else is known.
NUMBERS: Final[Mapping[str, int]] = {
    "failure": 1, "assertion": 2, "request": 3, "response_excerpt": 4, "history": 5, "fingerprint": 6, "latency": 7,
    "fleet": 8, "change": 9, "diff": 10, "other_env": 11, "absence": 12, "shape": 13, "input": 14, "hours": 15,
    "made": 16,
}  # fmt: skip


@dataclass(frozen=True)
class Place:
    """Where the page shows it: a step, one of its tabs (`summary` where it is none of them), a JSON path in that."""

    step: str
    tab: str
    path: str = ""


@dataclass(frozen=True)
class Evidence:
    """`untrusted`: its data came from a system under test."""

    id: str
    type: str
    fact: str
    data: Mapping[str, Any]
    untrusted: bool = False
    place: Place | None = None


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
    failed_before: Sequence[str] = ()  # kind and code of failures before this one, those that retries overcame too
    is_fresh_token: bool = False  # what it signs in with was captured by this very run
    never_passed_here: bool = False
    passes_elsewhere: bool = False
    fails_here_passes_elsewhere: bool = False
    environment_changed: bool | None = None  # since the last pass; None without one
    flow_changed: bool | None = None
    flows_failing: int = 0  # against the same service, in the same minutes
    flows_failing_share: float = 0.0
    services_failing: int = 0
    refused_others: int = 0  # of those flows, how many sent other credentials and were refused as well
    usual_actuals: Sequence[Any] = ()  # what the asserted value was in runs that passed
    seen_in_polls: bool = False  # the actual value came before the expected one in runs that passed
    expects_captured: Sequence[str] = ()  # what the expectation is made of that this very run captured
    group_count: int = 0
    blocked_after: Sequence[str] = field(default_factory=list)
    service_before: str = ""  # that the step talked to when it last passed
    changed_variables: Sequence[str] = ()  # of the environment, since the last pass
    secrets_changed: bool = False
    change_is_read: bool | None = None  # by this step; None where only steps before it read what changed
    changed_overrides: Sequence[str] = ()
    inputs: Sequence[Difference] = ()  # where the request is unlike those of runs that passed
    shapes: Sequence[Difference] = ()  # where the response is
    hours: Skew | None = None  # the time of day at which it fails
    is_foreign: bool = False  # the answer is a page or plain text, where runs that passed got JSON
    is_same_request: bool = False  # as in runs that passed, of which there are enough to tell
    made_steps: int = 0  # earlier steps of this run that changed something somewhere
    expects_made: bool = False  # what is expected was captured from one of them
    runs_beside: int = 0  # other runs of the flow in this environment, while this step ran
    lacks: str = ""  # of a template: a `variable`, what a `step` should have left, or only a `value` that fits
    lacks_name: str = ""
    source_step: str = ""  # path of the earlier step whose answer it reads
    source_shapes: Sequence[Difference] = ()  # where that is unlike those of runs that passed
    made_by: str = ""  # path of the step of this run that made, moments before, what this one asks for
    made_ms_ago: float = 0.0
