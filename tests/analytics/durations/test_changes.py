"""Changes of durations that are there are found, and none that are not."""

import random

import pytest

from analytics.durations.changes import changes_of, is_slower


def around(median: float, runs: int, *, seed: int = 1) -> list[float]:
    draw = random.Random(seed)
    return [median * draw.lognormvariate(0, 0.15) for _ in range(runs)]


def test_a_slow_down_is_found_at_its_run() -> None:
    (change,) = changes_of(around(300, 80) + around(600, 40, seed=2))
    assert abs(change.at - 80) <= 1
    assert change.before_ms == pytest.approx(300, rel=0.1)
    assert change.after_ms == pytest.approx(600, rel=0.1)
    assert change.ratio == pytest.approx(2, rel=0.15)


def test_getting_quicker_again_is_a_second_change() -> None:
    found = changes_of(around(300, 60) + around(900, 30, seed=2) + around(310, 60, seed=3))
    assert [round(change.at, -1) for change in found] == [60, 90]
    assert found[0].after_ms > found[0].before_ms
    assert found[1].after_ms < found[1].before_ms


@pytest.mark.parametrize("seed", range(30))
def test_noise_is_no_change(seed: int) -> None:
    assert changes_of(around(300, 120, seed=seed)) == []


def test_a_few_outliers_are_no_change() -> None:
    durations = around(300, 120)
    for at in (20, 55, 90, 91):
        durations[at] = 9_000
    assert changes_of(durations) == []


def test_too_small_to_matter_is_no_change() -> None:
    assert changes_of([10.0] * 50 + [12.0] * 50) == []
    assert changes_of([1000.0] * 50 + [1100.0] * 50) == []


def test_few_runs_have_no_change() -> None:
    assert changes_of([]) == []
    assert changes_of([1.0] * 7 + [500.0] * 7) == []


def test_slower_needs_half_as_much_again_and_a_fifth_of_a_second() -> None:
    assert is_slower([1000.0] * 100 + [1600.0] * 20)
    assert not is_slower([1000.0] * 100 + [1400.0] * 20)
    assert not is_slower([100.0] * 100 + [290.0] * 20)
    assert not is_slower([1000.0] * 10 + [1600.0] * 20)
