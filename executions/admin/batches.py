"""Batches: the list, one with what came of its rows, and cancel. They are started elsewhere."""

from typing import ClassVar, Final

from django.contrib import admin
from django.db.models import Count, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from executions.batches.models import Batch, RowStatus
from executions.errors import ExecutionsError
from executions.operations.cancel_batch import cancel_batch
from workspaces.admin_base import OwnWorkspaces, RecordAdmin, chosen_with, signed_in, status_text
from workspaces.models import Role

ROWS_SHOWN: Final = 100


@admin.register(Batch)
class BatchAdmin(RecordAdmin):
    """What rows give to their executions is kept encrypted, and not shown here either."""

    list_display = (
        "id",
        "state",
        "workspace",
        "flow",
        "environment_name",
        "source",
        "rows_total",
        "actor",
        "created_at",
    )
    list_select_related = ("workspace", "flow")
    list_filter = (("workspace", OwnWorkspaces), "status", "trigger")
    search_fields = ("flow__slug", "source")
    ordering = ("-id",)
    actions = ("cancel_chosen",)
    fieldsets: ClassVar = [
        (None, {"fields": ("state", "workspace", "flow", "flow_version", "environment_name", "source", "labels")}),
        ("How", {"fields": ("parallel", "timeout_seconds", "trigger", "actor", "rerun_of")}),
        ("When", {"fields": ("created_at", "finished_at", "cancel_requested_at", "cancel_requested_by")}),
        ("Rows", {"fields": ("rows_total", "row_counts", "row_list")}),
    ]

    @admin.display(description="status")
    def state(self, batch: Batch) -> SafeString:
        return status_text(batch.status)

    @admin.display(description="rows by status")
    def row_counts(self, batch: Batch) -> str:
        counts = batch.rows.exclude(status=RowStatus.STARTED).values_list("status").annotate(Count("pk"))
        ran = batch.rows.filter(execution__isnull=False).values_list("execution__status").annotate(Count("pk"))
        return ", ".join(f"{count} {status}" for status, count in [*counts.order_by(), *ran.order_by()]) or "–"

    @admin.display(description="first rows")
    def row_list(self, batch: Batch) -> SafeString:
        rows = batch.rows.defer("ciphertext").select_related("execution").order_by("number")[:ROWS_SHOWN]
        return format_html_join(
            SafeString("<br>"),
            "{} {} {} {}",
            ((row.number, row.label, _run(row.execution_id), row.reason or row.get_status_display()) for row in rows),
        )

    @admin.action(description="Cancel the chosen batches", permissions=["view"])
    def cancel_chosen(self, request: HttpRequest, batches: QuerySet[Batch]) -> None:
        user = signed_in(request)
        for batch in chosen_with(self, request, batches, Role.EDITOR):
            try:
                cancel_batch(batch=batch, by=user, actor=user.get_username())
            except ExecutionsError as exc:
                self.message_user(request, str(exc), "WARNING")
            else:
                self.message_user(request, f"Batch {batch.pk} is being cancelled.")


def _run(execution: int | None) -> SafeString | str:
    if execution is None:
        return ""
    return format_html(
        '<a href="{}">#{}</a>', reverse("admin:executions_execution_change", args=[execution]), execution
    )
