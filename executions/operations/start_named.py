"""Start an execution from names, as people and programs give them."""

from collections.abc import Mapping
from typing import Any

from django.contrib.auth.models import User

from executions.models import Execution
from executions.operations.start import plan_of, start_execution
from executions.status import Trigger
from flows.lookup import find_environment, find_flow, find_version, typed_overrides
from workspaces.models import Workspace


def start_named(
    *,
    workspace: Workspace,
    flow: str,
    version: int | None = None,
    environment: str | None = None,
    variables: Mapping[str, Any] | None = None,
    text_variables: Mapping[str, str] | None = None,
    trigger: Trigger,
    actor: str,
    by: User | None = None,
    labels: Mapping[str, str] | None = None,
    idempotency_key: str | None = None,
    idempotency_hash: str = "",
    timeout_seconds: float | None = None,
) -> Execution:
    """Like start_execution. A wrong name raises FlowUnknown, VersionUnknown, EnvironmentUnknown or VariableInvalid."""
    flow_version = find_version(find_flow(workspace, flow), version)
    overrides = dict(variables or {})
    if text_variables:
        overrides |= typed_overrides(plan_of(flow_version).flow, text_variables)
    execution = start_execution(
        flow_version=flow_version,
        environment=find_environment(workspace, environment) if environment else None,
        variables=overrides,
        trigger=trigger,
        actor=actor,
        by=by,
        labels=labels or {},
        idempotency_key=idempotency_key,
        idempotency_hash=idempotency_hash,
        timeout_seconds=timeout_seconds,
    )
    execution.workspace = workspace  # known, so nobody need ask for it
    return execution
