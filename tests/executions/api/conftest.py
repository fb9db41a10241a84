"""An editor with a flow and an environment, and records written by hand: no worker runs here."""

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from executions.models import Attempt, Execution, Payload, StepRun
from executions.status import Status
from tests.cast import Api, api_of, make_workspace
from workspaces.models import Role

TEXT = """
flow:
  name: Check out
  env: {RETRIES: 3, NAME: shop}
  steps:
    - {id: one, action: log, config: {message: "hello ${NAME}"}}
    - {id: two, action: log, config: {message: bye}}
"""
Record = Callable[..., Attempt]


@pytest.fixture
def bob(db: None) -> Api:
    bob = api_of(make_workspace(), Role.EDITOR, "bob")
    bob.post("/flows", {"text": TEXT})
    bob.put("/environments/staging", {"variables": {"API_URL": "http://127.0.0.1:5016"}})
    return bob


def start(bob: Api, **body: Any) -> int:
    answer = bob.post("/executions", {"flow": "check-out", **body})
    assert answer.status == 201, answer.body
    return int(answer.body["id"])


def finish(execution_id: int, status: Status, **changes: Any) -> None:
    """Let an execution end without any worker."""
    rows = Execution.objects.filter(pk=execution_id)
    rows.update(status=Status.RUNNING, started_at=timezone.now())
    rows.update(status=status, outcome=status, finished_at=timezone.now(), **changes)


def record(
    execution_id: int,
    path: str = "steps/one",
    *,
    number: int = 1,
    status: str = "passed",
    request: Any = None,
    response: Any = None,
    at: datetime | None = None,
    action: str = "log",
    milliseconds: int = 20,
    **of_attempt: Any,
) -> Attempt:
    """A step run that ended with this attempt; a later number is one more attempt of the same, whose fate stays."""
    begun = at or timezone.now()
    ended = begun + timedelta(milliseconds=milliseconds)
    execution = Execution.objects.get(pk=execution_id)
    if number == 1:
        StepRun.objects.filter(execution=execution, path=path).delete()  # what the start had made due
        step = _step_run(execution, path, status, begun, ended, action, of_attempt)
    else:
        step = StepRun.objects.get(execution=execution, path=path)
        StepRun.objects.filter(pk=step.pk).update(attempts=number, finished_at=ended)
    attempt = Attempt.objects.create(
        step_run=step,
        number=number,
        fence=number,
        status=status,
        due_at=begun - timedelta(milliseconds=40),
        started_at=begun,
        finished_at=ended,
        **of_attempt,
    )
    if request is not None or response is not None:
        Payload.objects.create(attempt_id=attempt.pk, created_at=begun, request=request, response=response)
    return attempt


def _step_run(
    execution: Execution,
    path: str,
    status: str,
    begun: datetime,
    ended: datetime,
    action: str,
    failure: dict[str, Any],
) -> StepRun:
    section, *_, last = path.split("/")
    return StepRun.objects.create(
        execution=execution,
        flow=execution.flow,
        flow_version=execution.flow_version,
        environment=execution.environment,
        path=path,
        key=re.sub(r"\[\d+\]", "", path),
        step_id=last.partition("[")[0],
        section=section,
        position=execution.step_runs.count(),
        action=action,
        status=status,
        attempts=1,
        started_at=begun,
        finished_at=ended,
        failure_kind=failure.get("failure_kind", ""),
        message=failure.get("failure_message", ""),
    )
