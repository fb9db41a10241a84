"""Steps side by side: each once, the right ones in their order, loops and branches included."""

from hypothesis import given, settings
from hypothesis import strategies as st

from executions.comparing.alignment import aligned

PATHS = st.lists(st.sampled_from([f"steps/each[{n}]/{name}" for n in range(4) for name in "ab"]), unique=True)


@settings(deadline=None)
@given(PATHS, PATHS)
def test_every_step_is_there_once_and_the_right_ones_in_order(left: list[str], right: list[str]) -> None:
    both = aligned(left, right)
    assert sorted(both) == sorted({*left, *right})
    assert [path for path in both if path in right] == right
    assert aligned(left, left) == left


def test_what_only_the_left_has_comes_after_what_came_before_it() -> None:
    left = ["steps/a", "steps/each[0]/pay", "steps/each[1]/pay", "steps/b", "teardown/tidy"]
    right = ["steps/a", "steps/each[0]/pay", "teardown/tidy"]
    assert aligned(left, right) == left
