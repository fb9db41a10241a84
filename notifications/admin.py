"""Targets, rules and deliveries: to be read, tried, sent again, deleted. They are made and edited elsewhere."""

from typing import ClassVar

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString

from flows.showing import block
from notifications.models import Delivery, Rule, Target
from notifications.operations.delete_rule import delete_rule
from notifications.operations.resend import resend
from notifications.operations.write_test import write_test
from workspaces.admin_base import OwnWorkspaces, RecordAdmin, chosen_with, signed_in
from workspaces.models import Role


@admin.register(Target)
class TargetAdmin(RecordAdmin):
    """Addresses and keys stay sealed."""

    list_display = ("name", "kind", "hint", "workspace", "created_at", "created_by")
    list_select_related = ("workspace", "created_by")
    list_filter = (("workspace", OwnWorkspaces), "kind")
    search_fields = ("name",)
    ordering = ("name",)
    actions = ("test_chosen",)
    fieldsets: ClassVar = [(None, {"fields": ("name", "kind", "hint", "workspace", "created_at", "created_by")})]

    @admin.action(description="Send the chosen targets a test", permissions=["view"])
    def test_chosen(self, request: HttpRequest, targets: QuerySet[Target]) -> None:
        user = signed_in(request)
        for target in chosen_with(self, request, targets, Role.EDITOR):
            write_test(target=target, by=user, actor=user.get_username())
            self.message_user(request, f"A test goes to {target.name}; its delivery says what came of it.")


@admin.register(Rule)
class RuleAdmin(RecordAdmin):
    list_display = ("id", "occasion", "about", "target", "workspace")
    list_select_related = ("workspace", "target", "flow", "schedule")
    list_filter = (("workspace", OwnWorkspaces), "occasion")
    ordering = ("-id",)
    actions = ("delete_chosen",)
    fieldsets: ClassVar = [
        (None, {"fields": ("occasion", "failures", "of_last", "about", "target", "workspace", "created_at")})
    ]

    @admin.display(description="about")
    def about(self, rule: Rule) -> str:
        if rule.flow is not None:
            return f"the flow {rule.flow.slug}"
        return f"the schedule {rule.schedule.name}" if rule.schedule is not None else "the whole workspace"

    @admin.action(description="Delete the chosen rules", permissions=["view"])
    def delete_chosen(self, request: HttpRequest, rules: QuerySet[Rule]) -> None:
        user = signed_in(request)
        for rule in chosen_with(self, request, rules.select_related("target"), Role.EDITOR):
            delete_rule(rule=rule, by=user, actor=user.get_username())


@admin.register(Delivery)
class DeliveryAdmin(RecordAdmin):
    list_display = ("id", "status", "occasion", "target", "run", "tries", "created_at", "sent_at", "answer")
    list_select_related = ("target",)
    list_filter = (("workspace", OwnWorkspaces), "status", "occasion")
    ordering = ("-id",)
    actions = ("send_chosen_again",)
    fieldsets: ClassVar = [
        (None, {"fields": ("status", "occasion", "target", "workspace", "run", "message_block")}),
        ("Tries", {"fields": ("tries", "answer", "created_at", "due_at", "sent_at")}),
    ]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Delivery]:
        return super().get_queryset(request).defer("message")

    @admin.display(description="execution")
    def run(self, delivery: Delivery) -> SafeString | str:
        if delivery.execution_id is None:
            return "–"
        return format_html('<a href="/executions/{}">#{}</a>', delivery.execution_id, delivery.execution_id)

    @admin.display(description="message")
    def message_block(self, delivery: Delivery) -> SafeString:
        return block(delivery.message)

    @admin.action(description="Send the chosen deliveries again", permissions=["view"])
    def send_chosen_again(self, request: HttpRequest, deliveries: QuerySet[Delivery]) -> None:
        user = signed_in(request)
        for delivery in chosen_with(self, request, deliveries.select_related("target"), Role.EDITOR):
            resend(delivery=delivery, by=user, actor=user.get_username())
