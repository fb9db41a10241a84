"""The rules of the diagnosis: each gives points to causes, and names the evidence it stands on. Pure."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from math import exp
from typing import Any, Final

from analytics.diagnosis.asserted import is_about_time
from analytics.diagnosis.evidence import CATEGORIES, Facts

VERSION: Final = 3
DECISIVE: Final = 3.5  # points of a failure that by itself is of one category
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
    """What else is known counts half against a failure that is decisive, and so can never turn it."""
    itself = [one for rule in _ITSELF for one in rule(facts)]
    around = [one for rule in _AROUND for one in rule(facts)]
    decided = {max(one.points) for one in itself if len(one.points) == 1 and max(one.points.values()) >= DECISIVE}
    if len(decided) == 1:
        around = [_half(one, decided) for one in around]
    return [*itself, *around]


def _half(one: Fired, but: set[str]) -> Fired:
    points = {name: value if name in but else value / 2 for name, value in one.points.items()}
    return Fired(one.id, points, one.about)


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
    "oauth_unavailable": ("identity_provider", _points(service=3.5)),
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
    if is_about_time(found):
        yield Fired("latency_assertion", _points(timing=3.5), "assertion")
        return
    if found.get("error") or any(part.get("missing") for part in found.get("parts") or ()):
        # In an empty list there is nothing to be missed.
        points = _points(service=0.5, data=1.5) if _is_empty(facts) else _points(service=2, data=1)
        yield Fired("missing_value", points, "assertion")
    elif found.get("actual") is not None and _kind(found["actual"]) != _kind(found.get("expected")):
        yield Fired("other_type", _points(service=2, data=1), "assertion")
    else:
        yield Fired("other_value", _points(service=1, data=1.5), "assertion")
        if facts.expects_captured and found.get("operator") == "==":
            yield Fired("contradicts_itself", _points(service=2.5), "assertion")
    yield from _usual(facts, found)
    if _is_empty(facts):
        yield Fired("empty", _points(data=1.5), "assertion")


def _usual(facts: Facts, assertion: Any) -> Iterator[Fired]:
    """Against what the same assertion saw in runs that passed; where it saw another value each time, nothing."""
    usual, actual = facts.usual_actuals, assertion.get("actual")
    if facts.seen_in_polls:
        yield Fired("intermediate_state", _points(timing=2.5), "diff")
    elif usual and actual not in usual and sum(one == usual[0] for one in usual) * 2 >= len(usual):
        yield Fired("value_never_seen", _points(data=0.8), "diff")


def _is_empty(facts: Facts) -> bool:
    """A list or a count without anything in it, where something was expected."""
    actual = (facts.assertion or {"actual": None}).get("actual")
    has_nothing = actual in ([], {}, 0, "") and not isinstance(actual, bool)
    return has_nothing or any(one.what == "empty" for one in facts.shapes)


def _says_status(assertion: Any, status: int | None) -> bool:
    return status is not None and assertion.get("actual") == status


def _kind(value: Any) -> str:
    """Of JSON: whole or not, exact or not, a number is a number."""
    if isinstance(value, bool) or value is None:
        return type(value).__name__
    return "number" if isinstance(value, int | float | Decimal) else type(value).__name__


def _flow_itself(facts: Facts) -> Iterator[Fired]:
    if facts.kind == "template":
        yield Fired("unresolved", _points(environment=4), "failure")
    elif facts.kind == "extraction":
        if any(one.what == "missing" for one in facts.shapes):
            yield Fired("missing_value", _points(service=2, data=1), "failure")
        else:
            yield Fired("empty_extract", _points(data=2.5), "failure")
        if _is_empty(facts):
            yield Fired("empty", _points(data=1.5), "shape")
    elif facts.kind == "config" and facts.code not in _BY_CODE:
        yield Fired("config", _points(environment=1.5, data=1), "failure")


def _drift(facts: Facts) -> Iterator[Fired]:
    """Answer and request beside those of runs that passed."""
    if any(one.what in {"missing", "type"} for one in facts.shapes):
        yield Fired("shape_changed", _points(service=1.5), "shape")
    if not facts.inputs:
        return
    if facts.environment_changed and not facts.flow_changed and not facts.changed_overrides:
        # Where the request differs because the environment was edited, the edit is what is wrong.
        yield Fired("input_from_environment", _points(environment=2), "input")
    else:
        yield Fired("input_differs", _points(data=2), "input")


def _conflict(facts: Facts) -> Iterator[Fired]:
    """What this run would make is there already: an earlier one left it behind."""
    if facts.status == 409 or facts.code in {"sqlstate_23505", "grpc_already_exists"}:
        yield Fired("leftover", _points(data=2), "assertion" if facts.assertion else "failure")


def _fresh_token(facts: Facts) -> Iterator[Fired]:
    """Credentials that were good a moment ago: this run signed in with them."""
    if facts.status == 401 and facts.is_fresh_token:
        yield Fired("fresh_token_refused", _points(service=3.5), "assertion" if facts.assertion else "failure")


def _made_just_now(facts: Facts) -> Iterator[Fired]:
    """Made by this run, and not found by it: it may only not be there yet."""
    is_missing = facts.status == 404 or facts.code == "grpc_not_found" or facts.kind == "extraction"
    if facts.made_by and (is_missing or (facts.kind == "assertion" and _is_empty(facts))):
        yield Fired("made_just_now", _points(timing=3.5), "made")


def _surroundings(facts: Facts) -> Iterator[Fired]:
    if facts.never_passed_here and facts.passes_elsewhere:
        yield Fired("never_here", _points(environment=2), "other_env")
    elif facts.fails_here_passes_elsewhere:
        yield Fired("passes_elsewhere", _points(environment=1), "other_env")
    if facts.environment_changed:
        # An edit of what no step of the run reads can hardly be why it fails.
        weight = 0.5 if facts.change_is_read is False else 2.5
        yield Fired("environment_changed", _points(environment=weight), "change")
    if facts.flow_changed:
        yield Fired("flow_changed", _points(data=1.2), "change")
    is_elsewhere = bool(facts.service_before) and facts.service_before != facts.service
    if facts.kind in {"unreachable", "timeout"} and is_elsewhere:
        yield Fired("address_changed", _points(environment=2.5), "change")
    elif facts.code == "refused" and facts.service_before and _is_as_it_was(facts):
        yield Fired("address_same", _points(service=1.5), "change")


def _is_as_it_was(facts: Facts) -> bool:
    return facts.environment_changed is False and facts.flow_changed is False


def _history(facts: Facts) -> Iterator[Fired]:
    if _is_as_it_was(facts) and facts.streak >= 3 and facts.passed_before >= 5:
        yield Fired("nothing_changed", _points(service=1), "history")
    # A step that is shaky in one way may still fail in another.
    is_known = not facts.failed_before or f"{facts.kind}/{facts.code}" in facts.failed_before
    if is_known and facts.flake_rate is not None and facts.flake_rate >= 0.05:
        yield Fired("flaky", _points(timing=1.2), "history")
    if is_known and facts.retry_passes >= 2:
        yield Fired("retries_help", _points(timing=1), "history")
    if facts.hours is not None:
        is_only_then = not facts.hours.failed_elsewhere and 2 * facts.hours.failed >= facts.hours.runs
        yield Fired("hours", _points(timing=3 if is_only_then else 1.2), "hours")


_GAVE_UP: Final = frozenset({"read_timeout", "timeout", "grpc_deadline_exceeded"})


def _latency(facts: Facts) -> Iterator[Fired]:
    limit, p95 = facts.limit_ms, facts.p95_ms
    if facts.kind == "timeout" and facts.ms is not None and facts.ms < (facts.median_ms or 0):
        yield from _gave_up_early(facts)
        return
    near_limit = p95 is not None and limit is not None and p95 >= 0.7 * limit
    if near_limit:
        yield Fired("near_limit", _points(timing=1.5), "latency")
    if facts.ms is None or facts.median_ms is None or p95 is None:
        return
    if facts.code in _GAVE_UP and not near_limit and facts.ms >= 5 * max(p95, 1):
        # It never took a fifth of the time that was waited: the limit is not what is wrong.
        yield Fired("stalled", _points(service=2.5), "latency")
    elif facts.median_ms < 5:
        return
    elif facts.ms >= 5 * facts.median_ms and not near_limit:
        yield Fired("much_slower", _points(service=1.2), "latency")
    elif facts.ms < 0.2 * facts.median_ms:
        yield Fired("much_quicker", _points(environment=0.5), "latency")


def _gave_up_early(facts: Facts) -> Iterator[Fired]:
    """It waited less than it usually takes: the limit is another than it was."""
    if facts.environment_changed and facts.change_is_read is not False:
        yield Fired("limit_lowered", _points(environment=2.5), "latency")
    elif facts.flow_changed:
        yield Fired("limit_lowered", _points(data=2.5), "latency")
    else:
        yield Fired("near_limit", _points(timing=1.5), "latency")


def _fleet(facts: Facts) -> Iterator[Fired]:
    was_answered = facts.kind == "assertion" and facts.status is not None and facts.status < 500
    if facts.services_failing >= 3 and not was_answered:  # a network that is down lets no such answer through
        yield Fired("many_services", _points(environment=2.5), "fleet")
    elif facts.flows_failing >= 3 and facts.flows_failing_share >= 0.5:
        yield Fired("many_flows", _points(service=1.5), "fleet")
    if facts.refused_others:
        # Not one credential is refused but all: whoever checks them is what is away.
        yield Fired("refused_to_all", _points(service=2.5), "fleet")


Rule = Callable[[Facts], Iterator[Fired]]
_ITSELF: Final[tuple[Rule, ...]] = (_transport, _status, _assertion, _flow_itself)
_AROUND: Final[tuple[Rule, ...]] = (
    _drift, _conflict, _fresh_token, _made_just_now, _surroundings, _history, _latency, _fleet,
)  # fmt: skip
