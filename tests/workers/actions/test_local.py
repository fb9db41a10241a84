"""delay, log, assert and set: what touches nothing outside the worker."""

import threading
from collections.abc import Sequence
from decimal import Decimal
from time import monotonic
from typing import Any

import pytest
from pydantic import ValidationError

from tests.workers.actions.conftest import Run
from workers.actions import ACTIONS
from workers.actions.base import Park
from workers.errors import Aborted, AssertionsFailed, StepTimedOut


class Heard:
    """Stands in for the running flow: notes what it is asked, and answers as told."""

    def __init__(self, *verdicts: bool) -> None:
        self.verdicts = verdicts
        self.asked: list[Any] = []

    def assert_all(self, assertions: Sequence[Any], *, over: Any = None) -> list[dict[str, Any]]:
        self.asked.append((list(assertions), over))
        return [{"passed": passed, "message": f"{number} did not hold"} for number, passed in enumerate(self.verdicts)]

    def evaluate(self, expression: str, *, over: Any = None) -> Any:
        self.asked.append((expression, over))
        return f"value of {expression}"


def test_a_long_delay_is_parked_and_then_over() -> None:
    run = Run()
    parked = run.park_or_result("delay", duration="1m30s")
    assert isinstance(parked, Park)
    assert parked.seconds == 90
    run.context.resumed = parked.state
    assert run("delay", duration="1m30s") == {"duration": 90, "duration_ms": 90_000}


def test_a_short_delay_is_waited_for_here() -> None:
    started = monotonic()
    assert Run()("delay", duration="100ms")["duration"] == 0.1
    assert monotonic() - started >= 0.1


def test_a_delay_ends_with_an_abort_or_the_deadline() -> None:
    run = Run()
    timer = threading.Timer(0.05, run.abort.set, ["cancelled"])
    timer.start()
    with pytest.raises(Aborted):
        run("delay", duration=1)
    timer.join()
    with pytest.raises(StepTimedOut):
        Run(0.05)("delay", duration=1)


def test_a_message_is_kept_in_the_record() -> None:
    run = Run()
    result = run("log", message="order ${id} is paid", level="warning", data={"total": Decimal("1.50")})
    assert result == {"message": "order ${id} is paid", "level": "warning", "data": {"total": Decimal("1.50")}}
    assert Run()("log", message={"a": 1})["message"] == '{"a":1}'


def test_assertions_are_all_handed_over_and_their_first_failure_is_told() -> None:
    language = Heard(True, False, False)
    assertions = ["a == 1", {"expression": "b > 2", "message": "too few"}, "c"]
    with pytest.raises(AssertionsFailed) as caught:
        Run(language=language)("assert", assertions=assertions, data={"a": 1})
    assert language.asked == [(assertions, {"a": 1})]
    assert caught.value.message == "1 did not hold (and 1 more)"
    assert Run(language=Heard(True))("assert", assertions="a == 1") == {"passed": True, "count": 1}


def test_set_keeps_values_and_evaluates_paths() -> None:
    language = Heard()
    result = Run(language=language)("set", total=Decimal("1.50"), path="$.items[0].id", list=[1], price="$5", text="")
    assert result == {
        "total": Decimal("1.50"),
        "path": "value of $.items[0].id",
        "list": [1],
        "price": "$5",
        "text": "",
    }


def test_transform_reads_its_paths_over_its_input() -> None:
    language = Heard()
    result = Run(language=language)("transform", input={"a": 1}, transforms={"x": "$.a", "y": "fixed"})
    assert result == {"x": "value of $.a", "y": "fixed"}
    assert language.asked == [("$.a", {"a": 1})]


def test_a_value_that_a_template_gave_is_never_a_path() -> None:
    written = {"note": "${login.note}", "path": "$.a"}
    run = Run(language=Heard(), written=written)
    assert run("set", note="$.secret", path="$.a") == {"note": "$.secret", "path": "value of $.a"}


@pytest.mark.parametrize(
    ("name", "config", "says"),
    [
        ("delay", {}, "Field required"),
        ("delay", {"duration": "soon"}, "not a duration"),
        ("log", {"message": "m", "level": "loud"}, "'debug', 'info', 'warning' or 'error'"),
        ("assert", {"assertions": []}, "at least 1"),
        ("assert", {"assertions": [1]}, "an assertion is"),
        ("assert", {"assertions": [{"expression": "a", "mesage": "m"}]}, "no key mesage"),
        ("set", {}, "at least one name"),
    ],
)
def test_wrong_configs_are_refused(name: str, config: dict[str, Any], says: str) -> None:
    with pytest.raises(ValidationError, match=says):
        ACTIONS[name].spec.Config.model_validate(config)
