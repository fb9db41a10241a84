"""How long a flow usually takes, and for how long that is believed."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils import timezone

from executions import usual
from executions.models import Execution
from executions.status import Status
from executions.usual import usual_durations

pytestmark = pytest.mark.django_db


def ended(make_execution: Callable[..., Execution], seconds: float, status: Status = Status.PASSED) -> Execution:
    now = timezone.now()
    began = now - timedelta(seconds=seconds)
    return make_execution(status=status, outcome=status, started_at=began, finished_at=now)


def test_it_is_the_median_of_those_that_ended(make_execution: Callable[..., Execution]) -> None:
    pair = (ended(make_execution, 7, Status.FAILED).flow_id, "")
    assert usual_durations([pair]) == {}
    for seconds in (1, 2, 9):  # and the first that passes is seen at once
        ended(make_execution, seconds)
        assert pair in usual_durations([pair])
    usual._kept.clear()
    assert usual_durations([pair, pair, (pair[0], "staging")]) == {pair: 2000}


def test_it_is_read_again_after_a_while(
    make_execution: Callable[..., Execution], monkeypatch: pytest.MonkeyPatch
) -> None:
    pair = (ended(make_execution, 1).flow_id, "")
    clock = [100.0]
    monkeypatch.setattr(usual, "monotonic", lambda: clock[0])
    assert usual_durations([pair]) == {pair: 1000}
    ended(make_execution, 5)
    clock[0] += usual.KEPT_SECONDS - 0.1
    assert usual_durations([pair]) == {pair: 1000}
    clock[0] += 0.2
    assert usual_durations([pair]) == {pair: 3000}
