"""Old executions go with everything recorded about them; what runs, or is young, stays."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from executions.models import Attempt, Execution, LateResult, LiveValue, Move, Payload, StepRun
from executions.operations import prune
from executions.operations.prune import prune_executions
from executions.status import AttemptStatus, Status

Make = Callable[..., Execution]


@pytest.fixture(autouse=True)
def no_payloads_of_others(db: None) -> None:
    """Tests that commit empty Django's tables after them; payloads lie in partitions, which that leaves as they are."""
    Payload.objects.all().delete()


def ended(make_execution: Make, *, days_ago: float) -> Execution:
    at = timezone.now() - timedelta(days=days_ago)
    return make_execution(status=Status.PASSED, queued_at=at, started_at=at, finished_at=at)


def record(execution: Execution) -> Attempt:
    """A step with everything that can hang on it."""
    at = execution.queued_at
    values = {name: getattr(execution, name) for name in ("flow", "flow_version")}
    step_run = StepRun.objects.create(execution=execution, path="steps/a", key="steps/a", position=0, **values)
    attempt = Attempt.objects.create(step_run=step_run, number=1, fence=1, due_at=at, started_at=at)
    LateResult.objects.create(attempt=attempt, fence=1, status=AttemptStatus.PASSED)
    Move.objects.create(execution=execution, new=Status.QUEUED)
    LiveValue.objects.create(execution=execution, name="token", ciphertext=b"x")
    Payload.objects.create(attempt_id=attempt.pk, created_at=at, response={"a": 1})
    return attempt


def test_an_old_execution_goes_with_all_its_rows(make_execution: Make) -> None:
    old, young = ended(make_execution, days_ago=100), ended(make_execution, days_ago=80)
    record(old)
    kept = record(young)
    again = make_execution(rerun_of=old)
    assert prune_executions(older_than_days=90).executions == 1
    assert set(Execution.objects.all()) == {young, again}
    assert list(Attempt.objects.all()) == [kept]
    assert [model.objects.count() for model in (StepRun, LateResult, Move)] == [1, 1, 1]
    assert list(Payload.objects.values_list("attempt_id", flat=True)) == [kept.pk]
    again.refresh_from_db()
    assert again.rerun_of is None


def test_what_has_not_ended_is_never_touched(make_execution: Make) -> None:
    at = timezone.now() - timedelta(days=400)
    running = make_execution(status=Status.RUNNING, queued_at=at, started_at=at)
    record(running)
    pruned = prune_executions(older_than_days=1)
    assert (pruned.executions, pruned.live_values, pruned.partitions) == (0, 0, [])
    assert (LiveValue.objects.count(), Payload.objects.count()) == (1, 1)


def test_a_long_execution_keeps_the_bodies_of_its_first_day(make_execution: Make) -> None:
    begun = timezone.now() - timedelta(days=100)
    long = make_execution(
        status=Status.PASSED, queued_at=begun, started_at=begun, finished_at=timezone.now() - timedelta(days=80)
    )
    record(long)
    prune_executions(older_than_days=90)
    assert Payload.objects.count() == 1


def test_live_values_go_a_week_after_the_end(make_execution: Make) -> None:
    record(ended(make_execution, days_ago=8))
    kept = ended(make_execution, days_ago=6)
    record(kept)
    assert prune_executions(older_than_days=90).live_values == 1
    assert [value.execution for value in LiveValue.objects.all()] == [kept]


def test_batches_go_on_until_nothing_is_left(make_execution: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(prune, "EXECUTIONS_AT_ONCE", 2)
    monkeypatch.setattr(prune, "VALUES_AT_ONCE", 2)
    for _ in range(5):
        record(ended(make_execution, days_ago=100))
    pruned = prune_executions(older_than_days=90)
    assert (pruned.executions, pruned.live_values) == (5, 5)


def test_the_command_says_what_it_did(make_execution: Make, capsys: pytest.CaptureFixture[str]) -> None:
    record(ended(make_execution, days_ago=100))
    call_command("prune_executions", "--days", "90")
    assert capsys.readouterr().out == "1 executions and 1 live values deleted, 0 payload partitions dropped.\n"


@pytest.mark.parametrize("days", ["0", "-1", "x", "1.5"])
def test_nonsense_days_delete_nothing(make_execution: Make, days: str) -> None:
    ended(make_execution, days_ago=100)
    with pytest.raises(CommandError, match="not a number of days"):
        call_command("prune_executions", f"--days={days}")
    assert Execution.objects.count() == 1
