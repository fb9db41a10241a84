"""Whether work grows with its input, seen without waiting for an input at which it would hurt."""

from collections.abc import Callable
from time import thread_time

SMALL, TIMES = 12_500, 8


def assert_grows_like_its_input(work: Callable[[int], object]) -> None:
    """`work` does something with that many characters. Eight times as many may take thirty times as long, and a second.

    A square would take sixty-four times as long. It is the thread's own time, so that nobody else's counts.
    """
    little, much = (_seconds(work, size) for size in (SMALL, SMALL * TIMES))
    assert much < 30 * little + 1, f"{SMALL} characters took {little:.2f} s, {TIMES} times as many {much:.2f} s"


def _seconds(work: Callable[[int], object], size: int) -> float:
    began = thread_time()
    work(size)
    return thread_time() - began
