"""How flows, versions and environments were used lately."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from executions.models import Execution, WorkerProcess
from executions.status import Status, Trigger
from executions.usage import recent_of, usage_of_environments
from flows.models import FlowVersion
from flows.operations.save_flow import save_flow
from tests.cast import api_of, make_workspace
from tests.executions.conftest import FLOW
from workspaces.models import Role

pytestmark = pytest.mark.django_db
Make = Callable[..., Execution]


def ended(make: Make, status: str, seconds: float = 1, **changes: Any) -> Execution:
    now = timezone.now()
    return make(status=status, outcome=status, started_at=now - timedelta(seconds=seconds), finished_at=now, **changes)


def test_a_flow_tells_its_last_thirty_its_rate_and_its_usual_duration(
    make_execution: Make, flow_version: FlowVersion
) -> None:
    # Given 40 runs of which every fourth failed, and one on its way
    runs = [ended(make_execution, Status.FAILED if n % 4 == 0 else Status.PASSED, seconds=n + 1) for n in range(40)]
    running = make_execution()
    flow = flow_version.flow
    # When somebody of the workspace asks
    bob = api_of(flow.workspace, Role.VIEWER, "bob")
    (found,) = bob.get(f"/executions/recent?flow={flow.slug}&flow=nowhere").body
    # Then the thirty last that ended are told oldest first, and the one on its way is the last
    assert [one["id"] for one in found["finished"]] == [one.pk for one in runs[10:]]
    assert found["last"]["id"] == running.pk
    assert found["passed"] == sum(one.status == Status.PASSED for one in runs[10:])
    assert abs(found["usual_ms"] - 26_000) <= 1000
    assert found["finished"][0]["duration_ms"] == pytest.approx(11_000, abs=5)


def test_a_flow_that_never_ran_has_no_rate(flow_version: FlowVersion) -> None:
    bob = api_of(flow_version.flow.workspace, Role.VIEWER, "bob")
    (found,) = bob.get(f"/executions/recent?flow={flow_version.flow.slug}").body
    assert found == {"flow": flow_version.flow.slug, "last": None, "finished": [], "passed": 0, "usual_ms": None}


def test_a_page_is_one_statement_and_no_query_beside_it(
    make_execution: Make, flow_version: FlowVersion, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    workspace = flow_version.flow.workspace
    slugs = [save_flow(workspace=workspace, text=FLOW.format(name=f"Many {n}"), by=None).flow.slug for n in range(10)]
    ended(make_execution, Status.PASSED)
    with django_assert_num_queries(0):
        assert len(recent_of(workspace, slugs)) == 10
        assert len(usage_of_environments(workspace, ["a", "b", "c"])) == 3


def test_an_environment_tells_which_flows_ran_against_it(make_execution: Make, flow_version: FlowVersion) -> None:
    workspace = flow_version.flow.workspace
    other = save_flow(workspace=workspace, text=FLOW.format(name="Check out"), by=None).version
    ended(make_execution, Status.PASSED, environment_name="staging")
    of_other = ended(
        make_execution, Status.FAILED, environment_name="staging", flow=other.flow, flow_version=other, flow_name="x"
    )
    last = ended(make_execution, Status.PASSED, environment_name="staging")
    ended(make_execution, Status.PASSED, environment_name="preview")
    bob = api_of(workspace, Role.VIEWER, "bob")
    staging, empty = bob.get("/executions/environments?environment=staging&environment=empty").body
    assert [(one["flow"], one["runs"], one["last"]["id"]) for one in staging["flows"]] == [
        (flow_version.flow.slug, 2, last.pk),
        ("check-out", 1, of_other.pk),
    ]
    assert (staging["runs"], staging["is_capped"], empty["runs"], empty["flows"]) == (3, False, 0, [])


def test_versions_tell_which_runs_ran_them_and_the_search_finds_them(
    make_execution: Make, flow_version: FlowVersion
) -> None:
    flow = flow_version.flow
    second = save_flow(workspace=flow.workspace, text=f"# two{FLOW.format(name=flow.name)}", by=None).version
    first_run = ended(make_execution, Status.PASSED)
    of_second = [ended(make_execution, Status.FAILED, flow_version=second) for _ in range(2)]
    bob = api_of(flow.workspace, Role.VIEWER, "bob")
    found = bob.get(f"/executions/versions?flow={flow.slug}").body
    assert [(one["version"], one["runs"], one["last"]["id"]) for one in found["versions"]] == [
        (2, 2, of_second[1].pk),
        (1, 1, first_run.pk),
    ]

    def search(q: str) -> list[int]:
        return [one["id"] for one in bob.get(f"/executions?q={q}").body["items"]]

    assert search(f"flow:{flow.slug}%20version:1") == [first_run.pk]
    assert search("-version:1") == [one.pk for one in reversed(of_second)]
    assert bob.get("/executions?q=version:x").status == 422


def test_what_ran_in_another_workspace_is_not_told(make_execution: Make, flow_version: FlowVersion) -> None:
    ended(make_execution, Status.PASSED, environment_name="staging")
    mallory = api_of(make_workspace("other"), Role.ADMIN, "mallory")
    slug = flow_version.flow.slug
    assert mallory.get(f"/executions/recent?flow={slug}").body == []
    assert mallory.get("/executions/environments?environment=staging").body[0]["flows"] == []

    assert mallory.get(f"/executions/versions?flow={slug}").status == 404


@pytest.mark.django_db(transaction=True)
def test_each_question_is_answered_outside_a_transaction_as_well() -> None:
    """There the statements are prepared by name, and only columns of simple types come back."""
    bob = api_of(make_workspace(), Role.VIEWER, "bob")
    flow = save_flow(workspace=bob.workspace, text=FLOW.format(name="Check out"), by=None).flow
    assert flow.latest_version is not None
    now = timezone.now()
    Execution.objects.create(
        workspace=bob.workspace,
        flow=flow,
        flow_version=flow.latest_version,
        flow_name=flow.name,
        environment_name="staging",
        trigger=Trigger.API,
        actor="bob",
        status=Status.PASSED,
        outcome=Status.PASSED,
        started_at=now,
        finished_at=now,
    )
    assert bob.get("/executions/recent?flow=check-out").body[0]["passed"] == 1
    assert bob.get("/executions/environments?environment=staging").body[0]["runs"] == 1
    assert bob.get("/executions/versions?flow=check-out").body["runs"] == 1


def test_an_environment_says_that_no_worker_of_its_group_is_there() -> None:
    bob = api_of(make_workspace(), Role.EDITOR, "bob")
    put = bob.put("/environments/inner", {"variables": {}, "worker_group": "inside"})
    assert (put.status, put.body["worker_group"]) == (200, "inside")
    (inner,) = bob.get("/executions/environments?environment=inner").body
    assert inner["waits"] == "No worker of the group 'inside' is running. Start one with STEPWELL_WORKER_GROUP=inside."
    WorkerProcess.objects.create(
        host="h", pid=1, boot_id="b", worker_group="inside", expires_at=timezone.now() + timedelta(minutes=1)
    )
    assert bob.get("/executions/environments?environment=inner").body[0]["waits"] is None
    assert "cannot name a group" in bob.put("/environments/inner", {"worker_group": "in side"}).body["detail"]
