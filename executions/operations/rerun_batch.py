"""Run the rows of a batch again that did not pass, as a batch of their own."""

from django.contrib.auth.models import User

from executions.batches.models import Batch, RowStatus
from executions.batches.reading import Row
from executions.errors import CannotRerun
from executions.live import unseal
from executions.operations.start_batch import start_batch
from executions.status import Status, Trigger


def rerun_batch(
    *,
    batch: Batch,
    trigger: Trigger,
    actor: str,
    by: User | None,
    only_failed: bool = True,
    idempotency_key: str | None = None,
    idempotency_hash: str = "",
) -> Batch:
    """Today's version of the flow, the environment as it is now, the same rows under their numbers: those that did not
    pass, or all. Raises CannotRerun, BatchKeyUsedBefore, CannotDecrypt.
    """
    if batch.finished_at is None:
        raise CannotRerun(f"Batch {batch.pk} is still running.")
    flow = batch.flow
    if flow.archived_at is not None or flow.latest_version is None:
        raise CannotRerun(f"The flow {flow.name!r} has been archived.")
    if batch.environment_name and batch.environment is None:
        raise CannotRerun(f"The environment {batch.environment_name!r} has been deleted.")
    rows = batch.rows.select_related("execution").order_by("number")
    wanted = [
        row
        for row in rows
        if not only_failed
        or row.status != RowStatus.STARTED
        or row.execution is None
        or row.execution.status != Status.PASSED
    ]
    if any(not row.ciphertext for row in wanted):
        raise CannotRerun(f"The rows of batch {batch.pk} are no longer kept. Start it anew with the file.")
    if not wanted:
        raise CannotRerun(f"Every row of batch {batch.pk} passed.")
    return start_batch(
        flow_version=flow.latest_version,
        environment=batch.environment,
        rows=[Row(row.number, row.label, unseal(row.ciphertext)) for row in wanted],
        variables={},
        trigger=trigger,
        actor=actor,
        by=by,
        labels=batch.labels,
        source=batch.source,
        parallel=batch.parallel,
        timeout_seconds=batch.timeout_seconds,
        idempotency_key=idempotency_key,
        idempotency_hash=idempotency_hash,
        rerun_of=batch,
    )
