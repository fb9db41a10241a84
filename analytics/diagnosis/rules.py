"""The rules of the diagnosis: each gives points to causes, and names the evidence it stands on. Pure."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from math import exp
from typing import Any, Final

from analytics.diagnosis.evidence import CATEGORIES, Facts

VERSION: Final = 1
Points = dict[str, float]


@dataclass(frozen=True)
class Fired:
    """A rule that applies. `about` is the type of evidence it stands on."""

    id: str
    points: Points
    about: str


@dataclass(frozen=True)
class Verdict:
    """`confidence`: high, medium, or inconclusive; then `category` is only the likeliest of two."""

    category: str
    confidence: str
    p: dict[str, float]
    points: dict[str, float]
    runner_up: str


def fired(facts: Facts) -> list[Fired]:
    return [one for rule in _RULES for one in rule(facts)]


def verdict_of(rules: Sequence[Fired]) -> Verdict:
    points = {category: sum(one.points.get(category, 0.0) for one in rules) for category in CATEGORIES}
    whole = sum(exp(value) for value in points.values())
    p = {category: exp(value) / whole for category, value in points.items()}
    first, second, *_ = sorted(CATEGORIES, key=lambda one: (-points[one], CATEGORIES.index(one)))
    confidence = "inconclusive"
    if p[first] >= 0.80 and points[first] >= 3:
        confidence = "high"
    elif p[first] >= 0.55 and points[first] >= 2:
        confidence = "medium"
    return Verdict(first, confidence, p, points, second)


def _points(service: float = 0, environment: float = 0, data: float = 0, timing: float = 0) -> Points:
    given = {"service": service, "environment": environment, "data": data, "timing": timing}
    return {name: value for name, value in given.items() if value}


_BY_CODE: Final[dict[str, tuple[str, Points]]] = {
    "dns": ("dns", _points(environment=4)),
    "no_route": ("no_route", _points(environment=3)),
    "egress_denied": ("egress", _points(environment=4)),
    "refused": ("refused", _points(service=2, environment=2)),
    "reset": ("reset", _points(service=2.5, timing=0.5)),
    "incomplete": ("reset", _points(service=2.5, timing=0.5)),
    "connect_timeout": ("connect_timeout", _points(service=1, environment=2.5)),
    "read_timeout": ("read_timeout", _points(service=1, timing=2.5)),
    "timeout": ("read_timeout", _points(service=1, timing=2.5)),
    "poll_timeout": ("poll", _points(timing=3)),
    "too_few_messages": ("no_message", _points(service=0.5, data=0.5, timing=2)),
    "unknown_topic": ("kafka_topic", _points(environment=3.5)),
    "no_leader": ("kafka_leader", _points(service=2.5)),
    "noauth": ("auth", _points(environment=3)),
    "oauth_refused": ("auth", _points(environment=3)),
    "bad_response": ("bad_response", _points(service=2.5)),
    "bad_encoding": ("bad_response", _points(service=2.5)),
}
_GRPC: Final = {
    "unavailable": _points(service=2, environment=1),
    "deadline_exceeded": _points(service=1, timing=2.5),
    "unauthenticated": _points(environment=3),
    "permission_denied": _points(environment=3),
    "internal": _points(service=3.5),
    "unknown": _points(service=2.5),
    "data_loss": _points(service=3.5),
    "unimplemented": _points(service=1.5, environment=1),
    "not_found": _points(data=2.5),
    "already_exists": _points(data=2.5),
    "invalid_argument": _points(data=2.5),
    "failed_precondition": _points(data=2.5),
    "out_of_range": _points(data=2.5),
    "resource_exhausted": _points(environment=1, timing=2.5),
    "aborted": _points(timing=2.5),
}
# By the beginning of an SQLSTATE, the longest first.
_SQL: Final = (
    (("42501",), _points(environment=3.5)),
    (("42P01", "42703", "42883"), _points(service=1, environment=2.5)),
    (("40001", "40P01", "55P03", "57014"), _points(timing=3)),
    (("57P01", "57P02", "57P03", "53"), _points(service=2.5, environment=1)),
    (("08", "28", "3D"), _points(environment=3.5)),
    (("22", "23"), _points(data=3.5)),
)
_STATUS: Final[tuple[tuple[tuple[int, ...], Points], ...]] = (
    ((500, 501), _points(service=3.5)),
    ((502, 503), _points(service=3, environment=0.5)),
    ((504,), _points(service=1.5, timing=2)),
    ((401, 403, 407), _points(environment=3)),
    ((400, 404, 409, 410, 422), _points(data=2.5)),
    ((429,), _points(environment=1, timing=2.5)),
    ((405, 406, 415), _points(service=1.5, environment=1)),
)


def _transport(facts: Facts) -> Iterator[Fired]:
    code = facts.code
    if code.startswith("tls"):
        yield Fired("tls", _points(environment=4), "failure")
    elif code in _BY_CODE and facts.kind in {"unreachable", "timeout", "action"}:
        rule, points = _BY_CODE[code]
        yield Fired(rule, points, "failure")
    elif code.startswith("grpc_") and (points_of := _GRPC.get(code[5:])):
        yield Fired(code, points_of, "failure")
    elif code.startswith("sqlstate_"):
        state = code[9:]
        found = next((points for starts, points in _SQL if state.startswith(starts)), _points(service=1))
        yield Fired(f"sqlstate_{state[:2]}", found, "failure")


def _status(facts: Facts) -> Iterator[Fired]:
    for statuses, points in _STATUS:
        if facts.status in statuses:
            yield Fired(f"http_{facts.status}", points, "assertion" if facts.assertion else "failure")


def _assertion(facts: Facts) -> Iterator[Fired]:
    found = facts.assertion
    if facts.kind != "assertion" or found is None or _says_status(found, facts.status):
        return
    expression = str(found.get("expression", ""))
    if "duration_ms" in expression or "response.time" in expression or "timing." in expression:
        yield Fired("latency_assertion", _points(timing=3.5), "assertion")
    elif found.get("error") or any(part.get("missing") for part in found.get("parts") or ()):
        yield Fired("missing_value", _points(service=2, data=1), "assertion")
    elif found.get("actual") is not None and type(found["actual"]) is not type(found.get("expected")):
        yield Fired("other_type", _points(service=2, data=1), "assertion")
    else:
        yield Fired("other_value", _points(service=1, data=1.5), "assertion")
    if facts.seen_in_polls:
        yield Fired("intermediate_state", _points(timing=2.5), "diff")
    elif facts.usual_actuals and found.get("actual") not in facts.usual_actuals:
        yield Fired("value_never_seen", _points(data=0.8), "diff")
    if found.get("actual") in ([], {}, 0, ""):
        yield Fired("empty", _points(data=1.5), "assertion")


def _says_status(assertion: Any, status: int | None) -> bool:
    return status is not None and assertion.get("actual") == status


def _flow_itself(facts: Facts) -> Iterator[Fired]:
    if facts.kind == "template":
        yield Fired("unresolved", _points(environment=4), "failure")
    elif facts.kind == "extraction":
        yield Fired("empty_extract", _points(service=0.8, data=2.5), "failure")
    elif facts.kind == "config" and facts.code not in _BY_CODE:
        yield Fired("config", _points(environment=1.5, data=1), "failure")


def _history(facts: Facts) -> Iterator[Fired]:
    if facts.never_passed_here and facts.passes_elsewhere:
        yield Fired("never_here", _points(environment=2), "other_env")
    elif facts.fails_here_passes_elsewhere:
        yield Fired("passes_elsewhere", _points(environment=1), "other_env")
    if facts.environment_changed:
        yield Fired("environment_changed", _points(environment=2.5), "change")
    if facts.flow_changed:
        yield Fired("flow_changed", _points(data=1.2), "change")
    nothing_changed = facts.environment_changed is False and facts.flow_changed is False
    if nothing_changed and facts.streak >= 3 and facts.passed_before >= 5:
        yield Fired("nothing_changed", _points(service=1), "history")
    if facts.flake_rate is not None and facts.flake_rate >= 0.05:
        yield Fired("flaky", _points(timing=1.2), "history")
    if facts.retry_passes >= 2:
        yield Fired("retries_help", _points(timing=1), "history")


def _latency(facts: Facts) -> Iterator[Fired]:
    near_limit = facts.p95_ms is not None and facts.limit_ms is not None and facts.p95_ms >= 0.7 * facts.limit_ms
    if near_limit:
        yield Fired("near_limit", _points(timing=1.5), "latency")
    if facts.ms is None or facts.median_ms is None or facts.median_ms < 5:
        return
    if facts.ms >= 5 * facts.median_ms and not near_limit:
        yield Fired("much_slower", _points(service=1.2), "latency")
    elif facts.ms < 0.2 * facts.median_ms:
        yield Fired("much_quicker", _points(environment=0.5), "latency")


def _fleet(facts: Facts) -> Iterator[Fired]:
    if facts.services_failing >= 3:
        yield Fired("many_services", _points(environment=2.5), "fleet")
    elif facts.flows_failing >= 3 and facts.runs_failing_share >= 0.5:
        yield Fired("many_flows", _points(service=1.5), "fleet")


_RULES: Final[tuple[Callable[[Facts], Iterator[Fired]], ...]] = (
    _transport, _status, _assertion, _flow_itself, _history, _latency, _fleet,
)  # fmt: skip
