"""The time of day at which a step fails, by an exact test."""

import pytest

from analytics.diagnosis.hours import fisher, skew_of


def test_the_exact_test_gives_what_tables_say() -> None:
    # The lady tasting tea: three of four right, and all four.
    assert fisher(3, 4, 4, 8) == pytest.approx(0.4857, abs=1e-4)
    assert fisher(4, 4, 4, 8) == pytest.approx(0.0286, abs=1e-4)
    # Two-sided: nothing in the window is as unusual as everything.
    assert fisher(0, 4, 4, 8) == pytest.approx(0.0286, abs=1e-4)
    assert fisher(1, 12, 10, 24) == pytest.approx(0.002759, abs=1e-6)


def test_failures_at_night_are_a_skew() -> None:
    by_hour = dict.fromkeys(range(24), (0, 10)) | {2: (6, 10), 4: (1, 10)}
    found = skew_of(by_hour, 2)
    assert found is not None
    assert (found.start, found.failed, found.runs, found.failed_elsewhere, found.runs_elsewhere) == (0, 6, 30, 1, 210)
    assert found.p < 0.001


@pytest.mark.parametrize(
    ("by_hour", "hour"),
    [
        ({2: (5, 10), 14: (0, 100)}, 2),  # five failures are too few
        ({2: (6, 10), 14: (0, 100)}, 14),  # at night, but this one was not
        (dict.fromkeys(range(24), (3, 10)), 2),  # at all hours alike
        ({2: (3, 10), 5: (2, 10), 14: (3, 60)}, 2),  # could be chance among eight windows
        ({2: (0, 10)}, 2),
        ({}, 2),
    ],
)
def test_chance_is_no_skew(by_hour: dict[int, tuple[int, int]], hour: int) -> None:
    assert skew_of(by_hour, hour) is None
