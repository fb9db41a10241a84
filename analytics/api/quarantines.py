"""Quarantines over HTTP."""

from datetime import datetime

from django.utils import timezone
from ninja import Field, Query, Router, Schema, Status

from flows.errors import QuarantineUnknown
from flows.lookup import find_flow
from flows.models import Quarantine
from flows.operations.quarantine import USUAL_DAYS, lift, quarantine
from workspaces.auth import ApiRequest
from workspaces.models import Role
from workspaces.paging import PageIn, page_of

router = Router()


class QuarantineIn(Schema):
    flow: str = Field(description="Slug.")
    step_key: str = Field("", max_length=1024, description="`steps/pay`; the whole flow if left out.")
    reason: str = Field(max_length=2_000)
    days: float = USUAL_DAYS


class QuarantinesIn(PageIn):
    all: bool = Field(False, description="Those that are over as well.")


class QuarantineOut(Schema):
    id: int
    flow: str
    step_key: str
    reason: str
    created_at: datetime
    created_by: str
    expires_at: datetime
    lifted_at: datetime | None
    lifted_by: str
    is_in_force: bool

    @classmethod
    def of(cls, one: Quarantine) -> "QuarantineOut":
        return cls(
            id=one.pk,
            flow=one.flow.slug,
            step_key=one.step_key,
            reason=one.reason,
            created_at=one.created_at,
            created_by=one.created_by,
            expires_at=one.expires_at,
            lifted_at=one.lifted_at,
            lifted_by=one.lifted_by,
            is_in_force=one.holds(timezone.now()),
        )


class QuarantinePage(Schema):
    items: list[QuarantineOut]
    next: str | None


@router.get("", response=QuarantinePage)
def list_quarantines(request: ApiRequest, query: Query[QuarantinesIn]) -> QuarantinePage:
    """Those in force, the newest first."""
    rows = Quarantine.objects.all() if query.all else Quarantine.objects.in_force(at=timezone.now())
    rows = rows.filter(flow__workspace=request.auth.workspace).select_related("flow").order_by("-pk")
    rows = rows.filter(pk__lt=int(query.cursor)) if query.cursor.isdecimal() else rows
    items, following = page_of(rows, query.limit, key=lambda one: one.pk)
    return QuarantinePage(items=[QuarantineOut.of(one) for one in items], next=following)


@router.post("", response={201: QuarantineOut})
def set_quarantine(request: ApiRequest, body: QuarantineIn) -> Status[QuarantineOut]:
    """From now on failures of this step stop no pipeline; they are recorded as ever, and shown as excused."""
    caller = request.auth
    caller.require(Role.ADMIN)
    made = quarantine(
        flow=find_flow(caller.workspace, body.flow),
        step_key=body.step_key,
        reason=body.reason,
        days=body.days,
        by=caller.user,
        actor=caller.actor,
    )
    return Status(201, QuarantineOut.of(made))


@router.post("/{int:number}/lift", response=QuarantineOut)
def lift_quarantine(request: ApiRequest, number: int) -> QuarantineOut:
    """End it now."""
    caller = request.auth
    caller.require(Role.ADMIN)
    rows = Quarantine.objects.filter(flow__workspace=caller.workspace).select_related("flow")
    found = rows.filter(pk=number).first()
    if found is None:
        raise QuarantineUnknown(f"There is no quarantine {number} in this workspace.")
    return QuarantineOut.of(lift(quarantine=found, by=caller.user, actor=caller.actor))
