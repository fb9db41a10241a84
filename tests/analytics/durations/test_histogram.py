"""Percentiles out of the histogram, against those of the durations themselves."""

from collections import Counter
from math import ceil

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.durations.histogram import bucket_of, merged, percentile

durations = st.lists(st.floats(1, 1e7), min_size=1, max_size=200)


def exact(values: list[float], share: float) -> float:
    return sorted(values)[max(1, ceil(share * len(values))) - 1]


@given(durations, st.sampled_from([0.5, 0.95, 0.99, 1.0]))
def test_a_percentile_is_within_five_per_cent(values: list[float], share: float) -> None:
    found = percentile(Counter(map(bucket_of, values)), share)
    assert found == pytest.approx(exact(values, share), rel=0.05)


@given(durations, durations)
def test_two_histograms_add_up_to_that_of_both(some: list[float], others: list[float]) -> None:
    parts = [Counter(map(bucket_of, some)), Counter(map(bucket_of, others))]
    assert merged(parts) == merged(reversed(parts)) == dict(Counter(map(bucket_of, some + others)))


def test_nothing_has_no_percentile() -> None:
    assert percentile({}, 0.5) is None


@pytest.mark.parametrize("milliseconds", [0, 0.2, 1])
def test_below_a_millisecond_all_is_one(milliseconds: float) -> None:
    assert bucket_of(milliseconds) == 0
