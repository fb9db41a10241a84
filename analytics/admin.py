"""In the Django admin: analyses by a model, who allowed them, what they cost; and what people say of diagnoses."""

from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import Model, QuerySet
from django.http import HttpRequest

from analytics.models import Analysis, AnalysisConsent, DiagnosisLabel
from analytics.operations.give_consent import give_consent
from workspaces.admin_base import OwnWorkspaces, RecordAdmin, ScopedAdmin, signed_in, status_text


@admin.register(AnalysisConsent)
class AnalysisConsentAdmin(ScopedAdmin):
    list_display = ("workspace", "is_given", "changed_by", "changed_at", "asks_itself_since")
    list_select_related = ("workspace",)
    list_filter = (("workspace", OwnWorkspaces),)
    fields = ("workspace", "is_given", "changed_by", "changed_at", "asks_itself_since", "asks_itself_by")

    def get_readonly_fields(self, request: HttpRequest, obj: Model | None = None) -> tuple[str, ...]:
        fixed = ("changed_by", "changed_at", "asks_itself_since", "asks_itself_by")
        return fixed if obj is None else ("workspace", *fixed)

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False  # withdrawn, it still says by whom

    def save_model(self, request: HttpRequest, obj: AnalysisConsent, form: Any, change: bool) -> None:
        user = signed_in(request)
        given = give_consent(workspace=obj.workspace, is_given=obj.is_given, by=user, actor=user.get_username())
        obj.changed_by, obj.changed_at = given.changed_by, given.changed_at


@admin.register(Analysis)
class AnalysisAdmin(RecordAdmin):
    list_display = ("id", "workspace", "execution_id", "state", "error_code", "model", "cost", "asked_at", "actor")
    list_select_related = ("workspace",)
    list_filter = (("workspace", OwnWorkspaces), "status", "is_helpful")
    search_fields = ("=execution_id", "=actor", "=error_code")
    ordering = ("-id",)
    fieldsets: ClassVar = [
        (None, {"fields": ("workspace", "execution_id", "group", "state", "error_code", "error", "asked_at", "actor")}),
        ("Model", {"fields": ("model", "effort", "prompt_version", "tries", "started_at", "finished_at")}),
        ("Cost", {"fields": ("input_tokens", "output_tokens", "cache_read_tokens", "cost", "counted_cost")}),
        ("A person's word", {"fields": ("is_helpful", "right_category", "labelled_by", "labelled_at", "left_out")}),
        ("What was sent", {"fields": ("pack_hash", "system", "document")}),
    ]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Analysis]:
        return super().get_queryset(request).defer("raw", "answer")

    @admin.display(description="status")
    def state(self, analysis: Analysis) -> Any:
        return status_text(analysis.status)


@admin.register(DiagnosisLabel)
class DiagnosisLabelAdmin(RecordAdmin):
    list_display = ("execution_id", "workspace", "said_category", "said_confidence", "right_category", "labelled_at")
    list_select_related = ("workspace",)
    list_filter = (("workspace", OwnWorkspaces), "said_confidence", "right_category", "is_helpful")
    search_fields = ("=execution_id", "=labelled_by")
    ordering = ("-id",)
