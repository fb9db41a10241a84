"""A quarantine has a reason, an end and a place; a failure under it stops no pipeline."""

from datetime import timedelta

import pytest
from django.utils import timezone

from executions.gate import excuse_of
from executions.models import Execution
from flows.errors import QuarantineInvalid
from flows.models import Flow, Quarantine
from flows.operations.quarantine import lift, quarantine
from tests.analytics.history import History, history
from tests.cast import api_of
from workspaces.models import AuditEntry, Role

pytestmark = pytest.mark.django_db


@pytest.fixture
def past() -> History:
    return history(at=timezone.now())


def held(flow: Flow, step_key: str = "steps/one", **changes: object) -> Quarantine:
    return quarantine(flow=flow, step_key=step_key, reason="Known: ORD-12", by=None, actor="alice", **changes)  # type: ignore[arg-type]  # of a test


def excused(execution: Execution) -> bool:
    return excuse_of(Execution.objects.get(pk=execution.pk)) is not None


def test_a_failure_under_quarantine_is_excused_and_others_are_not(past: History) -> None:
    before = past.run("F", after=timedelta(hours=-1))
    made = held(past.version.flow)
    past.at = timezone.now()
    assert not excused(before)
    assert excused(past.run("F"))
    assert not excused(past.run("P"))
    assert not excused(past.run("F", e_failed_step_path="steps/other"))
    assert excused(past.run("F", e_failed_step_path="steps/one[3]/inner"))
    lift(quarantine=made, by=None, actor="bob")
    past.at = timezone.now()
    assert not excused(past.run("F"))


def test_it_ends_by_itself(past: History) -> None:
    held(past.version.flow, days=2)
    assert excused(past.run("F", after=timedelta(days=1)))
    assert not excused(past.run("F", after=timedelta(days=2)))


def test_every_failure_must_be_under_quarantine(past: History) -> None:
    held(past.version.flow)
    both = past.run("F", e_failed_count=2)
    past.step(both, path="teardown/x", key="teardown/x", status="failed")
    assert not excused(both)
    held(past.version.flow, "")
    past.at = timezone.now()
    assert excused(past.run("F", e_failed_count=2))
    assert excused(past.run("C", e_status="timed_out"))


def test_a_container_fails_with_what_is_in_it(past: History) -> None:
    held(past.version.flow)
    run = past.run("F", e_failed_count=2, e_failed_step_path="steps/one")
    inner = run.step_runs.get()
    inner.parent = past.step(run, path="steps/all", key="steps/all", status="failed")
    inner.save()
    assert excused(run)


def test_a_second_one_replaces_the_first(past: History) -> None:
    first, second = held(past.version.flow), held(past.version.flow)
    first.refresh_from_db()
    assert first.lifted_at is not None
    assert list(Quarantine.objects.in_force(at=timezone.now())) == [second]


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"reason": "  "}, "needs a reason"),
        ({"days": 0}, "up to 90 days"),
        ({"days": 91}, "up to 90 days"),
        ({"step_key": "steps/ome"}, r"no step 'steps/ome'\. The nearest is steps/one\."),
    ],
)
def test_what_cannot_be_is_refused(past: History, changes: dict[str, object], message: str) -> None:
    given = {"flow": past.version.flow, "step_key": "", "reason": "x", "by": None, "actor": "alice"}
    with pytest.raises(QuarantineInvalid, match=message):
        quarantine(**given | changes)  # type: ignore[arg-type]  # of a test


def test_over_http_only_admins_set_and_lift(past: History) -> None:
    alice, bob = api_of(past.workspace, Role.ADMIN), api_of(past.workspace, Role.EDITOR)
    body = {"flow": past.version.flow.slug, "step_key": "steps/one", "reason": "Known"}
    assert bob.post("/analytics/quarantines", body).status == 403
    made = alice.post("/analytics/quarantines", body)
    assert (made.status, made.body["is_in_force"]) == (201, True)
    failed = past.run("F", after=timedelta(seconds=5))
    assert bob.get(f"/executions/{failed.pk}").body["execution"]["quarantined"] == "Known"
    listed = bob.get("/executions").body["items"][0]
    assert (listed["status"], listed["quarantined"]) == ("failed", "Known")
    assert [one["id"] for one in bob.get("/analytics/quarantines").body["items"]] == [made.body["id"]]
    mallory = api_of(history().workspace, Role.ADMIN)
    assert mallory.post(f"/analytics/quarantines/{made.body['id']}/lift").status == 404
    assert mallory.get("/analytics/quarantines?all=true").body["items"] == []
    assert alice.post(f"/analytics/quarantines/{made.body['id']}/lift").body["is_in_force"] is False
    assert bob.get("/analytics/quarantines").body["items"] == []
    assert len(bob.get("/analytics/quarantines?all=true").body["items"]) == 1
    assert set(AuditEntry.objects.filter(workspace=past.workspace).values_list("verb", flat=True)) >= {
        "quarantine.set", "quarantine.lifted",
    }  # fmt: skip
