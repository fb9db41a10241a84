"""The next step's request, made while PostgreSQL commits the result of this one: the worker would only wait.

Nothing of it leaves before the commit has come, and with it the claim (DESIGN §5.2). Only what touches nothing outside
is done: rendering, checking, writing the request down as the record will have it. Where that fails, or wants to know
what only the commit tells, such as the time, nothing is ready, and the step begins as any other.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from executions.payloads import write_ahead
from executions.settling import Go, Next
from flows.language.plan import PlannedStep
from flows.language.scope import Scope
from workers.actions import ACTIONS
from workers.attempt import Rendered, render_config

if TYPE_CHECKING:
    from workers.running import Running


_NEVER_READ: Final = datetime.fromtimestamp(0, UTC)


@dataclass(frozen=True)
class Ready:
    path: str
    draws: dict[str, Any]  # the scope's
    scope: Scope
    rendered: Rendered

    def at(self, now: datetime) -> Scope:
        """Its scope, now that the time of the claim is known."""
        return self.scope.with_clock(lambda: now)


class _NotYet(Exception):
    """The time of the next step is that of the commit."""


def make_ready(then: "Running", following: Next, *, local_files: bool) -> Ready | None:
    """What is ready of the step that follows, if the execution will be as `then`."""
    if not isinstance(following, Go) or not following.claim or following.phase is not then.state.phase:
        return None
    planned, action = following.step, ACTIONS[following.step.step.action]
    if not action.can_be_ready or not _is_plain(planned):
        return None
    draws: dict[str, Any] = {}
    try:
        scope = then.scope(planned, following.path, now=_NEVER_READ, draws=draws).with_clock(_unknown)
        config = render_config(planned, action, scope)
        endpoint = action.endpoint(config, planned.step.config)
        prepared = action.make_ready(config, local_files=local_files)
        written = write_ahead(prepared.told, then.masker) if prepared is not None else None
        rendered = Rendered(config, endpoint, prepared, written)
    except Exception:  # noqa: BLE001 - whatever it is, it comes again when the step is run, and is recorded then
        return None
    return Ready(following.path, draws, scope, rendered)


def _is_plain(planned: PlannedStep) -> bool:
    """Whether nothing stands between its claim and its config. One inside another may have to ask the database."""
    step = planned.step
    return planned.parent is None and not step.disabled and step.run_condition is None


def _unknown() -> datetime:
    raise _NotYet
