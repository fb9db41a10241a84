"""What the tests of actions share: a context to run in, and a count of what is left behind."""

import threading
from collections.abc import Callable
from datetime import UTC, datetime
from time import monotonic
from typing import Any

import pytest

from workers.abort import Abort
from workers.actions import ACTIONS
from workers.actions.base import Call, Open, Park, StepContext
from workers.egress import Egress


class Run:
    """One attempt, as the engine would make it."""

    def __init__(self, seconds: float = 30, **context: Any) -> None:
        self.abort = Abort()
        self.context = StepContext(
            abort=self.abort,
            deadline=monotonic() + seconds,
            execution_started_at=datetime.now(UTC),
            **{"egress": Egress(), "local_files": True, **context},
        )

    def __call__(self, name: str, **config: Any) -> dict[str, Any]:
        found = self.park_or_result(name, **config)
        assert isinstance(found, dict)
        return found

    def park_or_result(self, name: str, **config: Any) -> dict[str, Any] | Park | Open | Call:
        action = ACTIONS[name]
        return action.run(action.spec.Config.model_validate(config), self.context)

    def abort_when(self, ready: threading.Event | Callable[[], bool], reason: str = "cancelled") -> threading.Thread:
        """Abort from another thread as soon as the action has got so far."""

        def abort() -> None:
            if isinstance(ready, threading.Event):
                ready.wait(30)
            else:
                while not ready():
                    threading.Event().wait(0.01)
            threading.Event().wait(0.15)  # into the wait itself
            self.abort.set(reason)

        thread = threading.Thread(target=abort, name="aborter")
        thread.start()
        return thread


@pytest.fixture
def run() -> Run:
    return Run()
