"""Running on in memory: harmless steps that are written together, in the transaction that ends the last of them.

A local action touches nothing outside the worker, so running it again does no harm and nobody can tell whether it ran.
It needs no claim of its own, then, and may wait a few milliseconds for its record: see docs/decisions/017. A step that
does not simply pass is forgotten here, and claimed and run like any other.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from time import monotonic
from typing import Any, Final

from executions.settling import Ended, Further, Go
from executions.status import StepStatus
from flows.language.plan import PlannedStep
from workers.actions.base import StepContext
from workers.attempt import Outcome, make_attempt, skip_or_none
from workers.progress import next_after
from workers.recording import to_ended
from workers.running import Running

log = logging.getLogger(__name__)

MOST: Final = 24  # steps written together, the claimed one left out
LONGEST: Final = 0.01  # seconds a result may wait for those after it
LARGEST: Final = 16 * 1024  # characters of payload in one of them
PLAIN: Final = frozenset({StepStatus.PASSED, StepStatus.SKIPPED})


@dataclass(frozen=True)
class Ahead:
    """How to run on from a claimed step. `now` is PostgreSQL's time as it was at `at`, by this process's clock."""

    running: Running
    now: datetime
    at: float
    may_go_on: Callable[[], bool]
    context: Callable[[datetime], StepContext]

    def run(self, here: PlannedStep, ended: Ended) -> list[Further]:
        """The steps after `here` that could be run at once. The state of `running` is as if they were written."""
        found: list[Further] = []
        if not here.spec.is_local or here.container is not None or not _is_plain(ended):
            return found  # what took effect outside is written at once
        until = monotonic() + LONGEST
        self.running.apply(here, here.path, ended, self.running.state)
        while len(found) < MOST and monotonic() < until and self.may_go_on():
            following = next_after(self.running.plan, here, here.path, ended, self.running.state)
            if not isinstance(following, Go) or not self._may_hold_back(following):
                break
            further = self._try(following.step)
            if further is None:
                break
            found.append(further)
            here, ended = further.step, further.ended
            self.running.apply(here, here.path, ended, self.running.state)
        return found

    def _may_hold_back(self, following: Go) -> bool:
        """A local step of the same phase, at the top level, which no time-out of its own has to interrupt."""
        step, spec = following.step.step, following.step.spec
        return (
            following.phase is self.running.state.phase
            and following.step.parent is None
            and spec.is_local
            and not spec.waits
            and not spec.step_keys
            and step.timeout is None
        )

    def _try(self, planned: PlannedStep) -> Further | None:
        """Run it; None if it has to be run in the ordinary way, for whatever reason."""
        began = monotonic()
        draws: dict[str, Any] = {}
        now = self.now + timedelta(seconds=began - self.at)
        try:
            ended = to_ended(self.running, planned, planned.path, self._outcome(planned, now, draws), draws)
        except Exception:
            log.exception("step %s broke ahead of its claim", planned.path)
            return None
        return Further(planned, ended, began=began, over=monotonic()) if _is_plain(ended) else None

    def _outcome(self, planned: PlannedStep, now: datetime, draws: dict[str, Any]) -> Outcome:
        scope = self.running.scope(planned, planned.path, now=now, draws=draws)
        skipped = skip_or_none(planned, scope)
        if skipped is not None:
            skipped.scope = scope
            return skipped
        return make_attempt(planned, scope, self.context(now))


def _is_plain(ended: Ended) -> bool:
    return ended.step in PLAIN and (ended.payload is None or ended.payload.characters <= LARGEST)
