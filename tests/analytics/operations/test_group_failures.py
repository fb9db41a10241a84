"""Failures find their group; groups keep count, come back, and know what recurs."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from analytics.diagnosis.pack import diagnose
from analytics.models import FailureGroup, FailureOccurrence, GroupState, RollupState
from analytics.operations.roll_up import roll_up
from executions.models import Execution
from tests.analytics.history import history
from tests.cast import api_of, make_workspace
from workspaces.models import Role

pytestmark = pytest.mark.django_db


def broken(actual: Any, expression: str = "status == 200") -> list[dict[str, Any]]:
    return [
        {"expression": expression, "operator": "==", "passed": False, "actual": actual, "expected": 200, "parts": []}
    ]


def test_the_first_failure_of_an_execution_gets_a_group() -> None:
    one = history()
    first = one.run("F", assertions=broken(503), message="status is 503, expected 200")
    one.step(first, path="teardown/x", key="teardown/x", status="failed", failure_kind="timeout")
    last = one.run("F", assertions=broken(500), message="status is 500, expected 200")
    one.run("F", assertions=broken(404), message="status is 404, expected 200")
    roll_up()
    same, other = FailureGroup.objects.order_by("first_seen")
    assert (same.count, other.count) == (2, 1)
    assert same.sub == "status == 200|==|status:5xx"
    assert (same.sample, same.sample_execution) == ("status is 500, expected 200", last.pk)
    assert (same.environments, same.versions) == (["staging"], [1])
    assert same.first_seen == first.finished_at


def test_what_a_retry_overcame_is_a_failure_too_and_marked() -> None:
    one = history()
    one.run("R")
    roll_up()
    group = FailureGroup.objects.get()
    assert (group.kind, group.sub, group.count, group.recovered) == ("timeout", "read_timeout", 1, 1)


def test_what_retries_have_always_overcome_is_diagnosed_by_the_attempt_that_failed() -> None:
    one = history()
    one.play("PPP")
    overcome = one.run("R")
    roll_up()
    charlie = api_of(one.workspace, Role.VIEWER)
    path = f"/analytics/failures/{FailureGroup.objects.get().fingerprint}/diagnosis"
    found = charlie.get(path).body
    assert (found["execution"], found["group_state"], found["verdict"]["category"]) == (overcome.pk, "open", "timing")
    assert found["items"][0]["fact"] == "timeout (read_timeout): No answer."
    assert [run["outcome"] for run in found["seen"]] == ["passed", "passed", "passed", "recovered"]
    # A run that failed of it says more, and comes first
    failed = one.run("F", failure_kind="timeout", failure_code="read_timeout", message="No answer.")
    one.run("R")
    roll_up()
    assert charlie.get(path).body["execution"] == failed.pk
    Execution.objects.all().delete()
    assert charlie.get(path).status == 409
    assert api_of(make_workspace(), Role.ADMIN).get(path).status == 404


def test_taken_in_twice_it_is_counted_once() -> None:
    history().play("FRF")
    roll_up()
    numbers = ("fingerprint", "count", "recovered", "first_seen", "last_seen")
    first = sorted(FailureGroup.objects.values_list(*numbers))
    RollupState.objects.all().delete()
    roll_up()
    assert sorted(FailureGroup.objects.values_list(*numbers)) == first


def words(count: int) -> list[str]:
    return [f"STATE_{chr(65 + number)}" for number in range(count)]


def test_the_first_twenty_words_of_an_assertion_tell_failures_apart() -> None:
    # Given more words than an enumeration has, the first of them again at the end
    one = history()
    for word in [*words(22), "STATE_A", "STATE_V"]:
        one.run("F", assertions=broken(word, "body.state == 'PAID'"))
    other = history(one.workspace)
    other.run("F", assertions=broken("STATE_V", "body.state == 'PAID'"))
    roll_up()
    # Then each of twenty has its group, and those that came later are one group
    groups = dict(FailureGroup.objects.filter(flow=one.version.flow).values_list("sub", "count"))
    assert len(groups) == 21
    assert groups["body.state == 'PAID'|==|enum:STATE_A"] == 2
    assert groups["body.state == 'PAID'|==|type:string"] == 3
    assert FailureGroup.objects.get(flow=other.version.flow).sub.endswith("enum:STATE_V")
    # And so it stays, taken in again or made anew
    before = sorted(FailureOccurrence.objects.values_list("group__sub", "step_run_id"))
    RollupState.objects.all().delete()
    roll_up()
    assert sorted(FailureOccurrence.objects.values_list("group__sub", "step_run_id")) == before
    FailureGroup.objects.all().delete()
    RollupState.objects.all().delete()
    roll_up()
    assert sorted(FailureOccurrence.objects.values_list("group__sub", "step_run_id")) == before


def bump(monkeypatch: pytest.MonkeyPatch) -> None:
    """Another definition of fingerprints from now on."""
    for module in ("failures.fingerprint", "rollups.failures", "rollups.enum_words", "rollups.inheritance"):
        monkeypatch.setattr(f"analytics.{module}.VERSION", 2)


def test_a_new_definition_makes_new_groups_and_leaves_the_old_ones(monkeypatch: pytest.MonkeyPatch) -> None:
    one = history()
    first, _ = one.play("FF", assertions=broken(503))
    roll_up()
    FailureGroup.objects.update(state=GroupState.ACKNOWLEDGED, note="The gateway is old.", category="service")
    bump(monkeypatch)
    failed = one.run("F", assertions=broken(503))
    roll_up()
    old, new = FailureGroup.objects.order_by("version")
    assert (old.version, old.count, old.state, old.note) == (1, 2, GroupState.ACKNOWLEDGED, "The gateway is old.")
    # What somebody said of the failure is said of its new group too
    assert (new.version, new.state) == (2, GroupState.ACKNOWLEDGED)
    assert (new.category, new.note) == ("service", "The gateway is old.")
    # What is taken in again is in both; the diagnosis shows the newer.
    RollupState.objects.all().delete()
    roll_up()
    new.refresh_from_db()
    old.refresh_from_db()
    assert (old.count, new.count) == (2, 3)
    for execution in (first, failed):
        found = diagnose(execution)
        assert found is not None
        assert found.group == new.fingerprint


def test_failures_that_a_new_definition_tells_otherwise_find_their_old_group_by_its_example(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    one = history()
    one.play("F", assertions=broken("PENDING"))
    one.play("F", assertions=broken(404))
    roll_up()
    FailureGroup.objects.filter(sub__endswith="PENDING").update(state=GroupState.MUTED, note="It is slow.")
    bump(monkeypatch)
    monkeypatch.setattr("analytics.failures.fingerprint.WORD", "word:")
    monkeypatch.setattr("analytics.rollups.enum_words.WORD", "word:")
    one.run("F", assertions=broken("PENDING"))
    one.run("F", assertions=broken("LATE"))
    roll_up()
    new = {group.sub.rpartition("|")[2]: group for group in FailureGroup.objects.filter(version=2)}
    assert (new["word:PENDING"].state, new["word:PENDING"].note) == (GroupState.MUTED, "It is slow.")
    assert (new["word:LATE"].state, new["word:LATE"].note) == (GroupState.OPEN, "")


def test_of_several_groups_that_become_one_only_what_was_said_of_all_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    one = history()
    for actual in ("PENDING", "LATE"):
        one.run("F", assertions=broken(actual))
    roll_up()
    muted, _ = FailureGroup.objects.order_by("pk")
    FailureGroup.objects.filter(pk=muted.pk).update(state=GroupState.MUTED, category="timing", note="It is slow.")
    FailureGroup.objects.exclude(pk=muted.pk).update(category="timing", note="Seen on Monday.")
    bump(monkeypatch)
    monkeypatch.setattr("analytics.rollups.enum_words.MOST_WORDS", 0)
    one.run("F", assertions=broken("PENDING"))
    roll_up()
    new = FailureGroup.objects.get(version=2)
    assert (new.state, new.category) == (GroupState.OPEN, "timing")
    assert set(new.note.split("\n\n")) == {"It is slow.", "Seen on Monday."}


def test_what_was_resolved_before_a_new_definition_opens_again_and_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    one = history(at=timezone.now() - timedelta(hours=5))
    one.run("F", assertions=broken(503))
    roll_up()
    FailureGroup.objects.update(state=GroupState.RESOLVED, changed_at=one.at + timedelta(minutes=1))
    bump(monkeypatch)
    one.run("F", assertions=broken(503))
    roll_up()
    new = FailureGroup.objects.get(version=2)
    assert (new.state, new.has_regressed) == (GroupState.OPEN, True)


def test_recurring_is_three_on_two_days_or_three_in_one() -> None:
    now = timezone.now()
    spread, dense, few = (history(at=now - timedelta(days=9)) for _ in range(3))
    spread.play("FFF", after=timedelta(days=2))
    dense.play("FFF", after=timedelta(hours=5))
    few.play("FF", after=timedelta(days=3))
    roll_up()
    recurring = FailureGroup.objects.filter(is_recurring=True).values_list("flow_id", flat=True)
    assert set(recurring) == {spread.version.flow_id, dense.version.flow_id}


def test_what_was_resolved_comes_back_and_says_so() -> None:
    one = history(at=timezone.now() - timedelta(hours=5))
    one.run("F")
    roll_up()
    FailureGroup.objects.update(state=GroupState.RESOLVED, changed_at=one.at + timedelta(minutes=1))
    RollupState.objects.all().delete()
    roll_up()
    assert FailureGroup.objects.get().state == "resolved"
    one.run("F")
    roll_up()
    group = FailureGroup.objects.get()
    assert (group.state, group.has_regressed, group.count) == ("open", True, 2)


@pytest.mark.parametrize("state", ["acknowledged", "muted"])
def test_what_is_known_or_muted_stays_so(state: str) -> None:
    one = history(at=timezone.now() - timedelta(hours=5))
    one.run("F")
    roll_up()
    FailureGroup.objects.update(state=state, changed_at=one.at + timedelta(minutes=1))
    one.run("F")
    roll_up()
    assert FailureGroup.objects.get().state == state


def test_groups_outlive_their_executions() -> None:
    one = history()
    one.play("FF")
    roll_up()
    Execution.objects.all().delete()
    one.run("F")
    roll_up()
    assert FailureGroup.objects.get().count == 3
    assert FailureOccurrence.objects.count() == 3


def test_the_same_failure_of_two_workspaces_is_two_groups() -> None:
    for workspace in (make_workspace(), make_workspace()):
        history(workspace, name="Same").run("F")
    roll_up()
    assert FailureGroup.objects.count() == 2
