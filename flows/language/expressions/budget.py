"""What one evaluation may cost. Flow text is untrusted: nothing in it may hang a worker or fill its memory."""

import time
from collections.abc import Mapping
from typing import Any

from flows.language.expressions.errors import LimitReached

MAX_SOURCE = 16_384  # characters of one expression
MAX_DEPTH = 100  # nested operations in one expression
MAX_SECONDS = 1.0  # of processor time, so that a busy machine does not fail an honest expression
MAX_STEP_SECONDS = 10.0  # for everything one attempt evaluates
MAX_TICKS = 20_000_000
MAX_MADE = 2_000_000  # values in the lists and objects an expression builds
MAX_TEXT = 32_000_000  # characters of a text an expression builds
MAX_NUMBER_BITS = 8_192
_TICKS_PER_LOOK = 2_000


class Allowance:
    """What all the evaluations of one attempt may cost together: a thousand slow ones must not add up."""

    __slots__ = ("_left",)

    def __init__(self, seconds: float = MAX_STEP_SECONDS) -> None:
        self._left = seconds

    def budget(self) -> "Budget":
        """The budget of the next evaluation."""
        return Budget(min(MAX_SECONDS, self._left))

    def spend(self, seconds: float) -> None:
        """An evaluation took this long."""
        self._left -= seconds


class Budget:
    """Counts the work of one evaluation; every method raises LimitReached when it has become too much."""

    __slots__ = ("_deadline", "_made", "_next_look", "_started", "_ticks")

    def __init__(self, seconds: float = MAX_SECONDS) -> None:
        self._ticks = 0
        self._next_look = _TICKS_PER_LOOK
        self._made = 0
        self._started = time.thread_time()
        self._deadline = self._started + seconds

    def tick(self, count: int = 1) -> None:
        """One small piece of work was done (or `count`)."""
        self._ticks += count
        if self._ticks >= self._next_look:
            self._next_look = self._ticks + _TICKS_PER_LOOK
            if self._ticks > MAX_TICKS or time.thread_time() > self._deadline:
                raise LimitReached("The expression takes too long. Select less, or split it into several steps.")

    def spent(self) -> float:
        """How many seconds of processor time went by since it was made."""
        return time.thread_time() - self._started

    def text(self, length: int) -> None:
        """A text of this length is about to be made."""
        if length > MAX_TEXT:
            raise LimitReached(f"The expression makes a text of {length} characters; {MAX_TEXT} are allowed.")
        self.tick(1 + length // 500)

    def made(self, value: Any) -> Any:
        """`value` was put together from others; counts everything inside, and gives it back."""
        stack = [value]
        while stack:
            item = stack.pop()
            self._made += 1
            self.tick()
            if self._made > MAX_MADE:
                raise LimitReached(f"The expression makes more than {MAX_MADE} values.")
            if isinstance(item, list):
                stack.extend(item)
            elif isinstance(item, Mapping):
                stack.extend(item.values())
        return value

    def weigh(self, value: Any) -> int:
        """Roughly how long `value` is as text."""
        total, stack = 0, [value]
        while stack:
            item = stack.pop()
            self.tick()
            if isinstance(item, list):
                total += 2 + len(item)
                stack.extend(item)
            elif isinstance(item, Mapping):
                total += 2 + 4 * len(item) + sum(len(key) for key in item)
                stack.extend(item.values())
            else:
                total += len(item) if isinstance(item, str) else 8
            if total > MAX_TEXT:
                self.text(total)
        return total
