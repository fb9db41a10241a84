"""Worker processes: who runs steps and how they fare; above them what waits, in the queues and in the record."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from executions.admin.links import page_of
from executions.backlog import read_backlog
from executions.models import WorkerProcess
from executions.queues import read_queues
from workspaces.admin_base import RecordAdmin, signed_in


@admin.register(WorkerProcess)
class WorkerProcessAdmin(RecordAdmin):
    list_display = (
        "__str__", "state", "worker_group", "started_at", "renewed_at", "lease_left",
        "hops", "duplicate_messages", "abandoned_attempts",
    )  # fmt: skip
    ordering = ("-id",)
    change_list_template = "admin/executions/workerprocess/change_list.html"

    def get_queryset(self, request: HttpRequest) -> QuerySet[WorkerProcess]:
        return WorkerProcess.objects.all()  # they belong to no workspace

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        backlog = read_backlog()
        oldest = backlog.oldest
        may_open = oldest is not None and oldest.execution.workspace.role_of(signed_in(request)) is not None
        more = {
            "queues": read_queues(),
            "backlog": backlog,
            "oldest_url": page_of(oldest.execution, oldest.path) if oldest is not None and may_open else "",
        }
        return super().changelist_view(request, {**more, **(extra_context or {})})

    @admin.display(description="state")
    def state(self, worker: WorkerProcess) -> str:
        if worker.stopped_at:
            return "stopped"
        return "alive" if worker.expires_at > timezone.now() else "lost"

    @admin.display(description="lease")
    def lease_left(self, worker: WorkerProcess) -> str:
        left = (worker.expires_at - timezone.now()).total_seconds()
        return "–" if worker.stopped_at else f"{left:.0f} s left" if left > 0 else f"ran out {-left:.0f} s ago"
