"""Which executions a question is about, and the search that names exactly them."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Final

from analytics.errors import QuestionInvalid
from analytics.questions import hours as raw
from executions.status import Trigger
from flows.language.problems import nearest
from flows.lookup import find_environment, find_flow
from flows.models import Environment, Flow
from workspaces.models import Workspace

LONGEST: Final = 400  # days
USUAL: Final = 30


@dataclass(frozen=True)
class Scope:
    """Days are UTC, both ends included; an execution belongs to the day it was queued.

    With `hours` it is about so many up to `ends_at` instead, read from the record; the days are those they touch.
    """

    workspace: Workspace
    first: date
    last: date
    flow: Flow | None = None
    flow_ids: tuple[int, ...] | None = None  # of the flow, or of all with the tag
    environment: str | None = None
    tag: str = ""
    trigger: str = ""
    hours: int = 0
    until: datetime | None = None  # where the hours end

    @property
    def ends_at(self) -> datetime:
        return self.until or datetime.combine(self.last + timedelta(days=1), time(), UTC)

    @property
    def starts_at(self) -> datetime:
        return self.until - timedelta(hours=self.hours) if self.until else datetime.combine(self.first, time(), UTC)

    @property
    def whole_days(self) -> "Scope":
        """For what is only kept by day."""
        return replace(self, hours=0, until=None)

    @property
    def days(self) -> int:
        return (self.last - self.first).days + 1

    @property
    def before(self) -> "Scope":
        """The same question about as much time before."""
        if self.until:
            return of_hours(self, self.hours, self.starts_at)
        return replace(self, first=self.first - timedelta(days=self.days), last=self.first - timedelta(days=1))

    @property
    def table(self) -> str:
        """What a statement about executions reads; it gives it a name of its own."""
        return "analytics_workspaceday" if self.flow_ids is None and not self.hours else self.table_by_flow

    @property
    def table_by_flow(self) -> str:
        return raw.EXECUTIONS if self.hours else "analytics_flowday"

    @property
    def table_by_step(self) -> str:
        return raw.STEPS if self.hours else "analytics_stepday"

    @property
    def where(self) -> str:
        """Over the sums by day; the record by the hour has its time in it."""
        parts = ["workspace_id = %(workspace)s"]
        parts += [] if self.hours else ["day BETWEEN %(first)s AND %(last)s"]
        parts += ["flow_id = ANY(%(flows)s)"] if self.flow_ids is not None else []
        parts += ["environment = %(environment)s"] if self.environment is not None else []
        parts += ["trigger = %(trigger)s"] if self.trigger else []
        return " AND ".join(parts)

    @property
    def params(self) -> dict[str, Any]:
        return {
            "workspace": self.workspace.pk,
            "first": self.first,
            "last": self.last,
            "start": self.starts_at,
            "end": self.ends_at,
            "flows": list(self.flow_ids or ()),
            "environment": self.environment,
            "trigger": self.trigger,
        }

    def search(self, *, at: date | None = None, also: str = "") -> str:
        """For the box of the executions list: what was counted, of the whole time or of one day or hour."""
        words = [*self._place(), *([f"trigger:{self.trigger}"] if self.trigger else []), *([also] if also else [])]
        return " ".join([*words, *self._time(at)])

    def _time(self, at: date | None) -> list[str]:
        if not self.until:
            first, last = (at, at) if at else (self.first, self.last)
            return [f"since:{first}", f"until:{last + timedelta(days=1)}"]
        since, until = self.starts_at, self.until
        if isinstance(at, datetime):
            since, until = at, at + timedelta(hours=1)
        return [f"since:{since:%Y-%m-%dT%H:%M}", f"until:{until:%Y-%m-%dT%H:%M}"]

    def search_of_now(self, also: str) -> str:
        """The same for what knows neither days nor triggers: the health of steps is what it is now."""
        return " ".join([*self._place(), also])

    def _place(self) -> list[str]:
        words = [f"flow:{quoted(self.flow.slug)}"] if self.flow else []
        words += [f"tag:{quoted(self.tag)}"] if self.tag else []
        return words + ([f"env:{quoted(self.environment or 'none')}"] if self.environment is not None else [])


def of_hours(scope: Scope, hours: int, until: datetime) -> Scope:
    last = until - timedelta(hours=1)  # where the last of them begins
    return replace(scope, first=(until - timedelta(hours=hours)).date(), last=last.date(), hours=hours, until=until)


def day_and_hour(at: date) -> tuple[date, int | None]:
    """Of a point: a day, or an hour of one."""
    return (at.date(), at.hour) if isinstance(at, datetime) else (at, None)


def quoted(value: str) -> str:
    """A value of a search word."""
    return value if value and not set(value) & set(' ,"') else f'"{value}"'


def scope_of(
    workspace: Workspace,
    *,
    days: int = USUAL,
    hours: int = 0,
    since: date | None = None,
    until: date | None = None,
    flow: str = "",
    environment: str = "",
    tag: str = "",
    trigger: str = "",
) -> Scope:
    """What the words of a question mean. `environment` none: runs without one. Raises QuestionInvalid, FlowUnknown,
    EnvironmentUnknown.
    """
    if hours and (since or until):
        raise QuestionInvalid("hours are the last ones; leave out since and until, or ask for days.")
    last = until or datetime.now(UTC).date()
    first = since or last - timedelta(days=days - 1)
    if first > last:
        raise QuestionInvalid(f"since {first} is after until {last}.")
    if (last - first).days >= LONGEST:
        raise QuestionInvalid(f"{(last - first).days + 1} days were asked for; {LONGEST} is the most.")
    if trigger and trigger not in Trigger.values:
        near = nearest(trigger, Trigger.values)
        hint = f"The nearest is {near}." if near else f"There are {', '.join(Trigger.values)}."
        raise QuestionInvalid(f"There is no trigger {trigger!r}. {hint}")
    found = find_flow(workspace, flow) if flow else None
    scope = Scope(
        workspace=workspace,
        first=first,
        last=last,
        flow=found,
        flow_ids=_flow_ids(workspace, found, tag),
        environment=_environment(workspace, environment),
        tag=tag,
        trigger=trigger,
    )
    return of_hours(scope, hours, _next_hour()) if hours else scope


def _next_hour() -> datetime:
    return datetime.now(UTC).replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)


def _environment(workspace: Workspace, name: str) -> str | None:
    if name == "none":
        return ""
    if not name:
        return None
    exists = Environment.objects.filter(workspace=workspace, name=name).exists()
    return name if exists else find_environment(workspace, name).name


def _flow_ids(workspace: Workspace, flow: Flow | None, tag: str) -> tuple[int, ...] | None:
    if not tag:
        return (flow.pk,) if flow else None
    wanted = tag.casefold()
    tagged = Flow.objects.filter(workspace=workspace).values_list("pk", "tags")
    ids = {pk for pk, tags in tagged if wanted in {str(one).casefold() for one in tags}}
    return tuple(sorted(ids & {flow.pk} if flow else ids))


def names_of(flow_ids: Sequence[int]) -> dict[int, tuple[str, str]]:
    """Slug and name of each."""
    return {
        pk: (slug, name) for pk, slug, name in Flow.objects.filter(pk__in=flow_ids).values_list("pk", "slug", "name")
    }
