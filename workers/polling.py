"""What actions that ask again and again share: when to ask next, and when to give up. No worker waits in between."""

from collections.abc import Mapping
from dataclasses import dataclass
from time import time
from typing import Any

from workers.actions.base import Park, Result
from workers.errors import StepTimedOut


@dataclass(frozen=True)
class Polling:
    """One try of a poll. `until` is by the clock: the next try may be another worker's."""

    attempts: int  # this one included
    until: float
    interval: float
    most: int | None

    @classmethod
    def of(
        cls, resumed: Mapping[str, Any] | None, *, interval: float, timeout: float, most: int | None = None
    ) -> "Polling":
        state = resumed or {}
        return cls(int(state.get("attempts", 0)) + 1, float(state.get("until", time() + timeout)), interval, most)

    @property
    def is_last(self) -> bool:
        return time() + self.interval > self.until or (self.most is not None and self.attempts >= self.most)

    @property
    def state(self) -> dict[str, Any]:
        return {"attempts": self.attempts, "until": self.until}

    @property
    def asked(self) -> str:
        return "asked once" if self.attempts == 1 else f"asked {self.attempts} times"

    def again(self, why: str, last: Result) -> Park:
        """Wait for the next try. Raises StepTimedOut if this was the last one; `why` says what was missing."""
        if self.is_last:
            partial = {**last, "attempts": self.attempts, "success": False}
            raise StepTimedOut(f"It was {self.asked}. {why}", code="poll_timeout", partial=partial)
        return Park(self.interval, self.state)

    def won(self, result: Result) -> Result:
        return {**result, "success": True, "attempts": self.attempts, "last": dict(result)}
