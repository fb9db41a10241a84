"""Cancel, or run again, many executions at once."""

from django.utils import timezone
from ninja import Header

from executions.api.orders import IdempotencyKey, trigger_of
from executions.api.router import router
from executions.bulk import Chosen, found, named
from executions.bulk_schemas import BulkIn, BulkOut
from executions.errors import BulkInvalid
from executions.idempotency import fingerprint
from executions.operations.order_bulk import Order, order_bulk
from executions.search import parse_search
from executions.status import RerunMode
from workspaces.auth import ApiRequest, Caller
from workspaces.models import Role


@router.post("/bulk", response=BulkOut)
def order(request: ApiRequest, body: BulkIn, idempotency_key: Header[IdempotencyKey] = None) -> BulkOut:
    """Cancel or run again the executions named, or found by a search: 500 at most, each with what became of it.

    With an Idempotency-Key, the order sent again is for the same executions and starts nothing twice.
    """
    caller = request.auth
    caller.require(Role.EDITOR)
    if (body.ids is None) == (body.q is None):
        raise BulkInvalid("Say either which executions, in ids, or what they are found by, in q.")
    wanted = Order(
        workspace=caller.workspace,
        verb=body.verb,
        mode=RerunMode(body.mode),
        trigger=trigger_of(request, body.trigger),
        actor=caller.actor,
        by=caller.user,
        key=idempotency_key,
        request_hash=fingerprint("bulk", body.dict()),
    )
    return BulkOut.of(*order_bulk(wanted, lambda: _choose(caller, body)))


def _choose(caller: Caller, body: BulkIn) -> Chosen:
    if body.ids is not None:
        return named(body.ids)
    return found(caller.workspace, parse_search(body.q or "", now=timezone.now()), body.verb)
