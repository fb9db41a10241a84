"""Start a batch: one flow over the rows of a file."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.contrib.auth.models import User
from django.db import IntegrityError, transaction

from executions.batches.models import Batch, BatchRow
from executions.batches.reading import Row
from executions.errors import BatchKeyUsedBefore
from executions.live import seal
from executions.operations.advance_batch import advance_batch
from executions.status import Trigger
from flows.models import Environment, FlowVersion
from workspaces.operations.record_audit import record_audit


def start_batch(
    *,
    flow_version: FlowVersion,
    environment: Environment | None,
    rows: Sequence[Row],
    variables: Mapping[str, Any],
    trigger: Trigger,
    actor: str,
    by: User | None,
    labels: Mapping[str, str] | None = None,
    source: str = "",
    parallel: int = 4,
    timeout_seconds: float | None = None,
    idempotency_key: str | None = None,
    idempotency_hash: str = "",
    rerun_of: Batch | None = None,
) -> Batch:
    """Record the batch and all of its rows, and start the first `parallel`; the others follow as those end.

    A row is laid over `variables`. Raises BatchKeyUsedBefore with the batch that `idempotency_key` started.
    """
    workspace = flow_version.flow.workspace
    batch = Batch(
        workspace=workspace,
        flow=flow_version.flow,
        flow_version=flow_version,
        environment=environment,
        environment_name=environment.name if environment else "",
        source=source[:255],
        labels=dict(labels or {}),
        parallel=parallel,
        timeout_seconds=timeout_seconds,
        rows_total=len(rows),
        trigger=trigger,
        actor=actor[:150],
        started_by=by,
        idempotency_key=idempotency_key,
        idempotency_hash=idempotency_hash,
        rerun_of=rerun_of,
    )
    try:
        with transaction.atomic():
            batch.save()
            BatchRow.objects.bulk_create(
                [
                    BatchRow(
                        batch=batch,
                        number=row.number,
                        label=row.label,
                        ciphertext=seal({**variables, **row.overrides}),
                    )
                    for row in rows
                ]
            )
            record_audit(
                workspace=workspace,
                by=by,
                actor=actor,
                verb="batch.started",
                target=str(batch.pk),
                flow=flow_version.flow.slug,
                rows=len(rows),
            )
    except IntegrityError:
        used_by = Batch.objects.filter(workspace=workspace, idempotency_key=idempotency_key).first()
        if idempotency_key is None or used_by is None:
            raise
        raise BatchKeyUsedBefore(used_by) from None
    advance_batch(batch.pk)
    return batch
