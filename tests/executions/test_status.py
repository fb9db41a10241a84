"""The life of an execution and of a step run: the table, and what PostgreSQL makes of it."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from django.db import IntegrityError, connection, transaction

from executions.models import Execution, StepRun
from executions.status import FINAL, NEXT, STEP_FINAL, STEP_NEXT, Status, StepStatus

pytestmark = pytest.mark.django_db


def test_a_final_status_never_changes() -> None:
    assert {Status.PASSED, Status.FAILED, Status.CANCELLED, Status.TIMED_OUT} == FINAL
    assert {StepStatus.PASSED, StepStatus.FAILED, StepStatus.SKIPPED, StepStatus.CANCELLED} == STEP_FINAL


@pytest.mark.parametrize("old", Status)
@pytest.mark.parametrize("new", Status)
def test_postgresql_allows_exactly_the_moves_of_the_table(
    old: Status, new: Status, make_execution: Callable[..., Execution]
) -> None:
    execution = make_execution(status=old, finished_at=datetime.now(UTC) if old.is_final else None)
    row = Execution.objects.filter(pk=execution.pk)
    change = {"status": new, "finished_at": datetime.now(UTC) if new.is_final else None}
    if new in NEXT[old] or new == old:
        assert row.update(**change) == 1
    else:
        with pytest.raises(IntegrityError, match="no move from"), transaction.atomic():
            row.update(**change)


@pytest.mark.parametrize("old", StepStatus)
@pytest.mark.parametrize("new", StepStatus)
def test_postgresql_allows_exactly_the_moves_of_a_step(
    old: StepStatus, new: StepStatus, make_step_run: Callable[..., StepRun]
) -> None:
    step_run = make_step_run(status=old, finished_at=datetime.now(UTC) if old.is_final else None)
    row = StepRun.objects.filter(pk=step_run.pk)
    change = {"status": new, "finished_at": datetime.now(UTC) if new.is_final else None}
    if new in STEP_NEXT[old] or new == old:
        assert row.update(**change) == 1
    else:
        with pytest.raises(IntegrityError, match="no move from"), transaction.atomic():
            row.update(**change)


@pytest.mark.parametrize("status", Status)
def test_finished_exactly_when_final(status: Status, make_execution: Callable[..., Execution]) -> None:
    with pytest.raises(IntegrityError, match="execution_finished_exactly_when_final"), transaction.atomic():
        make_execution(status=status, finished_at=None if status.is_final else datetime.now(UTC))
    assert connection.is_usable()
