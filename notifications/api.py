"""Notifications over HTTP: targets, rules, and what was delivered."""

from datetime import datetime
from typing import Any, Literal, TypeVar

from django.db.models import Model, QuerySet
from ninja import Field, Query, Router, Schema, Status

from notifications.errors import NoSuchThing
from notifications.models import Delivery, Kind, Occasion, Rule, Target
from notifications.operations.create_rule import create_rule
from notifications.operations.create_target import create_target
from notifications.operations.delete_rule import delete_rule
from notifications.operations.delete_target import delete_target
from notifications.operations.edit_rule import edit_rule
from notifications.operations.edit_target import edit_target
from notifications.operations.resend import resend
from notifications.operations.write_test import write_test
from workspaces.auth import ApiRequest
from workspaces.models import Role
from workspaces.paging import PageIn, page_of

router = Router(tags=["notifications"])

Row = TypeVar("Row", bound=Model)
RuleOccasion = Literal["failure", "every_failure", "recovery", "failures"]


class TargetIn(Schema):
    name: str = Field(max_length=100)
    kind: Kind
    address: str = Field(max_length=2000, description="A URL, or an e-mail address. It is never shown again.")


class TargetEdit(Schema):
    """What is left out stays as it is; the kind always does."""

    name: str = Field("", max_length=100)
    address: str = Field("", max_length=2000)


class TargetOut(Schema):
    id: int
    name: str
    kind: str
    hint: str = Field(description="Where it goes, with most of it left out.")
    created_at: datetime

    @classmethod
    def of(cls, target: Target) -> "TargetOut":
        return cls(id=target.pk, name=target.name, kind=target.kind, hint=target.hint, created_at=target.created_at)


class TargetMadeOut(Schema):
    target: TargetOut
    signing_key: str | None = Field(description="Of a webhook, shown once: Stepwell-Signature is made with it.")


class TargetPage(Schema):
    items: list[TargetOut]
    next: str | None = None


class RuleIn(Schema):
    target: int
    occasion: RuleOccasion
    flow: str | None = Field(None, description="Slug; without a flow and a schedule: the whole workspace.")
    schedule: int | None = None
    failures: int = Field(3, ge=1, le=100, description="For `failures`: so many …")
    of_last: int = Field(5, ge=1, le=100, description="… of so many.")


class RuleEdit(Schema):
    """What is left out stays as it is."""

    target: int = 0
    occasion: RuleOccasion = "failure"
    flow: str | None = None
    schedule: int | None = None
    failures: int = Field(3, ge=1, le=100)
    of_last: int = Field(5, ge=1, le=100)


class RuleOut(Schema):
    id: int
    target: int
    target_name: str
    occasion: str
    flow: str | None
    schedule: int | None
    schedule_name: str | None
    failures: int
    of_last: int

    @classmethod
    def of(cls, rule: Rule) -> "RuleOut":
        return cls(
            id=rule.pk,
            target=rule.target_id,
            target_name=rule.target.name,
            occasion=rule.occasion,
            flow=rule.flow.slug if rule.flow else None,
            schedule=rule.schedule_id,
            schedule_name=rule.schedule.name if rule.schedule else None,
            failures=rule.failures,
            of_last=rule.of_last,
        )


class RulePage(Schema):
    items: list[RuleOut]
    next: str | None = None


class DeliveryOut(Schema):
    id: int
    target: int
    target_name: str
    occasion: str
    execution: int | None
    status: Literal["pending", "sent", "failed"]
    tries: int
    created_at: datetime
    due_at: datetime | None = Field(description="When it is tried next.")
    sent_at: datetime | None
    answer: str | None = Field(description="What came of the last try.")
    message: dict[str, Any]

    @classmethod
    def of(cls, delivery: Delivery) -> "DeliveryOut":
        return cls(
            id=delivery.pk,
            target=delivery.target_id,
            target_name=delivery.target.name,
            occasion=delivery.occasion,
            execution=delivery.execution_id,
            status=delivery.status,  # type: ignore[arg-type]  # one of these, by the column's choices
            tries=delivery.tries,
            created_at=delivery.created_at,
            due_at=delivery.due_at if delivery.status == "pending" else None,
            sent_at=delivery.sent_at,
            answer=delivery.answer or None,
            message=delivery.message,
        )


class DeliveryPage(Schema):
    items: list[DeliveryOut]
    next: str | None


class DeliveryQuery(PageIn):
    cursor: str = Field("", pattern=r"^[0-9]{0,18}$", description="`next` of the page before.")
    status: Literal["", "pending", "sent", "failed"] = ""


@router.get("/targets", response=TargetPage)
def list_targets(request: ApiRequest) -> TargetPage:
    """By name, all of them: a workspace has a handful."""
    rows = Target.objects.filter(workspace=request.auth.workspace).order_by("name")
    return TargetPage(items=[TargetOut.of(target) for target in rows[:1000]])


@router.post("/targets", response={201: TargetMadeOut})
def make_target(request: ApiRequest, body: TargetIn) -> Status[TargetMadeOut]:
    caller = request.auth
    caller.require(Role.EDITOR)
    target, key = create_target(workspace=caller.workspace, by=caller.user, actor=caller.actor, **body.dict())
    return Status(201, TargetMadeOut(target=TargetOut.of(target), signing_key=key or None))


@router.patch("/targets/{int:target_id}", response=TargetOut)
def change_target(request: ApiRequest, target_id: int, body: TargetEdit) -> TargetOut:
    """Its signing key stays."""
    caller = request.auth
    caller.require(Role.EDITOR)
    target = _find(Target.objects.all(), request, target_id)
    changes = body.dict(exclude_unset=True)
    return TargetOut.of(edit_target(target=target, changes=changes, by=caller.user, actor=caller.actor))


@router.delete("/targets/{int:target_id}", response={204: None})
def remove_target(request: ApiRequest, target_id: int) -> Status[None]:
    """With its rules, and the log of what it was told."""
    caller = request.auth
    caller.require(Role.EDITOR)
    delete_target(target=_find(Target.objects.all(), request, target_id), by=caller.user, actor=caller.actor)
    return Status(204, None)


@router.post("/targets/{int:target_id}/test", response={201: DeliveryOut})
def test_target(request: ApiRequest, target_id: int) -> Status[DeliveryOut]:
    """Send it a message that says it is a test; the delivery log has what came of it a moment later."""
    caller = request.auth
    caller.require(Role.EDITOR)
    target = _find(Target.objects.select_related("workspace"), request, target_id)
    return Status(201, DeliveryOut.of(write_test(target=target, by=caller.user, actor=caller.actor)))


@router.get("/rules", response=RulePage)
def list_rules(request: ApiRequest) -> RulePage:
    rows = Rule.objects.filter(workspace=request.auth.workspace).select_related("target", "flow", "schedule")
    return RulePage(items=[RuleOut.of(rule) for rule in rows.order_by("id")[:1000]])


@router.post("/rules", response={201: RuleOut})
def make_rule(request: ApiRequest, body: RuleIn) -> Status[RuleOut]:
    """`failure`: it failed and the run before had not. `recovery`: the other way round. `failures`: n of the last m."""
    caller = request.auth
    caller.require(Role.EDITOR)
    rule = create_rule(
        target=_find(Target.objects.select_related("workspace"), request, body.target),
        occasion=Occasion(body.occasion),
        flow=body.flow,
        schedule=body.schedule,
        failures=body.failures,
        of_last=body.of_last,
        by=caller.user,
        actor=caller.actor,
    )
    return Status(201, RuleOut.of(rule))


@router.patch("/rules/{int:rule_id}", response=RuleOut)
def change_rule(request: ApiRequest, rule_id: int, body: RuleEdit) -> RuleOut:
    caller = request.auth
    caller.require(Role.EDITOR)
    rule = _find(Rule.objects.all(), request, rule_id)
    changes = body.dict(exclude_unset=True)
    if "target" in changes:
        changes["target"] = _find(Target.objects.all(), request, changes["target"])
    return RuleOut.of(edit_rule(rule=rule, changes=changes, by=caller.user, actor=caller.actor))


@router.delete("/rules/{int:rule_id}", response={204: None})
def remove_rule(request: ApiRequest, rule_id: int) -> Status[None]:
    caller = request.auth
    caller.require(Role.EDITOR)
    rule = _find(Rule.objects.select_related("workspace", "target"), request, rule_id)
    delete_rule(rule=rule, by=caller.user, actor=caller.actor)
    return Status(204, None)


@router.get("/deliveries", response=DeliveryPage)
def list_deliveries(request: ApiRequest, query: Query[DeliveryQuery]) -> DeliveryPage:
    """Newest first."""
    rows = Delivery.objects.filter(workspace=request.auth.workspace).select_related("target").order_by("-id")
    rows = rows.filter(status=query.status) if query.status else rows
    rows = rows.filter(pk__lt=int(query.cursor)) if query.cursor else rows
    items, following = page_of(rows, query.limit, key=lambda delivery: delivery.pk)
    return DeliveryPage(items=[DeliveryOut.of(delivery) for delivery in items], next=following)


@router.post("/deliveries/{int:delivery_id}/resend", response=DeliveryOut)
def resend_delivery(request: ApiRequest, delivery_id: int) -> DeliveryOut:
    """Once more from the beginning, whatever became of it."""
    caller = request.auth
    caller.require(Role.EDITOR)
    delivery = _find(Delivery.objects.select_related("target", "workspace"), request, delivery_id)
    return DeliveryOut.of(resend(delivery=delivery, by=caller.user, actor=caller.actor))


def _find(rows: QuerySet[Row], request: ApiRequest, number: int) -> Row:
    found = rows.filter(workspace=request.auth.workspace, pk=number).first()
    if found is None:
        name = rows.model.__name__.lower()
        raise NoSuchThing(f"There is no {name} {number} in this workspace.")
    return found
