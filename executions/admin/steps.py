"""Step runs: what each attempt asserted and captured, and on demand what it sent and got."""

from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from executions.lookup import payloads_of
from executions.models import Attempt, StepRun
from executions.schemas import milliseconds
from flows.language import jsontext
from flows.showing import pretty, short
from workspaces.admin_base import RecordAdmin, duration_text, status_text

PAYLOAD_SHOWN = 200_000  # characters; the rest is a download away


@admin.register(StepRun)
class StepRunAdmin(RecordAdmin):
    workspace_path = "execution__workspace"
    list_display = ("path", "state", "action", "execution_link", "attempts", "took", "message")
    list_select_related = ("execution",)
    list_filter = ("status", "action")
    ordering = ("-id",)
    fieldsets: ClassVar = [
        (None, {"fields": ("execution_link", ("path", "action"), ("state", "took", "attempts"), "message")}),
        ("Attempts", {"fields": ("attempt_list",)}),
        (
            "More",
            {
                "fields": (
                    ("failure_kind", "failure_code", "skip_reason"),
                    ("recovered", "soft", "asserted", "may_have_taken_effect"),
                    ("due_at", "sent_at", "started_at", "finished_at"),
                    ("sends", "fence", "lost_attempts"),
                    ("protocol", "service", "operation", "route"),
                )
            },
        ),
    ]

    def has_module_permission(self, request: HttpRequest) -> bool:
        return False  # reached from its execution

    def get_queryset(self, request: HttpRequest) -> QuerySet[StepRun]:
        return super().get_queryset(request).defer("resume_state")

    @admin.display(description="status")
    def state(self, step: StepRun) -> SafeString:
        return status_text(step.status)

    @admin.display(description="duration")
    def took(self, step: StepRun) -> str:
        return duration_text(milliseconds(step.started_at, step.finished_at))

    @admin.display(description="execution")
    def execution_link(self, step: StepRun) -> SafeString:
        url = reverse("admin:executions_execution_change", args=[step.execution_id])
        return format_html('<a href="{}">{}</a>', url, step.execution)

    @admin.display(description="attempts")
    def attempt_list(self, step: StepRun) -> SafeString:
        rows = [
            {
                "attempt": attempt,
                "state": status_text(attempt.status),
                "took": duration_text(milliseconds(attempt.started_at, attempt.finished_at)),
                "waited": duration_text(milliseconds(attempt.due_at, attempt.started_at)),
                "assertions": [_assertion(one) for one in attempt.assertions or []],
                "captured": [(one["name"], one.get("path"), short(one.get("value"))) for one in attempt.captured or []],
                "condition": pretty(attempt.condition) if attempt.condition else "",
                "payload_url": reverse("admin:executions_steprun_payload", args=[attempt.pk]),
            }
            for attempt in Attempt.objects.filter(step_run=step).prefetch_related("late_results").order_by("number")
        ]
        return render_to_string("admin/executions/attempts.html", {"rows": rows})

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.payload_view)
        return [path("attempts/<int:pk>/payload/", view, name="executions_steprun_payload"), *super().get_urls()]

    def payload_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """What one attempt sent and got. Read only here, because it may be 10 MB."""
        attempt = Attempt.objects.filter(pk=pk).select_related("step_run__execution").first()
        if attempt is None or not self.has_view_permission(request):
            raise Http404
        if not self.get_queryset(request).filter(pk=attempt.step_run_id).exists():
            raise Http404
        payload = payloads_of([attempt]).get(attempt.pk)
        request_text = pretty(payload.request) if payload else ""
        response_text = pretty(payload.response) if payload else ""
        context = {
            **self.admin_site.each_context(request),
            "title": f"Payload of {attempt.step_run.path}, attempt {attempt.number}",
            "attempt": attempt,
            "payload": payload,
            "request_text": request_text[:PAYLOAD_SHOWN],
            "response_text": response_text[:PAYLOAD_SHOWN],
            "is_shortened": max(len(request_text), len(response_text)) > PAYLOAD_SHOWN,
        }
        if "download" in request.GET and payload:
            text = jsontext.dumps({"request": payload.request, "response": payload.response})
            headers = {"Content-Disposition": f'attachment; filename="attempt-{attempt.pk}.json"'}
            return HttpResponse(text, content_type="application/json", headers=headers)
        return render(request, "admin/executions/payload.html", context)


def _assertion(one: dict[str, Any]) -> dict[str, Any]:
    return {
        "mark": status_text("passed" if one.get("passed") else "failed"),
        "expression": one.get("expression"),
        "actual": short(one.get("actual")),
        "expected": short(one.get("expected")),
        "message": one.get("message") or one.get("error") or "",
    }
