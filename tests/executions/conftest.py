"""Rows to test with: a workspace, a flow, an execution; only what a test says about them matters."""

from collections.abc import Callable
from itertools import count
from typing import Any

import pytest

from executions.models import Execution, StepRun
from executions.status import Trigger
from flows.models import FlowVersion
from flows.operations.save_flow import save_flow
from workspaces.models import Workspace

FLOW = """
flow:
  name: {name}
  steps:
    - {{id: one, action: log, config: {{message: hello}}}}
"""
_numbers = count(1)


@pytest.fixture
def flow_version(db: None) -> FlowVersion:
    number = next(_numbers)
    workspace = Workspace.objects.create(slug=f"shop-{number}", name="Shop")
    return save_flow(workspace=workspace, text=FLOW.format(name=f"Hello {number}"), by=None).version


@pytest.fixture
def make_execution(flow_version: FlowVersion) -> Callable[..., Execution]:
    def make(**changes: Any) -> Execution:
        values: dict[str, Any] = {
            "workspace": flow_version.flow.workspace,
            "flow": flow_version.flow,
            "flow_version": flow_version,
            "flow_name": flow_version.flow.name,
            "trigger": Trigger.API,
            "actor": "alice",
        }
        return Execution.objects.create(**(values | changes))

    return make


@pytest.fixture
def make_step_run(make_execution: Callable[..., Execution]) -> Callable[..., StepRun]:
    def make(**changes: Any) -> StepRun:
        execution = make_execution()
        values: dict[str, Any] = {
            "execution": execution,
            "flow": execution.flow,
            "flow_version": execution.flow_version,
            "path": "steps/one",
            "key": "steps/one",
            "step_id": "one",
            "section": "steps",
            "position": 0,
            "action": "log",
        }
        return StepRun.objects.create(**(values | changes))

    return make
