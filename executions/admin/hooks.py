"""Hooks: the list, one with what it starts, and revoking. They are made and edited elsewhere."""

from typing import ClassVar

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from executions.hooks.models import Hook
from executions.operations.revoke_hook import revoke_hook
from workspaces.admin_base import OwnWorkspaces, RecordAdmin, chosen_with, signed_in
from workspaces.models import Role


@admin.register(Hook)
class HookAdmin(RecordAdmin):
    """Of the address only its first characters are known to anybody."""

    list_display = (
        "name",
        "hint",
        "workspace",
        "flow",
        "environment_name",
        "per_minute",
        "last_called_at",
        "revoked_at",
    )
    list_select_related = ("workspace", "flow")
    list_filter = (("workspace", OwnWorkspaces), ("revoked_at", admin.EmptyFieldListFilter))
    search_fields = ("name", "flow__slug")
    ordering = ("name",)
    actions = ("revoke_chosen",)
    fieldsets: ClassVar = [
        (None, {"fields": ("name", "hint", "workspace", "flow", "environment_name", "variables", "labels")}),
        ("Calls", {"fields": ("per_minute", "calls_in_minute", "minute_began_at", "last_called_at")}),
        ("Life", {"fields": ("created_at", "created_by", "revoked_at")}),
    ]

    @admin.action(description="Revoke the chosen hooks", permissions=["view"])
    def revoke_chosen(self, request: HttpRequest, hooks: QuerySet[Hook]) -> None:
        user = signed_in(request)
        for hook in chosen_with(self, request, hooks, Role.EDITOR):
            revoke_hook(hook=hook, by=user, actor=user.get_username())
            self.message_user(request, f"{hook.name} starts nothing any more.")
