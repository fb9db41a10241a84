"""The admin: every page opens, lists never count history, records cannot be edited, and what can be done is done."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import Permission, User
from django.test import Client
from django.utils import timezone

from executions.models import Attempt, Execution, Move, Payload, StepRun, WorkerProcess
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
    admin.post("/admin/executions/execution/", {"action": "rerun_chosen", "_selected_action": chosen})
    assert Execution.objects.filter(rerun_of__in=chosen).count() == 2


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
