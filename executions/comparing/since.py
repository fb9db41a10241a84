"""What else is not as it was in the other run: flow, environment, variables, versions of services, platform."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from executions.comparing.differences import is_same
from executions.comparing.services import ServiceVersion, service_versions
from executions.comparing.sides import Side
from executions.masking.marks import is_masked
from executions.models import Attempt, Execution
from flows.language import jsontext
from flows.models import Variable


@dataclass(frozen=True)
class VariableChange:
    """Of a secret only that it changed."""

    name: str
    kind: Literal["added", "removed", "changed", "secret"]
    left: Any = None
    right: Any = None


@dataclass(frozen=True)
class EnvironmentChange:
    left: str
    right: str
    is_same: bool  # the same environment, as it was
    variables: int  # of the right one, secrets left out
    changes: list[VariableChange]
    is_unexplained: bool  # its revision changed by something that is not kept: a secret deleted, say


@dataclass(frozen=True)
class Platform:
    """Who ran the steps, and how long the run waited to begin."""

    workers: list[str]
    queue_ms: int | None


@dataclass(frozen=True)
class Since:
    left_version: int
    right_version: int
    environment: EnvironmentChange
    overrides: list[VariableChange]
    services: list[ServiceVersion]
    left_platform: Platform
    right_platform: Platform


def since_of(left: Side, right: Side) -> Since:
    one, other = left.execution, right.execution
    return Since(
        left_version=one.flow_version.number,
        right_version=other.flow_version.number,
        environment=_environment(one, other),
        overrides=_changes(one.overrides, other.overrides),
        services=service_versions(left, right),
        left_platform=_platform(one, left.attempts),
        right_platform=_platform(other, right.attempts),
    )


def _environment(left: Execution, right: Execution) -> EnvironmentChange:
    is_same = (left.environment_name, left.environment_revision) == (right.environment_name, right.environment_revision)
    changes = [] if is_same else _changes(left.variables, right.variables) + _secrets(left, right)
    return EnvironmentChange(
        left=left.environment_name,
        right=right.environment_name,
        is_same=is_same,
        variables=len(right.variables),
        changes=changes,
        is_unexplained=not is_same and not changes and left.environment_name == right.environment_name,
    )


def _changes(left: Mapping[str, Any], right: Mapping[str, Any]) -> list[VariableChange]:
    found = []
    for name in sorted({*left, *right}):
        if name not in left:
            found.append(VariableChange(name, "added", right=right[name]))
        elif name not in right:
            found.append(VariableChange(name, "removed", left=left[name]))
        elif not _equal(left[name], right[name]):
            found.append(VariableChange(name, "changed", left[name], right[name]))
    return found


def _secrets(left: Execution, right: Execution) -> list[VariableChange]:
    """Those that were set between the two runs, as far as they are still there."""
    if left.environment_id != right.environment_id or right.environment_id is None:
        return []
    earlier, later = sorted((left.queued_at, right.queued_at))
    rows = Variable.objects.filter(environment=right.environment_id, updated_at__gt=earlier, updated_at__lte=later)
    hidden = [one.name for one in rows if one.is_secret or is_masked(str(right.variables.get(one.name)))]
    return [VariableChange(name, "secret") for name in sorted(hidden)]


def _equal(left: Any, right: Any) -> bool:
    if isinstance(left, dict | list) or isinstance(right, dict | list):
        return jsontext.dumps(left) == jsontext.dumps(right)
    return is_same(left, right)


def _platform(execution: Execution, attempts: Mapping[str, Attempt]) -> Platform:
    workers = sorted({str(one.worker) for one in attempts.values() if one.worker is not None})
    waited = execution.started_at - execution.queued_at if execution.started_at else None
    return Platform(workers, round(waited.total_seconds() * 1000) if waited is not None else None)
