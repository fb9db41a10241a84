"""Limits: no more at once than they say, people before schedules, and each that waits says why."""

import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from executions import queue
from executions.limits import RunLimit
from executions.models import Execution, StepRun, WorkerProcess
from executions.operations.admit_waiting import admit_waiting
from executions.operations.cancel import request_cancel
from executions.operations.see_to_endings import see_to_endings
from executions.operations.set_limits import set_limits
from executions.operations.start import start_execution
from executions.status import Status, Trigger
from flows.models import Environment, FlowVersion
from tests.cast import api_of
from workspaces.models import Role, Workspace

Start = Callable[..., Execution]


@pytest.fixture
def start(flow_version: FlowVersion) -> Start:
    def start(trigger: Trigger = Trigger.API, **more: Any) -> Execution:
        values = {"flow_version": flow_version, "environment": None, "variables": {}, "actor": "alice"} | more
        return start_execution(trigger=trigger, **values)

    return start


@pytest.fixture
def workspace(flow_version: FlowVersion) -> Workspace:
    return flow_version.flow.workspace


def finish(execution: Execution) -> None:
    rows = Execution.objects.filter(pk=execution.pk)
    rows.update(status=Status.RUNNING, started_at=timezone.now())
    rows.update(status=Status.PASSED, finished_at=timezone.now())


def going() -> list[int]:
    return list(Execution.objects.active().filter(waits_for="").order_by("id").values_list("pk", flat=True))


@pytest.mark.django_db
def test_without_a_limit_nothing_is_held_or_noted(start: Start) -> None:
    execution = start()
    assert (execution.waits_for, going()) == ("", [execution.pk])
    finish(execution)
    assert see_to_endings() == 0


@pytest.mark.django_db(transaction=True)
def test_the_next_starts_when_a_place_comes_free(
    start: Start, workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent: list[int] = []
    monkeypatch.setattr(queue, "send_step", lambda step, *_: sent.append(step))
    set_limits(workspace=workspace, changes={None: 1}, by=None)
    first, second, third = start(), start(), start()
    assert going() == [first.pk]
    held = StepRun.objects.get(execution=second)
    assert (held.due_at, sent) == (None, [StepRun.objects.get(execution=first).pk])
    request_cancel(execution=second, by="bob")  # one that waits gives no place away
    see_to_endings()
    assert going() == [first.pk]
    finish(first)
    assert see_to_endings() == 1
    assert going() == [third.pk]
    step = StepRun.objects.get(execution=third)
    assert (step.due_at is not None, sent[-1]) == (True, step.pk)


@pytest.mark.django_db(transaction=True)
def test_people_go_before_schedules(start: Start, workspace: Workspace) -> None:
    set_limits(workspace=workspace, changes={None: 1}, by=None)
    first, scheduled, hooked = start(), start(Trigger.SCHEDULE), start(Trigger.WEBHOOK)
    of_a_person = start(Trigger.USER)
    for expected in (of_a_person, scheduled, hooked):
        finish(Execution.objects.get(pk=going()[0]))
        see_to_endings()
        assert going() == [expected.pk]
    assert first.pk < scheduled.pk


@pytest.mark.django_db(transaction=True)
def test_a_flows_own_limit_holds_up_no_other_flow(
    start: Start, workspace: Workspace, flow_version: FlowVersion
) -> None:
    bob = api_of(workspace, Role.EDITOR, "bob")
    bob.post("/flows", {"text": "flow: {name: Other, steps: [{id: a, action: log, config: {message: x}}]}"})
    slug = flow_version.flow.slug
    set_limits(workspace=workspace, changes={slug: 1, None: 3}, by=None)
    first, second = start(), start()
    other = bob.post("/executions", {"flow": "other"}).body["id"]
    assert going() == [first.pk, other]
    second.refresh_from_db()
    assert second.waits_for == "flow"
    # One that another execution waits for is held back by nothing.
    inner = start(Trigger.FLOW)
    assert inner.pk in going()
    set_limits(workspace=workspace, changes={slug: None, None: None}, by=None)
    assert second.pk in going()
    assert not RunLimit.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_whoever_starts_and_ends_at_once_gives_no_place_away_twice(start: Start, workspace: Workspace) -> None:
    set_limits(workspace=workspace, changes={None: 3}, by=None)
    most: list[int] = []

    def work() -> None:
        try:
            for _ in range(6):
                start()
                most.append(len(going()))
                if (some := going()) and threading.get_ident() % 2:
                    finish(Execution.objects.get(pk=some[0]))
                    see_to_endings()
                admit_waiting(workspace.pk)
        finally:
            connection.close()

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert max(most) <= 3
    while going():
        finish(Execution.objects.get(pk=going()[0]))
        see_to_endings()
    assert Execution.objects.active().count() == 0


@pytest.mark.django_db(transaction=True)
def test_a_queued_execution_says_why_it_waits(start: Start, workspace: Workspace) -> None:
    alice = api_of(workspace, Role.ADMIN, "alice")
    bob = api_of(workspace, Role.EDITOR, "bob")

    def why(execution: Execution) -> Any:
        found = bob.get(f"/executions/{execution.pk}").body["execution"]["waiting_for"]
        rows = {row["id"]: row["waiting_for"] for row in bob.get("/executions").body["items"]}
        assert rows[execution.pk] == found
        return found

    lonely = start()
    assert why(lonely) == {"kind": "worker", "message": "No worker is running."}
    soon = timezone.now() + timedelta(minutes=5)
    WorkerProcess.objects.create(host="h", pid=1, boot_id="b", expires_at=soon)
    assert why(lonely) is None
    eu = Environment.objects.create(workspace=workspace, name="eu", worker_group="eu")
    assert "No worker of the group 'eu'" in why(start(environment=eu))["message"]
    assert bob.patch("/limits", {"workspace": 2}).status == 403
    assert alice.patch("/limits", {"workspace": 2}).body == {"workspace": 2, "flows": {}}
    held = why(start())
    assert (held["kind"], "at most 2 executions at once" in held["message"]) == ("workspace_limit", True)
    slug = lonely.flow.slug
    assert alice.patch("/limits", {"flows": {slug: 1}}).body == {"workspace": 2, "flows": {slug: 1}}
    assert why(start())["kind"] == "flow_limit"
    assert bob.get("/limits").body["flows"] == {slug: 1}
    assert alice.patch("/limits", {"flows": {"nonsense": 1}}).status == 404
    assert alice.patch("/limits", {"workspace": 0}).status == 422
