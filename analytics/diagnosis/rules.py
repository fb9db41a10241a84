"""The rules of the diagnosis: each gives points to causes, and names the evidence it stands on. Pure."""

from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any, Final

from analytics.diagnosis.asserted import is_about_time, is_empty
from analytics.diagnosis.codes import by_code, by_status
from analytics.diagnosis.evidence import Facts
from analytics.diagnosis.points import Fired, weighed
from analytics.diagnosis.points import points_for as _points
from analytics.diagnosis.surroundings import AROUND

VERSION: Final = 4


def fired(facts: Facts) -> list[Fired]:
    """What applies, each observation counted once."""
    return weighed([one for rule in RULES for one in rule(facts)])


def _code(facts: Facts) -> Iterator[Fired]:
    if facts.kind in {"assertion", "extraction", "template"}:
        return
    if said := by_code(facts.kind, facts.code):
        yield Fired(*said, "failure")


def _status(facts: Facts) -> Iterator[Fired]:
    if facts.status is None:
        return
    about = "assertion" if facts.assertion else "failure"
    points = by_status(facts.status)
    if facts.status in {404, 405} and facts.is_foreign:
        # Not the application says so, but what stands before it: it does not know the way.
        yield Fired("no_way", _points(service=1.5, environment=1.5, data=0.5), about)
    elif points is not None:
        yield Fired(f"http_{facts.status}", points, about)
    elif _says_status(facts.assertion, facts.status):
        yield Fired("other_success", _points(service=2, data=1), about)


def _assertion(facts: Facts) -> Iterator[Fired]:
    found = facts.assertion
    if facts.kind != "assertion" or _says_status(found, facts.status):
        return
    if found is None:  # of a flow that was called, whose own run has it
        yield Fired("other_value", _points(service=1, data=1.5), "failure")
        return
    if is_about_time(found):
        yield Fired("latency_assertion", _points(service=1, timing=2), "assertion")
        return
    if found.get("error") or any(part.get("missing") for part in found.get("parts") or ()):
        # In an empty list there is nothing to be missed.
        points = _points(service=0.5, data=1.5) if is_empty(facts) else _points(service=2, data=1)
        yield Fired("missing_value", points, "assertion")
    elif _is_other_type(found):
        yield Fired("other_type", _points(service=2, data=1), "assertion")
    else:
        yield Fired("other_value", _points(service=1, data=1.5), "assertion")
        yield from _contradiction(facts, found)
    yield from _usual(facts, found)
    if is_empty(facts):
        yield Fired("empty", _points(data=1.5), "assertion")


def _is_other_type(found: Any) -> bool:
    if found.get("operator") == "is":
        return True
    return found.get("actual") is not None and _kind(found["actual"]) != _kind(found.get("expected"))


def _contradiction(facts: Facts, found: Any) -> Iterator[Fired]:
    """Two answers of one run that do not agree."""
    if not facts.expects_captured or found.get("operator") != "==":
        return
    if facts.expects_made and facts.operation in _READING:
        # It reads what this run changed a moment ago: what was there before may still be shown.
        yield Fired("old_value", _points(service=0.5, timing=3), "assertion", "run")
    else:
        yield Fired("contradicts_itself", _points(service=2.5), "assertion", "run")


def _usual(facts: Facts, assertion: Any) -> Iterator[Fired]:
    """Against what the same assertion saw in runs that passed; where it saw another value each time, nothing."""
    usual, actual = facts.usual_actuals, assertion.get("actual")
    if facts.seen_in_polls:
        yield Fired("intermediate_state", _points(timing=2.5), "diff", "history")
    elif usual and actual not in usual and sum(one == usual[0] for one in usual) * 2 >= len(usual):
        if _is_respelled(facts):
            yield Fired("respelled", _points(service=2.5), "diff")
        yield Fired("value_never_seen", _points(data=0.8), "diff")


def _is_respelled(facts: Facts) -> bool:
    """The usual text in other letters or signs: nobody changed what it says."""
    actual = (facts.assertion or {}).get("actual")
    if not isinstance(actual, str) or not _bare(actual):
        return False
    return any(isinstance(one, str) and one != actual and _bare(one) == _bare(actual) for one in facts.usual_actuals)


def _bare(text: str) -> str:
    return "".join(letter for letter in text.casefold() if letter.isalnum())


def _read_directly(facts: Facts) -> Iterator[Fired]:
    """What a query reads with nobody in between, and this run has not written, is data."""
    if facts.operation != "SELECT" or facts.made_steps or _is_respelled(facts):
        return
    if facts.kind == "extraction" or (facts.assertion is not None and not is_about_time(facts.assertion)):
        yield Fired("read_directly", _points(data=1.5), "request")


def _says_status(assertion: Any, status: int | None) -> bool:
    return status is not None and assertion is not None and assertion.get("actual") == status


def _kind(value: Any) -> str:
    """Of JSON: whole or not, exact or not, a number is a number."""
    if isinstance(value, bool) or value is None:
        return type(value).__name__
    return "number" if isinstance(value, int | float | Decimal) else type(value).__name__


def _flow_itself(facts: Facts) -> Iterator[Fired]:
    if facts.kind == "template":
        yield from _template(facts)
    elif facts.kind == "extraction":
        if facts.code == "bad_path":
            yield Fired("cannot_be_computed", _value_points(facts), "failure")
        elif any(one.what == "missing" for one in facts.shapes):
            yield Fired("missing_value", _points(service=2, data=1), "failure")
        else:
            yield Fired("empty_extract", _points(data=2.5), "failure")
        if is_empty(facts):
            yield Fired("empty", _points(data=1.5), "failure")


def _template(facts: Facts) -> Iterator[Fired]:
    """A variable that nobody gives is the environment's; what a step left, or a value that does not fit, is not."""
    if facts.lacks == "step":
        yield Fired("step_left_nothing", _value_points(facts), "failure")
    elif facts.lacks == "value":
        yield Fired("cannot_be_computed", _value_points(facts), "failure")
    elif facts.flow_changed and facts.environment_changed is False and "The nearest is" in facts.message:
        yield Fired("name_misspelt", _points(environment=1, data=3), "failure")
    else:
        yield Fired("unresolved", _points(environment=4), "failure")
    if facts.kind == "template" and facts.changed_overrides:
        yield Fired("other_overrides", _points(data=1.5), "change")
    if any(one.what in {"missing", "type", "empty"} for one in facts.source_shapes):
        is_gone = all(one.what == "empty" for one in facts.source_shapes)
        yield Fired("source_changed", _points(data=1.5) if is_gone else _points(service=2), "shape")


def _value_points(facts: Facts) -> Any:
    """Of a flow that never ran here nobody knows whether it is right itself."""
    return _points(service=1, data=2) if facts.passed_before else _points(service=0.5, data=1.5)


Rule = Callable[[Facts], Iterator[Fired]]
_READING: Final = frozenset({"GET", "HEAD", "SELECT"})
RULES: Final[tuple[Rule, ...]] = (_code, _status, _assertion, _read_directly, _flow_itself, *AROUND)
