"""When many flows failed at once: a lane of its own beside the steps."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from analytics.models import IncidentFailure
from analytics.questions.scope import Scope, quoted

APART: Final = timedelta(minutes=10)  # from the last failure of one incident to the first of the next


@dataclass
class _Open:
    environment: str
    started_at: datetime
    ended_at: datetime
    services: set[str] = field(default_factory=set)
    flows: set[str] = field(default_factory=set)
    executions: set[int] = field(default_factory=set)


@dataclass(frozen=True)
class Incident:
    environment: str
    started_at: datetime
    ended_at: datetime
    services: list[str]
    flows: list[str]
    executions: list[int]
    q: str


def incidents(scope: Scope) -> list[Incident]:
    """Newest first."""
    found = IncidentFailure.objects.filter(workspace=scope.workspace, at__gte=scope.starts_at, at__lt=scope.ends_at)
    if scope.flow_ids is not None:
        found = found.filter(flow_id__in=scope.flow_ids)
    if scope.environment is not None:
        found = found.filter(environment=scope.environment)
    rows = found.order_by("environment", "at").values_list("environment", "at", "service", "flow__slug", "execution_id")
    made: list[_Open] = []
    for environment, at, service, flow, execution in rows:
        if not made or made[-1].environment != environment or at - made[-1].ended_at > APART:
            made.append(_Open(environment, at, at))
        made[-1].ended_at = at
        made[-1].services.add(service)
        made[-1].flows.add(flow)
        made[-1].executions.add(execution)
    return sorted((_closed(one) for one in made), key=lambda one: one.started_at, reverse=True)


def _closed(one: _Open) -> Incident:
    since, until = one.started_at - timedelta(hours=1), one.ended_at + timedelta(seconds=1)
    words = f"incident env:{quoted(one.environment or 'none')}"
    return Incident(
        environment=one.environment,
        started_at=one.started_at,
        ended_at=one.ended_at,
        services=sorted(one.services),
        flows=sorted(one.flows),
        executions=sorted(one.executions),
        q=f"{words} since:{_minute(since)} until:{_minute(until + timedelta(minutes=1))}",
    )


def _minute(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M")
