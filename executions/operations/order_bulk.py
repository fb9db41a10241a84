"""Do one thing to many executions: each by itself, so that one that refuses stops none of the others."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from django.contrib.auth.models import User
from django.db import transaction

from executions.bulk import Chosen, Verb
from executions.errors import BulkKeyUsedBefore, ExecutionsError
from executions.idempotency import fingerprint, start_once
from executions.lookup import executions_of
from executions.models import BulkOrder, Execution
from executions.operations.cancel import request_cancel
from executions.operations.rerun import rerun_execution
from executions.status import RerunMode, Trigger
from workspaces.models import Workspace
from workspaces.operations.record_audit import record_audit


@dataclass(frozen=True)
class Item:
    """What became of the order for one execution; `started` is its re-run."""

    id: int
    result: Literal["done", "refused"]
    started: int | None = None
    detail: str = ""


@dataclass(frozen=True)
class Order:
    workspace: Workspace
    verb: Verb
    mode: RerunMode
    trigger: Trigger
    actor: str
    by: User | None
    key: str | None = None
    request_hash: str = ""


def order_bulk(order: Order, choose: Callable[[], Chosen]) -> tuple[Chosen, list[Item]]:
    """Cancel, or run again, every execution that `choose` names.

    With a key the choice is made once: the order may be sent again, for the same executions, and starts nothing twice.
    Raises BulkKeyUsedBefore.
    """
    chosen = _remembered(order, choose) if order.key else _audited(order, choose())
    there = executions_of(order.workspace).in_bulk(chosen.ids)
    return chosen, [_item(order, number, there.get(number)) for number in chosen.ids]


def _remembered(order: Order, choose: Callable[[], Chosen]) -> Chosen:
    rows = BulkOrder.objects.filter(workspace=order.workspace, key=order.key)
    if not rows.exists():
        chosen = choose()
        with transaction.atomic():
            row, is_new = BulkOrder.objects.get_or_create(
                workspace=order.workspace,
                key=order.key,
                defaults={"request_hash": order.request_hash, "ids": chosen.ids, "left": chosen.left},
            )
            if is_new:
                return _audited(order, chosen)
    row = rows.get()
    if row.request_hash != order.request_hash:
        raise BulkKeyUsedBefore("This idempotency key came with another order for many. Use a new one.")
    return Chosen(row.ids, row.left)


def _audited(order: Order, chosen: Chosen) -> Chosen:
    record_audit(
        workspace=order.workspace,
        by=order.by,
        actor=order.actor,
        verb="execution.bulk_cancelled" if order.verb == "cancel" else "execution.bulk_rerun",
        target=f"{len(chosen.ids)} executions",
        ids=chosen.ids,
        left=chosen.left,
    )
    return chosen


def _item(order: Order, number: int, execution: Execution | None) -> Item:
    if execution is None:
        return Item(number, "refused", detail=f"There is no execution #{number} in this workspace.")
    try:
        return _cancelled(order, execution) if order.verb == "cancel" else _run_again(order, execution)
    except ExecutionsError as refused:
        return Item(number, "refused", detail=str(refused))


def _cancelled(order: Order, execution: Execution) -> Item:
    if execution.cancel_requested_at is None:
        request_cancel(execution=execution, by=order.actor)
    return Item(execution.pk, "done")


def _run_again(order: Order, execution: Execution) -> Item:
    key = f"bulk:{fingerprint(order.key)[:32]}:{execution.pk}" if order.key else None
    started, _ = start_once(
        workspace=order.workspace,
        key=key,
        request_hash=order.request_hash,
        start=lambda: rerun_execution(
            execution=execution,
            actor=order.actor,
            trigger=order.trigger,
            by=order.by,
            mode=order.mode,
            idempotency_key=key,
            idempotency_hash=order.request_hash,
        ),
    )
    return Item(execution.pk, "done", started=started.pk)
