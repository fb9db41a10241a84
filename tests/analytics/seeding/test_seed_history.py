"""The made-up history is one that the product can show: flows that validate, rows that hang together."""

from collections import defaultdict
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from analytics.models import FailureGroup, RollupState, StepHealth
from analytics.operations.rebuild import rebuild
from analytics.operations.roll_up import DAYS
from analytics.operations.seed_history import seed_history
from analytics.rollups.differences import differences
from analytics.seeding.simulate import simulate
from analytics.seeding.texts import VERSIONS, text_of
from analytics.seeding.world import flows
from executions.models import Attempt, Execution, StepRun
from executions.report import report_of
from flows.language.check import check
from tests.cast import api_of
from workspaces.models import Role, Workspace

UNTIL = timezone.now()


@pytest.mark.parametrize("flow", flows(20), ids=lambda flow: flow.name)
def test_every_flow_is_valid_in_each_version(flow: object) -> None:
    texts = [text_of(flow, number) for number in range(1, VERSIONS + 1)]  # type: ignore[arg-type]  # a SeedFlow
    assert len(set(texts)) == VERSIONS
    for text in texts:
        assert [one for one in check(text).problems if one.severity == "error"] == []


def test_the_same_arguments_make_the_same_history() -> None:
    first, second = (list(simulate(flows(10), executions=300, days=30, until=UNTIL, seed=7)) for _ in range(2))
    assert first == second
    assert [one.queued_at for one in first] == sorted(one.queued_at for one in first)
    assert all(one.finished_at < UNTIL + timedelta(minutes=5) for one in first)


@pytest.mark.django_db
def test_a_seeded_history_is_rolled_up_and_shown(capsys: pytest.CaptureFixture[str]) -> None:
    RollupState.objects.create(name=DAYS, finished_to=timezone.now(), ran_at=timezone.now())  # what came before is done
    call_command("seed_history", "--workspace", "past", "--executions", "1500", "--days", "30")
    assert "1500 executions with" in capsys.readouterr().out
    workspace = Workspace.objects.get(slug="past")
    assert Execution.objects.filter(workspace=workspace).count() == 1500
    assert StepRun.objects.count() > 5_000
    assert Attempt.objects.count() >= StepRun.objects.exclude(attempts=0).count()
    last = timezone.now().date()
    assert differences(last - timedelta(days=40), last) == []
    healths = set(StepHealth.objects.filter(workspace=workspace).values_list("health", flat=True))
    assert {"stable", "flaky"} <= healths
    assert FailureGroup.objects.filter(workspace=workspace, is_recurring=True).count() >= 3
    failed = Execution.objects.filter(workspace=workspace, status="failed", failure_kind="assertion").latest("pk")
    (broken,) = [step for step in report_of(failed).steps if step.status == "failed"]
    assert broken.assertions[0]["passed"] is False
    charlie = api_of(workspace, Role.VIEWER)
    assert len(charlie.get("/executions?limit=100").body["items"]) == 100
    assert charlie.get(f"/executions/{failed.pk}/steps/{broken.path}").status == 200
    with pytest.raises(CommandError, match="has executions already"):
        call_command("seed_history", "--workspace", "past")


@pytest.mark.django_db
def test_a_large_history_has_no_bodies(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("analytics.operations.seed_history.WITH_BODIES_TO", 10)
    made = seed_history(workspace="big", executions=50, days=5, flow_count=20, until=UNTIL, seed=1)
    assert (made.executions, made.flows) == (50, 20)
    assert made.step_runs == StepRun.objects.count() > 0
    assert Attempt.objects.count() == 0


@pytest.mark.django_db
def test_many_flows_repeat_the_weeks_of_a_few(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("analytics.operations.seed_history.WITH_BODIES_TO", 10)
    made = seed_history(workspace="big", executions=400, days=60, flow_count=40, until=UNTIL, seed=1)
    rows = list(Execution.objects.select_related("flow_version").order_by("pk"))
    assert made.executions == len(rows)
    assert made.step_runs == StepRun.objects.count()
    assert abs(len(rows) - 400) < 100
    assert len({one.flow_id for one in rows}) > 30
    # As if they had been played: in order, in time, and each with the version of its day and with its own steps.
    assert [one.queued_at for one in rows] == sorted(one.queued_at for one in rows)
    assert UNTIL - timedelta(days=60) <= rows[0].queued_at < rows[-1].queued_at <= UNTIL
    steps_of = defaultdict(list)
    for step in StepRun.objects.order_by("pk"):
        steps_of[step.execution_id].append(step)
    for one in rows:
        days_ago = (UNTIL - one.queued_at).total_seconds() / 86_400
        assert one.flow_version.flow_id == one.flow_id
        assert one.flow_version.number == 1 + (days_ago < 30) + (days_ago < 7)
        steps = steps_of[one.pk]
        assert {(step.flow_id, step.flow_version_id) for step in steps} == {(one.flow_id, one.flow_version_id)}
        times = [at for step in steps for at in (step.started_at, step.finished_at)]
        in_order = [at for at in (one.started_at, *times, one.finished_at) if at is not None]
        assert in_order == sorted(in_order)
    rebuild((UNTIL - timedelta(days=61)).date(), UNTIL.date())
    assert differences((UNTIL - timedelta(days=61)).date(), UNTIL.date()) == []
