"""The table of known sequences, and laws that hold for every sequence."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.flakiness.score import Health, flakiness_of, passes_to_recover
from analytics.flakiness.wilson import wilson

# sequence, n, R, E, rate, Wilson's lower bound, flip rate, health
VECTORS = {
    "V1": ("P" * 20, 20, 0, 0, 0, 0, 0, "stable"),
    "V2": ("F" * 20, 20, 0, 0, 0, 0, 0, "failing"),
    "V3": ("PF" * 10, 20, 0, 9, 0.4737, 0.2733, 1.0, "flaky"),
    "V4": ("P" * 10 + "F" * 10, 20, 0, 0, 0, 0, 0.0526, "failing"),
    "V5": ("P" * 10 + "F" * 5 + "|" + "P" * 10, 25, 0, 0, 0, 0, 0.0435, "stable"),
    "V6": ("P" * 10 + "F" * 5 + "P" * 10, 25, 0, 0, 0, 0, 0.0833, "stable"),
    "V7": ("P" * 10 + "F" + "P" * 9, 20, 0, 1, 0.05, 0.0089, 0.1053, "suspect"),
    "V8": ("P" * 6 + "F" + "P" * 6 + "F" + "P" * 6, 20, 0, 2, 0.1, 0.0279, 0.2105, "flaky"),
    "V9": ("P" * 8 + "R" + "P" * 5 + "R" + "P" * 5, 20, 2, 0, 0.1, 0.0279, 0, "flaky"),
    "V10": ("PFPFP", 5, 0, 2, 0.4, 0.1176, 1.0, "insufficient"),
}
sequences = st.text("PRF|", max_size=60)
segments = st.text("PRF", max_size=30)


@pytest.mark.parametrize("name", VECTORS)
def test_known_sequences(name: str) -> None:
    sequence, n, recoveries, episodes, rate, lo, flips, health = VECTORS[name]
    found = flakiness_of(sequence)
    assert (found.counted.n, found.counted.recoveries, found.counted.episodes) == (n, recoveries, episodes)
    assert found.rate == pytest.approx(rate, abs=0.00005)
    assert found.lo == pytest.approx(lo, abs=0.00005)
    assert found.flip_rate == pytest.approx(flips, abs=0.00005)
    assert found.health == health


def test_a_long_failure_that_ended_is_an_outage() -> None:
    assert flakiness_of(VECTORS["V6"][0]).counted.outages == 1
    assert flakiness_of(VECTORS["V5"][0]).counted.outages == 0


def test_a_step_stays_flaky_until_enough_passes_in_a_row() -> None:
    shaky = "PPPPFPPPFPP"
    needed = passes_to_recover(2 / 9) - 2  # two events in the nine trials up to the passes at the end
    assert flakiness_of(shaky + "P" * (needed - 1)).health is Health.FLAKY
    healed = flakiness_of(shaky + "P" * needed)
    assert (healed.health, healed.has_recovered) == (Health.STABLE, True)
    assert flakiness_of(shaky + "P" * needed + "FP").health is Health.FLAKY


def test_failing_through_a_change_is_failing_all_the_same() -> None:
    assert flakiness_of("PPPPPPPPPPF|F|F").health is Health.FAILING


@pytest.mark.parametrize(("rate", "passes"), [(0.0, 10), (1.0, 10), (0.5, 10), (0.1, 29), (0.05, 59), (0.001, 100)])
def test_how_many_passes_prove_it(rate: float, passes: int) -> None:
    assert passes_to_recover(rate) == passes


def test_nothing_is_known_without_trials() -> None:
    assert wilson(0, 0) == (0.0, 1.0)


def slow_model(sequence: str) -> tuple[int, int, int, int]:
    """P, R, episodes and outages, counted the obvious way."""
    passes = recoveries = episodes = outages = 0
    for segment in sequence.split("|"):
        for at, letter in enumerate(segment):
            passes += letter == "P"
            recoveries += letter == "R"
            begins = letter == "F" and at > 0 and segment[at - 1] != "F"
            if not begins:
                continue
            end = at
            while end < len(segment) and segment[end] == "F":
                end += 1
            if end == len(segment):
                continue
            if end - at <= 3:
                episodes += 1
            else:
                outages += 1
    return passes, recoveries, episodes, outages


@given(sequences)
def test_as_the_slow_model_counts(sequence: str) -> None:
    counted = flakiness_of(sequence).counted
    assert (counted.passes, counted.recoveries, counted.episodes, counted.outages) == slow_model(sequence)


@given(st.lists(segments, max_size=6), st.randoms())
def test_the_order_of_segments_does_not_matter(parts: list[str], random: object) -> None:
    shuffled = parts[:]
    random.shuffle(shuffled)  # type: ignore[attr-defined]  # hypothesis gives a random.Random
    assert flakiness_of("|".join(parts)).rate == flakiness_of("|".join(shuffled)).rate


@given(sequences)
def test_a_pass_more_raises_the_rate_only_where_it_ends_a_short_failure(sequence: str) -> None:
    if flakiness_of(sequence + "P").rate > flakiness_of(sequence).rate:
        assert re.search(r"[PR]F{1,3}$", sequence)


@given(st.from_regex(r"\A(P*F*|F*P*)\Z"))
def test_one_change_for_good_is_never_flaky(sequence: str) -> None:
    assert flakiness_of(sequence).rate == 0


@given(segments, st.integers(0, 30))
def test_a_change_never_raises_the_rate(segment: str, at: int) -> None:
    assert flakiness_of(f"{segment[:at]}|{segment[at:]}").rate <= flakiness_of(segment).rate


@given(sequences)
def test_the_rate_lies_within_its_bounds(sequence: str) -> None:
    found = flakiness_of(sequence)
    assert 0 <= found.lo <= found.rate <= found.hi <= 1
