"""Finding what somebody named: a flow, a version, an environment. A wrong name is told the nearest right one."""

from collections.abc import Iterable, Mapping
from typing import Any

from flows.errors import EnvironmentUnknown, FlowUnknown, VariableInvalid, VersionUnknown
from flows.language.env import typed_override
from flows.language.problems import nearest
from flows.language.spec import FlowSpec
from flows.models import Environment, Flow, FlowVersion
from workspaces.models import Workspace


def find_flow(workspace: Workspace, slug: str) -> Flow:
    """Raises FlowUnknown."""
    flows = Flow.objects.filter(workspace=workspace)
    found = flows.select_related("latest_version").filter(slug=slug).first()
    if found is None:
        raise FlowUnknown(_unknown("flow", slug, flows.values_list("slug", flat=True)[:2000]))
    return found


def find_version(flow: Flow, number: int | None = None) -> FlowVersion:
    """The latest one without a number. Raises VersionUnknown."""
    if number is None and flow.latest_version is not None:
        flow.latest_version.flow = flow  # known, so nobody need ask for it
        return flow.latest_version
    found = flow.versions.filter(number=number).first() if number is not None else None
    if found is None:
        latest = flow.latest_version.number if flow.latest_version else 0
        raise VersionUnknown(f"The flow {flow.slug} has no version {number}. Its latest is {latest}.")
    return found


def find_environment(workspace: Workspace, name: str) -> Environment:
    """Raises EnvironmentUnknown."""
    environments = Environment.objects.filter(workspace=workspace)
    found = environments.prefetch_related("variables").filter(name=name).first()
    if found is None:
        raise EnvironmentUnknown(_unknown("environment", name, environments.values_list("name", flat=True)[:2000]))
    return found


def typed_overrides(spec: FlowSpec, texts: Mapping[str, str]) -> dict[str, Any]:
    """`--var K=V` as values: each takes the type of the flow's env value of that name. Raises VariableInvalid."""
    values: dict[str, Any] = {}
    for name, text in texts.items():
        try:
            values[name] = typed_override(text, spec.env[name]) if name in spec.env else text
        except ValueError as exc:
            raise VariableInvalid(f"The variable {name} cannot be {text!r}: {exc}") from exc
    return values


def _unknown(kind: str, name: str, known: Iterable[str]) -> str:
    names = list(known)
    near = nearest(name, names)
    if near:
        return f"There is no {kind} {name!r} in this workspace. The nearest is {near!r}."
    if not names:
        return f"There is no {kind} {name!r} in this workspace; it has none yet."
    return f"There is no {kind} {name!r} in this workspace. It has {', '.join(sorted(names)[:5])}."
