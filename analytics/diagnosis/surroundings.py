"""Rules about what lies around a failure: what changed, what came before, what else failed. Pure."""

from collections.abc import Iterator
from typing import Final

from analytics.diagnosis.asserted import is_about_time, is_empty
from analytics.diagnosis.evidence import Facts
from analytics.diagnosis.points import Fired
from analytics.diagnosis.points import points_for as _points

ENOUGH: Final = 5  # earlier passes that make a habit
_MALFORMED: Final = frozenset({400, 405, 406, 411, 415, 426})
_BLAMING: Final = _MALFORMED | {422}
_OWN_FAILURES: Final = frozenset({"reset", "incomplete", "bad_response", "bad_encoding", "no_leader", "grpc_unknown"})


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


def _request(facts: Facts) -> Iterator[Fired]:
    """What was always good is refused now, and nobody here has changed it: whoever refuses has changed."""
    if not facts.is_same_request or not _is_as_it_was(facts):
        return
    if facts.status in _MALFORMED:
        yield Fired("same_request", _points(service=3), "input")
    elif facts.status == 422 or facts.code == "grpc_invalid_argument":
        yield Fired("same_request", _points(service=1.5), "input")


def _who_answers(facts: Facts) -> Iterator[Fired]:
    """A page comes from what stands before the application."""
    if facts.is_foreign and facts.status in {404, 405}:
        points = _points(service=1) if _is_as_it_was(facts) else _points(environment=1)
        yield Fired("foreign_answer", points, "response_excerpt")
    elif facts.is_foreign and facts.status in {401, 403}:
        yield Fired("foreign_answer", _points(environment=1), "response_excerpt")


def _conflict(facts: Facts) -> Iterator[Fired]:
    """What this run would make is there already: another run is at it, or an earlier one left it behind."""
    if facts.status != 409 and facts.code not in {"sqlstate_23505", "grpc_already_exists", "grpc_aborted"}:
        return
    if facts.runs_beside:
        yield Fired("run_beside", _points(timing=3), "fleet")
    elif facts.code != "grpc_aborted":
        yield Fired("leftover", _points(data=2), "assertion" if facts.assertion else "failure")


def _fresh_token(facts: Facts) -> Iterator[Fired]:
    """Credentials that were good a moment ago: this run signed in with them. Else, whether they are as they were."""
    about = "assertion" if facts.assertion else "failure"
    is_refused = facts.status == 401 or facts.code == "grpc_unauthenticated"
    if is_refused and facts.is_fresh_token:
        yield Fired("fresh_token_refused", _points(service=3.5), about, "run")
    elif is_refused and _is_as_it_was(facts):
        # They were changed where they are checked, or whom they belong to is not there any more.
        yield Fired("same_credentials", _points(data=1.5), "change")


def _made_just_now(facts: Facts) -> Iterator[Fired]:
    """Made by this run, and not found by it: it may only not be there yet."""
    is_missing = facts.status == 404 or facts.code == "grpc_not_found" or facts.kind == "extraction"
    if facts.made_by and (is_missing or (facts.kind == "assertion" and is_empty(facts))):
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
    elif not is_elsewhere and _is_as_it_was(facts) and _is_targets_own(facts) and _asks_as_ever(facts):
        yield Fired("asked_as_ever", _points(service=0.5), "change")


def _is_targets_own(facts: Facts) -> bool:
    """A failure that nobody blames the caller for."""
    return (facts.status or 0) >= 500 or facts.code in _OWN_FAILURES


def _asks_as_ever(facts: Facts) -> bool:
    return facts.passed_before >= ENOUGH and not facts.inputs and not facts.changed_overrides


def _is_as_it_was(facts: Facts) -> bool:
    return facts.environment_changed is False and facts.flow_changed is False


def _history(facts: Facts) -> Iterator[Fired]:
    if _is_as_it_was(facts) and facts.streak >= 3 and facts.passed_before >= ENOUGH:
        yield Fired("nothing_changed", _points(service=1), "history")
    # A step that is shaky in one way may still fail in another.
    is_known = not facts.failed_before or f"{facts.kind}/{facts.code}" in facts.failed_before
    if is_known and facts.flake_rate is not None and facts.flake_rate >= 0.05:
        yield Fired("flaky", _points(timing=1.2), "history")
    if is_known and facts.retry_passes >= 2:
        yield Fired("retries_help", _points(timing=1), "history")
    if facts.hours is not None:
        is_only_then = not facts.hours.failed_elsewhere and 2 * facts.hours.failed >= facts.hours.runs
        yield Fired("hours", _points(timing=3.5 if is_only_then else 1.2), "hours")


_GAVE_UP: Final = frozenset({"read_timeout", "timeout", "grpc_deadline_exceeded"})


def _latency(facts: Facts) -> Iterator[Fired]:
    limit, p95 = facts.limit_ms, facts.p95_ms
    if facts.kind == "timeout" and facts.ms is not None and facts.ms < (facts.median_ms or 0):
        yield from _gave_up_early(facts)
        return
    if facts.assertion is not None and is_about_time(facts.assertion) and _limit_was_lowered(facts):
        yield Fired("limit_lowered", _points(data=2.5), "latency")
        return
    near_limit = p95 is not None and limit is not None and p95 >= 0.7 * limit
    if near_limit:
        yield Fired("near_limit", _points(timing=1.5), "latency")
    if facts.ms is None or facts.median_ms is None or p95 is None:
        return
    if facts.code in _GAVE_UP and not near_limit and facts.ms >= 5 * max(p95, 1):
        # It never took a fifth of the time that was waited: the limit is not what is wrong.
        yield Fired("stalled", _points(service=2.5), "latency")
    elif _is_far_beyond(facts):
        # A limit that was never in danger: what is slow is the service.
        yield Fired("far_beyond", _points(service=2.5), "latency")
    elif facts.median_ms < 5:
        return
    elif facts.ms >= 5 * facts.median_ms and not near_limit:
        yield Fired("much_slower", _points(service=1.2), "latency")
    elif facts.ms < 0.2 * facts.median_ms:
        yield Fired("much_quicker", _points(environment=0.5), "latency")


def _is_far_beyond(facts: Facts) -> bool:
    """Of an assertion on the duration: ten times the usual, which never came near half of what is allowed."""
    if facts.assertion is None or not is_about_time(facts.assertion) or facts.limit_ms is None:
        return False
    is_usual = facts.p95_ms is not None and facts.p95_ms < 0.5 * facts.limit_ms and _is_as_it_was(facts)
    return is_usual and facts.ms is not None and facts.ms >= 10 * max(facts.median_ms or 0, 1)


def _limit_was_lowered(facts: Facts) -> bool:
    """It took no longer than it usually does."""
    return bool(facts.flow_changed and facts.ms and facts.p95_ms and facts.ms <= 1.2 * facts.p95_ms)


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
        # Where several gateways give up at once, they are one, or lead to the same.
        weight = 3.5 if facts.status in {502, 503, 504} else 2.5
        yield Fired("many_services", _points(environment=weight), "fleet")
    elif facts.flows_failing >= 3 and facts.flows_failing_share >= 0.5:
        # Requests of several flows can hardly all be wrong.
        weight = 2 if facts.status in _BLAMING else 1.5
        yield Fired("many_flows", _points(service=weight), "fleet")
    if facts.refused_others:
        # Not one credential is refused but all: whoever checks them is what is away.
        yield Fired("refused_to_all", _points(service=2.5), "fleet")


AROUND: Final = (
    _drift, _request, _who_answers, _conflict, _fresh_token, _made_just_now,
    _surroundings, _history, _latency, _fleet,
)  # fmt: skip
