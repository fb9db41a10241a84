"""Executions: the list, one with its timeline, and what can be done with it."""

from typing import Any, ClassVar

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.loader import render_to_string
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.views.decorators.http import require_POST

from executions.admin.bulk import order_chosen
from executions.admin.links import page_of
from executions.errors import ExecutionsError
from executions.lookup import LEFT_OUT, steps_of
from executions.models import Execution
from executions.operations.cancel import request_cancel
from executions.operations.rerun import rerun_execution
from executions.schemas import milliseconds
from executions.status import RerunMode, Status, Trigger
from flows.showing import block
from workspaces.admin_base import OwnWorkspaces, RecordAdmin, duration_text, signed_in, status_text
from workspaces.models import Role
from workspaces.operations.record_audit import record_audit

FAMILY_SHOWN = 30


def may_run(request: HttpRequest, execution: Execution) -> bool:
    role = execution.workspace.role_of(signed_in(request))
    return role is not None and role.includes(Role.EDITOR)


@admin.register(Execution)
class ExecutionAdmin(RecordAdmin):
    list_display = (
        "number",
        "state",
        "flow_name",
        "workspace",
        "environment_name",
        "by",
        "started_at",
        "took",
        "steps",
        "page",
    )
    list_display_links = ("number", "flow_name")
    list_select_related = ("workspace",)
    list_filter = ("status", "trigger", ("workspace", OwnWorkspaces))
    search_fields = ("=id", "flow__slug__istartswith", "flow__name__icontains")
    search_help_text = "A number, or the name of a flow."
    ordering = ("-id",)
    actions = ("cancel_chosen", "rerun_chosen")
    change_form_template = "admin/executions/execution/change_form.html"
    fieldsets: ClassVar = [
        (None, {"fields": (("state", "phase", "outcome_text"), "failure", "flow_link", "family_links")}),
        ("Steps", {"fields": ("timeline",)}),
        (
            "Started",
            {"fields": (("trigger", "actor"), ("queued_at", "started_at", "finished_at", "took"), "labelled")},
        ),
        ("Ran against", {"fields": (("environment_name", "environment_revision"), "variable_list", "override_list")}),
        ("Moves", {"fields": ("move_list", ("cancel_requested_at", "cancel_requested_by"), "deadline")}),
    ]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Execution]:
        return super().get_queryset(request).defer(*LEFT_OUT)

    # --- the list

    @admin.display(description="no.", ordering="-id")
    def number(self, execution: Execution) -> str:
        return f"#{execution.pk}"

    @admin.display(description="status")
    def state(self, execution: Execution) -> SafeString:
        return status_text(execution.status)

    @admin.display(description="started by")
    def by(self, execution: Execution) -> str:
        return f"{execution.actor} by {execution.trigger}"

    @admin.display(description="duration")
    def took(self, execution: Execution) -> str:
        return duration_text(execution.duration_ms)

    @admin.display(description="steps")
    def steps(self, execution: Execution) -> str:
        counts = {
            "passed": execution.passed_count,
            "failed": execution.failed_count,
            "skipped": execution.skipped_count,
            "cancelled": execution.cancelled_count,
            "recovered": execution.recovered_count,
        }
        return ", ".join(f"{count} {word}" for word, count in counts.items() if count)

    @admin.display(description="page")
    def page(self, execution: Execution) -> SafeString:
        return format_html('<a href="{}">open</a>', page_of(execution))

    # --- one execution

    @admin.display(description="outcome")
    def outcome_text(self, execution: Execution) -> SafeString | str:
        return status_text(execution.outcome) if execution.outcome else "–"

    @admin.display(description="failure")
    def failure(self, execution: Execution) -> SafeString | str:
        if not execution.failure_kind:
            return "–"
        return format_html(
            "{} · {} · {}<br>{}",
            execution.failed_step_path,
            execution.failure_kind,
            execution.failure_code,
            execution.failure_message,
        )

    @admin.display(description="flow")
    def flow_link(self, execution: Execution) -> SafeString:
        return format_html(
            '<a href="{}">{}</a>, <a href="{}">version {}</a>',
            reverse("admin:flows_flow_change", args=[execution.flow_id]),
            execution.flow_name,
            reverse("admin:flows_flowversion_change", args=[execution.flow_version_id]),
            execution.flow_version.number,
        )

    @admin.display(description="re-runs")
    def family_links(self, execution: Execution) -> SafeString | str:
        """The whole chain of re-runs, this one in it."""
        root = execution.family or execution.pk
        rows = Execution.objects.filter(workspace=execution.workspace_id)
        found = [*rows.filter(pk=root), *rows.filter(family=root).exclude(pk=root).order_by("id")[:FAMILY_SHOWN]]
        if len(found) < 2:
            return "none"
        return format_html_join(
            " → ",
            '<a href="{}"{}>#{}</a> {}',
            (
                (
                    reverse("admin:executions_execution_change", args=[one.pk]),
                    SafeString(' style="font-weight:bold"') if one.pk == execution.pk else "",
                    one.pk,
                    status_text(one.status),
                )
                for one in found
            ),
        )

    @admin.display(description="timeline")
    def timeline(self, execution: Execution) -> SafeString:
        rows = [
            {
                "url": reverse("admin:executions_steprun_change", args=[step.id]),
                "step": step,
                "indent": step.path.count("/") - 1,
                "state": status_text(step.status),
                "took": duration_text(milliseconds(step.started_at, step.finished_at)),
            }
            for step, _ in steps_of(execution)
        ]
        return render_to_string("admin/executions/timeline.html", {"rows": rows})

    @admin.display(description="labels")
    def labelled(self, execution: Execution) -> str:
        return ", ".join(f"{name}={value}" for name, value in execution.labels.items()) or "–"

    @admin.display(description="variables")
    def variable_list(self, execution: Execution) -> SafeString:
        return block(execution.variables)

    @admin.display(description="overrides")
    def override_list(self, execution: Execution) -> SafeString:
        return block(execution.overrides)

    @admin.display(description="moves")
    def move_list(self, execution: Execution) -> SafeString:
        moves = execution.moves.order_by("id")
        return format_html_join(
            SafeString("<br>"),
            "{} {} {}",
            ((timezone.localtime(one.at).strftime("%Y-%m-%d %H:%M:%S.%f")[:-3], str(one), one.reason) for one in moves),
        )

    # --- what can be done

    @admin.action(description="Cancel the chosen executions", permissions=["view"])
    def cancel_chosen(self, request: HttpRequest, executions: QuerySet[Execution]) -> HttpResponse | None:
        return order_chosen(self, request, executions, "cancel")

    @admin.action(description="Run the chosen executions again", permissions=["view"])
    def rerun_chosen(self, request: HttpRequest, executions: QuerySet[Execution]) -> HttpResponse | None:
        return order_chosen(self, request, executions, "rerun")

    def get_urls(self) -> list[URLPattern]:
        wrap = self.admin_site.admin_view
        return [
            path("<int:pk>/cancel/", wrap(require_POST(self.cancel_view)), name="executions_execution_cancel"),
            path("<int:pk>/rerun/", wrap(require_POST(self.rerun_view)), name="executions_execution_rerun"),
            *super().get_urls(),
        ]

    def cancel_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        self._cancel(request, self._found(request, pk))
        return HttpResponseRedirect(reverse("admin:executions_execution_change", args=[pk]))

    def rerun_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        mode = RerunMode.AS_IT_WAS if request.POST.get("mode") == RerunMode.AS_IT_WAS else RerunMode.TODAY
        new = self._rerun(request, self._found(request, pk), mode)
        return HttpResponseRedirect(reverse("admin:executions_execution_change", args=[new.pk if new else pk]))

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        execution = self.get_object(request, object_id)
        more: dict[str, Any] = {"may_run": execution is not None and may_run(request, execution)}
        more["page_url"] = page_of(execution) if execution is not None else ""
        more["may_cancel"] = more["may_run"] and execution is not None and not Status(execution.status).is_final
        return super().change_view(request, object_id, form_url, {**more, **(extra_context or {})})

    def _found(self, request: HttpRequest, pk: int) -> Execution:
        if not self.has_view_permission(request):
            raise PermissionDenied
        execution = self.get_queryset(request).filter(pk=pk).first()
        if execution is None:
            raise Http404
        return execution

    def _cancel(self, request: HttpRequest, execution: Execution) -> None:
        user = signed_in(request)
        if not may_run(request, execution):
            raise PermissionDenied
        try:
            request_cancel(execution=execution, by=user.get_username())
        except ExecutionsError as exc:
            self.message_user(request, str(exc), messages.WARNING)
            return
        record_audit(workspace=execution.workspace, by=user, verb="execution.cancelled", target=str(execution.pk))
        self.message_user(request, f"#{execution.pk} is being cancelled.")

    def _rerun(self, request: HttpRequest, execution: Execution, mode: RerunMode) -> Execution | None:
        user = signed_in(request)
        if not may_run(request, execution):
            raise PermissionDenied
        try:
            new = rerun_execution(
                execution=execution, actor=user.get_username(), by=user, trigger=Trigger.USER, mode=mode
            )
        except ExecutionsError as exc:
            self.message_user(request, str(exc), messages.WARNING)
            return None
        record_audit(
            workspace=execution.workspace, by=user, verb="execution.rerun", target=str(execution.pk), started=new.pk
        )
        self.message_user(request, f"#{new.pk} runs #{execution.pk} again.")
        return new
