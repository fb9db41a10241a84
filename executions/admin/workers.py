"""Worker processes: who runs steps, and how they fare."""

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone

from executions.models import WorkerProcess
from workspaces.admin_base import RecordAdmin


@admin.register(WorkerProcess)
class WorkerProcessAdmin(RecordAdmin):
    list_display = (
        "__str__", "state", "worker_group", "started_at", "renewed_at",
        "hops", "duplicate_messages", "abandoned_attempts",
    )  # fmt: skip
    ordering = ("-id",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[WorkerProcess]:
        return WorkerProcess.objects.all()  # they belong to no workspace

    @admin.display(description="state")
    def state(self, worker: WorkerProcess) -> str:
        if worker.stopped_at:
            return "stopped"
        return "alive" if worker.expires_at > timezone.now() else "lost"
