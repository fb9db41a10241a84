"""The sums are what the record says, however often, late or at once they are made."""

import random
import threading
from datetime import UTC, date, datetime, timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.utils import timezone

from analytics.durations.histogram import percentile
from analytics.flakiness.score import flakiness_of
from analytics.models import (
    EndpointDay,
    FlowDay,
    IncidentFailure,
    RollupState,
    StepDay,
    StepHealth,
    WorkspaceDay,
)  # fmt: skip
from analytics.operations import roll_up as module
from analytics.operations.rebuild import rebuild
from analytics.operations.roll_up import is_overdue, lock, roll_up
from analytics.rollups.differences import differences
from executions.models import Execution
from tests.analytics.history import History, history
from tests.cast import make_workspace

pytestmark = pytest.mark.django_db
MANY_DAYS = (date(2000, 1, 1), date(2100, 1, 1))


def sums() -> list[tuple[Any, ...]]:
    """Everything that was made, without ids."""
    found: list[tuple[Any, ...]] = []
    for model in (FlowDay, WorkspaceDay, StepDay, EndpointDay, StepHealth):
        names = [
            f.attname
            for f in model._meta.concrete_fields
            if f.name not in {"id", "updated_at", "runs_per_day", "disturbed_per_day"}
        ]
        found += sorted(model.objects.values_list(*names), key=repr)
    return found


def busy() -> History:
    one = history(at=timezone.now() - timedelta(days=3))
    one.play(
        "PPPRFPPFFFFP|PPRSC", after=timedelta(hours=2), protocol="http", service="a", operation="GET", route="/x/{}"
    )
    other = history(one.workspace, environment="qa")
    other.play("PPF", ms=900)
    return one


def test_the_sums_are_what_the_record_says() -> None:
    busy()
    done = roll_up()
    assert done is not None
    assert (done.executions, done.steps) == (20, 2)
    assert differences(*MANY_DAYS) == []
    assert sum(FlowDay.objects.values_list("n", flat=True)) == 20
    assert sum(WorkspaceDay.objects.values_list("passed", flat=True)) == 13
    slow = FlowDay.objects.get(environment="qa", passed=2)
    assert percentile(dict(zip(slow.buckets, slow.counts, strict=True)), 0.5) == pytest.approx(900, rel=0.05)
    assert (slow.sum_ms, slow.max_ms) == (1800, 900)


def test_done_again_or_made_anew_in_any_order_they_stay_the_same() -> None:
    busy()
    roll_up()
    first = sums()
    roll_up()
    assert sums() == first
    RollupState.objects.all().delete()
    roll_up()
    assert sums() == first
    days = sorted({one.day for one in FlowDay.objects.all()})
    random.Random(1).shuffle(days)
    for day in [*days, days[0]]:
        rebuild(day, day)
    assert sums() == first
    for model in (FlowDay, WorkspaceDay, StepDay, EndpointDay, StepHealth):
        model.objects.all().delete()
    rebuild(min(days), max(days))
    assert sums() == first


def test_what_ends_late_is_counted_on_its_own_day() -> None:
    one = busy()
    roll_up()
    late = one.run("F", e_queued_at=timezone.now() - timedelta(days=2, hours=1))
    Execution.objects.filter(pk=late.pk).update(finished_at=timezone.now())
    roll_up()
    assert differences(*MANY_DAYS) == []
    assert sum(FlowDay.objects.values_list("n", flat=True)) == 21


def test_a_commit_that_shows_two_minutes_late_is_not_missed() -> None:
    one = busy()
    one.run("P", e_finished_at=timezone.now())
    roll_up()
    one.run("P", e_finished_at=timezone.now() - timedelta(seconds=100))
    roll_up()
    assert differences(*MANY_DAYS) == []


def test_a_long_backlog_is_taken_in_page_by_page(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "EXECUTIONS_AT_ONCE", 3)
    busy()
    done = roll_up()
    assert done is not None
    assert done.executions == 20
    assert differences(*MANY_DAYS) == []


def test_history_outlives_the_executions_it_was_made_of() -> None:
    one = busy()
    roll_up()
    first = sums()
    old = Execution.objects.filter(workspace=one.workspace).order_by("pk")[:5]
    Execution.objects.filter(pk__in=list(old.values_list("pk", flat=True))).delete()
    kept = rebuild(datetime.now(UTC).date() - timedelta(days=5), datetime.now(UTC).date()).kept
    assert kept >= 1
    assert [row for row in sums() if row in first]
    assert sum(FlowDay.objects.values_list("n", flat=True)) == 20
    assert differences(*MANY_DAYS) != []


@pytest.mark.django_db(transaction=True)
def test_two_at_once_come_to_the_same() -> None:
    busy()
    errors: list[BaseException] = []

    def work() -> None:
        try:
            roll_up()
            rebuild(datetime.now(UTC).date() - timedelta(days=4), datetime.now(UTC).date())
        except BaseException as exc:
            errors.append(exc)
        finally:
            connection.close()

    threads = [threading.Thread(target=work) for _ in range(3)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert errors == []
    roll_up()
    assert differences(*MANY_DAYS) == []


@pytest.mark.django_db(transaction=True)
def test_the_second_to_come_leaves() -> None:
    busy()
    taken, done = threading.Event(), threading.Event()

    def hold() -> None:
        with transaction.atomic():
            lock(waits=True)
            taken.set()
            done.wait(60)
        connection.close()

    holder = threading.Thread(target=hold)
    holder.start()
    taken.wait(60)
    try:
        assert roll_up() is None
    finally:
        done.set()
        holder.join()
    assert roll_up() is not None


def test_the_score_is_that_of_the_sequence_of_results() -> None:
    one = history(at=timezone.now() - timedelta(days=1))
    letters = "PPPPFPPPRSPCPP|PPFPPPPPFP"
    one.play(letters)
    one.run("F", failure_kind="worker_lost")  # nobody's fault
    one.run("F", e_rerun_mode="from_step")
    one.run("F", e_labels={"debug": "1"})
    roll_up()
    (health,) = StepHealth.objects.all()
    counted = letters.replace("S", "").replace("C", "")
    assert health.sequence == counted
    score = flakiness_of(counted)
    assert (health.rate, health.lo, health.health) == (score.rate, score.lo, score.health)
    assert (health.episodes, health.recoveries) == (3, 1)
    assert len(health.executions) == len(counted.replace("|", ""))
    assert health.lost_ms == 3 * 100  # three failed executions; the retry took no longer than usual


def test_a_changed_environment_begins_a_segment() -> None:
    one = history()
    one.run("P")
    one.run("F", e_environment_revision="r2")
    one.run("P", e_environment_revision="r2")
    roll_up()
    assert StepHealth.objects.get().sequence == "P|FP"


def test_only_the_last_hundred_results_of_a_fortnight_count() -> None:
    old = history(at=timezone.now() - timedelta(days=30))
    old.play("FFFF")
    old.at = timezone.now() - timedelta(days=2)
    old.play("P" * 103)
    roll_up()
    assert StepHealth.objects.get().sequence == "P" * 100


def test_results_that_grow_too_old_leave_by_themselves(monkeypatch: pytest.MonkeyPatch) -> None:
    one = history(at=timezone.now() - timedelta(days=13))
    one.play("PFPFP")
    one.at = timezone.now() - timedelta(days=1)
    one.play("PP")
    roll_up()
    assert StepHealth.objects.get().n == 7
    later = timezone.now() + timedelta(days=3)
    monkeypatch.setattr(timezone, "now", lambda: later)
    roll_up()
    assert StepHealth.objects.get().sequence == "PP"
    much_later = timezone.now() + timedelta(days=30)
    monkeypatch.setattr(timezone, "now", lambda: much_later)
    roll_up()
    assert not StepHealth.objects.exists()


def test_failures_of_an_incident_count_for_nobody() -> None:
    workspace, at = make_workspace(), timezone.now() - timedelta(days=1)
    flows = [history(workspace, at=at) for _ in range(3)]
    for one in flows:
        one.play("PPPP", service="db:5432")
        one.run("F", service="db:5432")
        one.at = at + timedelta(hours=3)
        one.play("PP", service="db:5432")
    roll_up()
    assert IncidentFailure.objects.count() == 3
    assert set(StepHealth.objects.values_list("sequence", flat=True)) == {"PPPPPP"}


def test_an_incident_that_shows_late_takes_its_failures_back() -> None:
    workspace, at = make_workspace(), timezone.now() - timedelta(hours=2)
    flows = [history(workspace, at=at) for _ in range(3)]
    for one in flows[:2]:
        one.play("PF", service="db:5432")
    roll_up()
    assert IncidentFailure.objects.count() == 0
    flows[2].run("P", service="other")
    flows[2].run("F", service="db:5432")
    roll_up()
    assert IncidentFailure.objects.count() == 3
    assert set(StepHealth.objects.values_list("sequence", flat=True)) == {"P"}


def test_few_failures_among_many_runs_are_no_incident() -> None:
    workspace, at = make_workspace(), timezone.now() - timedelta(days=1)
    for _ in range(3):
        one = history(workspace, at=at)
        one.play("PPPP", after=timedelta(seconds=10), service="db:5432")
        one.run("F", after=timedelta(seconds=10), service="db:5432")
    roll_up()
    assert IncidentFailure.objects.count() == 0


def test_environments_and_workspaces_are_kept_apart() -> None:
    staging = history(environment="staging")
    qa = History(
        staging.workspace, staging.version, history(staging.workspace, environment="qa").environment, staging.at
    )
    staging.play("PP")
    qa.play("PFP")
    history(name=staging.version.flow.name).play("FF")
    roll_up()
    assert sorted(StepHealth.objects.values_list("environment", "sequence")) == [
        ("qa", "PFP"), ("staging", "FF"), ("staging", "PP"),
    ]  # fmt: skip


def test_a_run_without_an_environment_has_a_history_too() -> None:
    one = history()
    one.run("P", e_environment=None, e_environment_name="", environment=None)
    roll_up()
    assert list(StepHealth.objects.values_list("environment", "sequence")) == [("", "P")]
    assert differences(*MANY_DAYS) == []


def test_somebody_notices_when_nobody_takes_in() -> None:
    one = history(at=timezone.now() - timedelta(hours=1))
    assert not is_overdue(seconds=10)
    one.run("P")
    assert is_overdue(seconds=10)
    roll_up()
    assert not is_overdue(seconds=10)


def test_the_command_makes_anew_and_compares(capsys: pytest.CaptureFixture[str]) -> None:
    busy()
    call_command("rebuild_rollups", stdout=StringIO())
    said = StringIO()
    call_command("rebuild_rollups", "--check", stdout=said)
    assert "are what the record says" in said.getvalue()
    FlowDay.objects.filter(environment="qa").update(n=77)
    with pytest.raises(CommandError, match="qa: the record says"):
        call_command("rebuild_rollups", "--check")
    for wrong in (["--from", "yesterday"], ["--from", "2026-01-02", "--to", "2026-01-01"]):
        with pytest.raises(CommandError):
            call_command("rebuild_rollups", *wrong)


def test_the_command_begins_with_the_oldest_day_of_any_workspace() -> None:
    """A history may be put beside executions that were written before it, and are of later."""
    history(make_workspace("recent"), at=timezone.now()).run("P")
    long_ago = timezone.now() - timedelta(days=20)
    history(make_workspace("older"), at=long_ago).run("P")
    call_command("rebuild_rollups", stdout=StringIO())
    assert FlowDay.objects.filter(day=long_ago.date()).exists()
