"""The admin: every page opens, lists never count history, records cannot be edited, and what can be done is done."""

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from celery import current_app
from django.contrib.auth.models import Permission, User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from kombu import Connection

from executions.backlog import read_backlog
from executions.models import Attempt, Execution, Move, Payload, StepRun, WorkerProcess
from executions.queues import read_queues
from executions.status import Status
from flows.models import Environment, Flow, FlowVersion
from flows.operations.save_environment import save_environment
from tests.cast import make_member, make_workspace
from workspaces.models import ApiToken, AuditEntry, Role, Workspace

pytestmark = pytest.mark.django_db
SECRET = "s3cr3t-of-the-shop"


@pytest.fixture
def admin() -> Client:
    client = Client()
    client.force_login(User.objects.create_superuser("the-admin"))
    return client


@pytest.fixture
def step(make_step_run: Callable[..., StepRun]) -> StepRun:
    """A step that failed once, with everything a record can have."""
    step = make_step_run(attempts=1, message="body.total is 3, expected 4", failure_kind="assertion")
    now = timezone.now()
    attempt = Attempt.objects.create(
        step_run=step,
        number=1,
        fence=1,
        status="failed",
        due_at=now,
        started_at=now,
        finished_at=now + timedelta(milliseconds=12),
        failure_kind="assertion",
        failure_code="assertion",
        failure_message="body.total is 3, expected 4",
        assertions=[{"expression": "body.total == 4", "passed": False, "actual": 3, "expected": 4, "message": "no"}],
        captured=[{"name": "id", "path": "body.id", "value": "<script>\ud800", "source": "one"}],
    )
    Payload.objects.create(
        attempt_id=attempt.pk, created_at=now, request={"url": "http://x"}, response={"body": "<b>\ud800</b>"}
    )
    Move.objects.create(execution=step.execution, new=Status.QUEUED)
    return step


@pytest.mark.parametrize(
    "model",
    [Execution, StepRun, WorkerProcess, Flow, FlowVersion, Environment, Workspace, ApiToken, AuditEntry, User],
)
def test_every_list_and_every_page_opens(admin: Client, step: StepRun, model: Any) -> None:
    save_environment(workspace=step.execution.workspace, name="staging", secrets={"KEY": SECRET}, by=None)
    WorkerProcess.objects.create(host="h", pid=1, boot_id="b", expires_at=timezone.now())
    base = f"/admin/{model._meta.app_label}/{model._meta.model_name}/"
    assert admin.get(base).status_code == 200
    first = model.objects.first()
    if first is not None:
        page = admin.get(f"{base}{first.pk}/change/")
        assert page.status_code == 200
        assert SECRET not in page.content.decode()


def test_an_execution_shows_its_timeline(admin: Client, step: StepRun) -> None:
    page = admin.get(f"/admin/executions/execution/{step.execution_id}/change/").content.decode()
    assert "steps/one" in page
    assert f"/admin/executions/steprun/{step.pk}/change/" in page
    assert "Run again" in page


def test_a_step_shows_its_assertions_with_actual_and_expected(admin: Client, step: StepRun) -> None:
    page = admin.get(f"/admin/executions/steprun/{step.pk}/change/").content.decode()
    assert "body.total == 4" in page
    assert "&lt;script&gt;" in page
    assert "<script>\\ud800" not in page


def test_a_payload_is_read_on_demand_and_escaped(admin: Client, step: StepRun) -> None:
    attempt = Attempt.objects.get(step_run=step)
    page = admin.get(f"/admin/executions/steprun/attempts/{attempt.pk}/payload/").content.decode()
    assert "http://x" in page
    assert "&lt;b&gt;" in page
    download = admin.get(f"/admin/executions/steprun/attempts/{attempt.pk}/payload/?download")
    assert download.json()["request"] == {"url": "http://x"}


def test_the_list_counts_no_history_and_reads_no_payload(
    admin: Client, step: StepRun, django_assert_max_num_queries: Any
) -> None:
    with django_assert_max_num_queries(15) as queries:
        assert admin.get("/admin/executions/execution/?status__exact=queued").status_code == 200
    counts = [query["sql"] for query in queries if "COUNT" in query["sql"]]
    assert all("LIMIT" in one for one in counts), counts
    assert not any("executions_payload" in query["sql"] or "spec_json" in query["sql"] for query in queries)


def test_a_record_cannot_be_edited(admin: Client, step: StepRun) -> None:
    assert (
        admin.post(f"/admin/executions/execution/{step.execution_id}/change/", {"status": "passed"}).status_code == 403
    )
    assert admin.post(f"/admin/executions/execution/{step.execution_id}/delete/").status_code == 403
    assert admin.get("/admin/executions/execution/add/").status_code == 403


def test_an_execution_is_cancelled_and_run_again(admin: Client, step: StepRun) -> None:
    execution = step.execution_id
    admin.post(f"/admin/executions/execution/{execution}/cancel/")
    assert Execution.objects.get(pk=execution).status == Status.CANCELLED
    assert AuditEntry.objects.filter(verb="execution.cancelled", actor="the-admin").exists()
    admin.post(f"/admin/executions/execution/{execution}/rerun/", {"mode": "as_it_was"})
    again = Execution.objects.get(rerun_of=execution)
    assert (again.trigger, again.actor, again.rerun_mode) == ("user", "the-admin", "as_it_was")
    page = admin.get(f"/admin/executions/execution/{again.pk}/change/").content.decode()
    assert f"/admin/executions/execution/{execution}/change/" in page  # the chain of re-runs


def test_a_cancel_that_comes_too_late_says_so(admin: Client, step: StepRun) -> None:
    path = f"/admin/executions/execution/{step.execution_id}/cancel/"
    admin.post(path)
    assert "already" in admin.post(path, follow=True).content.decode()


def test_many_are_run_again_at_once(admin: Client, make_execution: Callable[..., Execution]) -> None:
    chosen = [make_execution().pk for _ in range(2)]
    order = {"action": "rerun_chosen", "_selected_action": chosen}
    # When it is asked for, it is asked once more
    page = admin.post("/admin/executions/execution/", order).content.decode()
    assert "Run again 2 executions" in page
    assert not Execution.objects.filter(rerun_of__in=chosen).exists()
    # Then it is done, and written down
    admin.post("/admin/executions/execution/", {**order, "confirmed": "1"})
    assert Execution.objects.filter(rerun_of__in=chosen).count() == 2
    assert AuditEntry.objects.filter(verb="execution.bulk_rerun", actor="the-admin").exists()


def test_what_cannot_be_cancelled_is_told_and_stops_none_of_the_others(
    admin: Client, make_execution: Callable[..., Execution]
) -> None:
    ended, waiting = make_execution(), make_execution()
    for status, ended_at in ((Status.RUNNING, None), (Status.PASSED, timezone.now())):
        Execution.objects.filter(pk=ended.pk).update(status=status, finished_at=ended_at)
    order = {"action": "cancel_chosen", "_selected_action": [ended.pk, waiting.pk], "confirmed": "1"}
    page = admin.post("/admin/executions/execution/", order, follow=True).content.decode()
    assert "1 execution is cancelled." in page
    assert f"#{ended.pk}: " in page
    assert Execution.objects.get(pk=waiting.pk).status == Status.CANCELLED


def test_what_is_chosen_in_a_workspace_where_one_only_looks_is_refused(
    make_execution: Callable[..., Execution],
) -> None:
    execution = make_execution()
    charlie = make_member(execution.workspace, Role.VIEWER, "charlie")
    charlie.is_staff = True
    charlie.save()
    charlie.user_permissions.add(*Permission.objects.filter(codename__startswith="view_"))
    client = Client()
    client.force_login(charlie)
    order = {"action": "cancel_chosen", "_selected_action": [execution.pk], "confirmed": "1"}
    page = client.post("/admin/executions/execution/", order, follow=True).content.decode()
    assert "needs the role editor" in page
    assert Execution.objects.get(pk=execution.pk).status == Status.QUEUED


def test_an_execution_leads_to_its_page_in_its_workspace(admin: Client, step: StepRun) -> None:
    page = f"/executions/{step.execution_id}?workspace={step.execution.workspace.slug}"
    assert page in admin.get("/admin/executions/execution/").content.decode()
    assert page in admin.get(f"/admin/executions/execution/{step.execution_id}/change/").content.decode()


def test_the_workers_page_tells_what_waits(admin: Client, step: StepRun) -> None:
    # Given a step that is due and whose message nobody took, an attempt whose worker is gone, and a worker group
    now = timezone.now()
    StepRun.objects.filter(pk=step.pk).update(due_at=now - timedelta(hours=2), sent_at=now - timedelta(hours=1))
    Attempt.objects.filter(step_run=step).update(status="running", finished_at=None)
    save_environment(workspace=step.execution.workspace, name="far", by=None)
    Environment.objects.filter(name="far").update(worker_group="far-away")
    # Then the page says so, and leads to it
    backlog = read_backlog()
    assert (backlog.waiting, backlog.unsent, backlog.overdue, backlog.lost) == (1, 0, 1, 1)
    page = admin.get("/admin/executions/workerprocess/").content.decode()
    assert f"steps/one of #{step.execution_id}" in page
    assert "steps.far-away" in page
    assert "2\u00a0hours" in page


def test_queues_are_counted_by_name(embedded: Any) -> None:
    with current_app.connection_for_write() as broker:
        channel: Any = broker.default_channel
        channel.client.delete(channel.unacked_key, "control")
        channel.client.lpush("control", *["{}"] * 3)
        channel.client.hset(channel.unacked_key, "a-tag", json.dumps([{}, "", "control"]))
        try:
            found = {queue.name: queue for queue in read_queues() or []}
        finally:
            channel.client.delete(channel.unacked_key, "control")
    assert (found["control"].waiting, found["control"].unacked) == (3, 1)


def test_a_broker_that_is_away_is_told(admin: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(current_app, "connection_for_read", lambda: Connection("redis://127.0.0.1:1/0"))
    assert "The broker does not answer" in admin.get("/admin/executions/workerprocess/").content.decode()


@pytest.mark.parametrize("model", [Execution, StepRun, WorkerProcess, Flow, FlowVersion, Environment, AuditEntry])
def test_no_list_reads_what_is_long(admin: Client, step: StepRun, model: Any) -> None:
    with CaptureQueriesContext(connection) as queries:
        assert admin.get(f"/admin/{model._meta.app_label}/{model._meta.model_name}/").status_code == 200
    long = ("executions_payload", "spec_json", "files_json", '"text"', "resume_state", '"assertions"', "ciphertext")
    assert [query["sql"] for query in queries if any(word in query["sql"] for word in long)] == []


def test_staff_see_their_own_workspaces_and_viewers_do_nothing(step: StepRun) -> None:
    # Given charlie, who is staff, a viewer of another workspace, and then of this one
    charlie = make_member(make_workspace("other"), Role.VIEWER, "charlie")
    charlie.is_staff = True
    charlie.save()
    charlie.user_permissions.add(*Permission.objects.filter(codename__startswith="view_"))
    client = Client()
    client.force_login(charlie)
    page = f"/admin/executions/execution/{step.execution_id}/change/"
    attempt = Attempt.objects.get(step_run=step)
    payload = f"/admin/executions/steprun/attempts/{attempt.pk}/payload/"
    assert client.get(page).status_code == 302  # Django's way of saying that there is no such thing
    assert client.get(payload).status_code == 404
    assert client.post(f"/admin/executions/execution/{step.execution_id}/cancel/").status_code == 404
    # Then he sees it, and cannot stop it
    charlie.memberships.create(workspace=step.execution.workspace, role=Role.VIEWER)
    assert client.get(page).status_code == 200
    assert client.get(payload).status_code == 200
    assert client.post(f"/admin/executions/execution/{step.execution_id}/cancel/").status_code == 403
    assert Execution.objects.get(pk=step.execution_id).status == Status.QUEUED


def test_times_have_their_seconds(admin: Client, step: StepRun) -> None:
    page = admin.get(f"/admin/executions/execution/{step.execution_id}/change/").content.decode()
    assert step.execution.queued_at.strftime("%Y-%m-%d %H:%M:%S") in page
