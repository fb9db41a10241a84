"""How flaky it was: kept at the end of each day, made anew from the record, and told beside how it is."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from analytics.models import HealthDay, StepHealth
from analytics.operations.rebuild import rebuild
from analytics.operations.roll_up import roll_up
from tests.analytics.history import history
from tests.cast import api_of
from workspaces.models import Role

pytestmark = pytest.mark.django_db

FLAKY = "PPPPRPPPRPPPP"  # two of thirteen


def test_the_tiles_compare_with_the_day_before_the_period() -> None:
    # Given a step that was flaky three weeks ago and is steady since, after a change
    now = datetime.now(UTC)
    past = history(at=now - timedelta(days=21))
    past.play(FLAKY, after=timedelta(minutes=1))
    past.at = now - timedelta(days=2)
    past.play("P" * 12, after=timedelta(minutes=1))
    roll_up()
    today = now.date()
    rebuild(today - timedelta(days=22), today)
    charlie = api_of(past.workspace, Role.VIEWER)

    def tiles(days: int) -> dict[str, Any]:
        return {one["name"]: one for one in charlie.get(f"/analytics/tiles?days={days}").body}

    # Then the period that follows the flaky days has something to compare with
    flaky = tiles(20)["flaky_rate"]
    assert (flaky["value"], flaky["before"]) == (0, 1)
    lost = tiles(20)["lost_minutes"]
    assert (lost["value"], lost["before"] is None) == (0, False)
    assert flaky["series"][-1] == 0
    # And one before which nothing was scored has not
    assert tiles(60)["flaky_rate"]["before"] is None
    # And the scores of now are what they were: the past is made beside them
    assert [one.health for one in StepHealth.objects.all()] == ["stable"]


def test_a_day_is_kept_anew_with_each_roll_up() -> None:
    past = history(at=datetime.now(UTC) - timedelta(hours=3))
    past.play("P" * 11, after=timedelta(minutes=1))
    roll_up()
    assert [(one.steps, one.flaky) for one in HealthDay.objects.all()] == [(1, 0)]
    past.play("RPPRPP", after=timedelta(minutes=1))
    roll_up()
    assert [(one.steps, one.flaky) for one in HealthDay.objects.all()] == [(1, 1)]
