"""What every database connection of an attempt is held to."""

from dataclasses import dataclass
from time import monotonic

from workers.abort import Abort
from workers.egress import Egress
from workers.errors import StepTimedOut


@dataclass(frozen=True)
class Watch:
    """One attempt's deadline, abort and egress rules."""

    abort: Abort
    deadline: float  # monotonic seconds
    egress: Egress
    local_files: bool = False

    def time_left(self, doing: str, code: str = "timeout") -> float:
        """Seconds left; raises Aborted or StepTimedOut when there are none."""
        self.abort.check()
        left = self.deadline - monotonic()
        if left <= 0:
            raise StepTimedOut(f"The time was up while {doing}", code=code)
        return left
