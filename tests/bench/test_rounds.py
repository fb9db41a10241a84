"""Contenders take turns, and ratios are made within a round."""

import pytest

from bench.rounds import Spread, in_rounds


def test_contenders_take_turns_and_nobody_always_follows_the_same_one() -> None:
    order: list[str] = []

    def contender(name: str) -> float:
        order.append(name)
        return float(len(order))

    found = in_rounds(2, {"ours": lambda: contender("ours"), "theirs": lambda: contender("theirs")}, warm_up=1)
    assert order == ["ours", "theirs", "theirs", "ours", "ours", "theirs"]
    assert found["ours"].values == (4.0, 5.0)  # the first round was only to warm up
    assert found["theirs"].values == (3.0, 6.0)


def test_a_ratio_is_made_round_by_round() -> None:
    # Given a machine that was twice as slow in the second round
    ours, theirs = Spread((1.0, 2.0, 1.0)), Spread((2.0, 4.0, 2.0))
    # Then the ratio does not show it
    assert ours.over(theirs).values == (0.5, 0.5, 0.5)


@pytest.mark.parametrize(
    ("values", "median", "quartiles"),
    [((3.0,), 3.0, (3.0, 3.0)), ((1.0, 2.0, 3.0, 4.0, 5.0), 3.0, (2.0, 4.0)), ((5.0, 1.0), 3.0, (2.0, 4.0))],
)
def test_a_spread_is_its_middle_half(values: tuple[float, ...], median: float, quartiles: tuple[float, float]) -> None:
    spread = Spread(values)
    assert (spread.median, spread.quartiles) == (median, quartiles)
