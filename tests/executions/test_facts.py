"""What a page tells beside the snapshot."""

from datetime import timedelta

import pytest
from django.utils import timezone

from executions.models import Execution, StepRun
from executions.status import Status, StepStatus
from tests.cast import Api, api_of, make_workspace
from workspaces.models import Role

pytestmark = pytest.mark.django_db
TEXT = """
name: Check out
steps:
  - {id: one, action: log, config: {message: hello}}
"""


@pytest.fixture
def bob() -> Api:
    bob = api_of(make_workspace(), Role.EDITOR, "bob")
    bob.post("/flows", {"text": TEXT})
    return bob


def ended(bob: Api, status: Status, seconds: float) -> int:
    """An execution that took this long, and half of it in its one step."""
    number: int = bob.post("/executions", {"flow": "check-out"}).body["id"]
    start = timezone.now()
    rows = Execution.objects.filter(pk=number)
    rows.update(status=Status.RUNNING, started_at=start)
    rows.update(status=status, outcome=status, finished_at=start + timedelta(seconds=seconds))
    StepRun.objects.filter(execution=number).delete()
    StepRun.objects.create(
        execution_id=number,
        flow_id=rows[0].flow_id,
        flow_version_id=rows[0].flow_version_id,
        path="steps/one",
        key="steps/one",
        step_id="one",
        section="steps",
        position=0,
        action="log",
        status=StepStatus.PASSED,
        started_at=start,
        finished_at=start + timedelta(seconds=seconds / 2),
    )
    return number


@pytest.mark.django_db(transaction=True)  # outside of one, statements take another way: executions/prepared.py
def test_the_usual_is_the_median_of_those_that_passed(bob: Api) -> None:
    for seconds in (1, 3, 2):
        ended(bob, Status.PASSED, seconds)
    slow = ended(bob, Status.FAILED, 60)
    usual = bob.get(f"/executions/{slow}/facts").body["usual"]
    assert usual == {"runs": 3, "duration_ms": 2000, "steps": {"steps/one": 1000}}


def test_before_the_first_that_passed_nothing_is_usual(bob: Api) -> None:
    assert bob.get(f"/executions/{ended(bob, Status.FAILED, 1)}/facts").body["usual"] is None


def test_edits_since_and_overrides(bob: Api) -> None:
    number = bob.post("/executions", {"flow": "check-out", "variables": {"CARRIER": "postal"}}).body["id"]
    bob.post("/flows", {"text": TEXT.replace("hello", "good day")})
    facts = bob.get(f"/executions/{number}/facts").body
    assert (facts["latest_version"], facts["overrides"]) == (2, {"CARRIER": "postal"})


def test_an_execution_of_another_workspace_has_no_facts(bob: Api) -> None:
    number = ended(bob, Status.PASSED, 1)
    mallory = api_of(make_workspace("other"), Role.ADMIN, "mallory")
    assert mallory.get(f"/executions/{number}/facts").status == 404
