"""How many executions run at once: the list, and lifting a limit. They are set elsewhere."""

from typing import ClassVar

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from executions.limits import RunLimit
from executions.models import Execution
from executions.operations.set_limits import set_limits
from workspaces.admin_base import OwnWorkspaces, RecordAdmin, chosen_with, signed_in
from workspaces.models import Role


@admin.register(RunLimit)
class RunLimitAdmin(RecordAdmin):
    list_display = ("about", "workspace", "most", "held_now")
    list_display_links = ("about",)
    list_select_related = ("workspace", "flow")
    list_filter = (("workspace", OwnWorkspaces),)
    ordering = ("workspace", "flow")
    actions = ("lift_chosen",)
    fieldsets: ClassVar = [(None, {"fields": ("about", "workspace", "flow", "most", "held_now")})]

    @admin.display(description="of")
    def about(self, limit: RunLimit) -> str:
        return f"flow {limit.flow.slug}" if limit.flow else "the whole workspace"

    @admin.display(description="held back now")
    def held_now(self, limit: RunLimit) -> int:
        held = Execution.objects.filter(workspace=limit.workspace_id).exclude(waits_for="")
        return held.filter(flow=limit.flow_id, waits_for="flow").count() if limit.flow_id else held.count()

    @admin.action(description="Lift the chosen limits", permissions=["view"])
    def lift_chosen(self, request: HttpRequest, limits: QuerySet[RunLimit]) -> None:
        user = signed_in(request)
        for limit in chosen_with(self, request, limits.select_related("flow"), Role.ADMIN):
            slug = limit.flow.slug if limit.flow else None
            set_limits(workspace=limit.workspace, changes={slug: None}, by=user, actor=user.get_username())
            self.message_user(request, f"There is no limit any more of {slug or 'the workspace'}.")
