"""Flows, versions and environments in the Django admin. Secrets go in here and never come out."""

from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html_join
from django.utils.safestring import SafeString

from flows.errors import FlowsError
from flows.language import jsontext
from flows.models import Environment, Flow, FlowVersion
from flows.operations.save_environment import check_names, save_environment
from flows.operations.set_secret import check_secret
from flows.showing import pretty, text_block
from flows.shown_text import masked_text
from workspaces.admin_base import AnyModelForm, OwnWorkspaces, RecordAdmin, ScopedAdmin, signed_in
from workspaces.models import Role

VERSIONS_SHOWN = 50


@admin.register(Flow)
class FlowAdmin(RecordAdmin):
    list_display = ("name", "slug", "workspace", "suite", "tag_list", "version", "updated_at")
    list_select_related = ("workspace", "latest_version")
    list_filter = (("workspace", OwnWorkspaces), "suite")
    search_fields = ("name", "slug")
    ordering = ("name",)
    sortable_by = ("name", "slug", "updated_at")
    fieldsets: ClassVar = [
        (None, {"fields": ("name", "slug", "workspace", "description", "tag_list", "suite")}),
        ("History", {"fields": ("created_at", "updated_at", "archived_at", "version_links")}),
        ("Latest text", {"fields": ("latest_text",)}),
    ]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Flow]:
        long = ("latest_version__text", "latest_version__spec_json", "latest_version__files_json")
        return super().get_queryset(request).defer(*long)

    @admin.display(description="tags")
    def tag_list(self, flow: Flow) -> str:
        return ", ".join(map(str, flow.tags))

    @admin.display(description="version")
    def version(self, flow: Flow) -> str:
        return f"v{flow.latest_version.number}" if flow.latest_version else "–"

    @admin.display(description="text")
    def latest_text(self, flow: Flow) -> SafeString:
        return text_block(masked_text(flow.latest_version.text) if flow.latest_version else "")

    @admin.display(description="versions")
    def version_links(self, flow: Flow) -> SafeString:
        rows = flow.versions.order_by("-number").values_list("pk", "number", "created_at")[:VERSIONS_SHOWN]
        return format_html_join(
            ", ",
            '<a href="{}" title="{}">v{}</a>',
            ((reverse("admin:flows_flowversion_change", args=[pk]), at, number) for pk, number, at in rows),
        )


@admin.register(FlowVersion)
class FlowVersionAdmin(RecordAdmin):
    workspace_path = "flow__workspace"
    list_display = ("__str__", "flow", "created_at", "created_by")
    list_select_related = ("flow", "created_by")
    search_fields = ("flow__slug", "=hash")
    ordering = ("-id",)
    fields = ("flow", "number", "hash", "created_at", "created_by", "whole_text", "whole_files")

    def get_queryset(self, request: HttpRequest) -> QuerySet[FlowVersion]:
        return super().get_queryset(request).defer("spec_json", "text", "files_json")

    @admin.display(description="text")
    def whole_text(self, version: FlowVersion) -> SafeString:
        return text_block(masked_text(version.text))

    @admin.display(description="files")
    def whole_files(self, version: FlowVersion) -> SafeString:
        return text_block("\n".join(f"# {name}\n{text}" for name, text in version.files.items()) or "–")


class EnvironmentForm(AnyModelForm):
    """Variables as one JSON object; a secret is set, replaced or deleted by name."""

    variables = forms.CharField(
        widget=forms.Textarea(attrs={"rows": 12, "cols": 90, "spellcheck": "false", "style": "font-family:monospace"}),
        required=False,
        initial="{}",
        help_text="A JSON object. What is taken out of it is deleted.",
    )
    secret_name = forms.CharField(required=False, label="Set secret", help_text="Its name.")
    secret_value = forms.CharField(
        required=False,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text="Kept encrypted, and never shown again.",
    )
    deleted_secrets = forms.MultipleChoiceField(
        required=False, widget=forms.CheckboxSelectMultiple, label="Delete secrets"
    )

    class Meta:
        model = Environment
        fields = ("workspace", "name", "description", "worker_group")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        deleted = self.fields["deleted_secrets"]
        assert isinstance(deleted, forms.MultipleChoiceField)
        if self.instance.pk:
            plain = self.instance.plain_variables()
            self.initial["variables"] = pretty(plain)
            rows = self.instance.variables.filter(is_secret=True)
            deleted.choices = [(row.name, f"{row.name} (version {row.secret_version})") for row in rows]
        else:
            deleted.widget = forms.MultipleHiddenInput()

    def clean_variables(self) -> dict[str, Any]:
        try:
            found = jsontext.loads(self.cleaned_data["variables"] or "{}")
        except jsontext.NotJson as exc:
            raise ValidationError(f"This is not JSON: {exc}") from exc
        if not isinstance(found, dict):
            raise ValidationError('Write an object, such as {"API_URL": "http://127.0.0.1:5016"}.')
        return found

    def clean(self) -> dict[str, Any]:
        found: dict[str, Any] = super().clean() or self.cleaned_data
        name, value = found.get("secret_name", ""), found.get("secret_value", "")
        if bool(name) != bool(value):
            raise ValidationError("A secret needs its name and its value.")
        try:
            check_names(self.instance.name or found.get("name", ""), found.get("variables", {}), [name] if name else [])
            if name:
                check_secret(name, value)
        except FlowsError as exc:
            raise ValidationError(str(exc)) from exc
        if self.instance.pk:
            deleted = found.get("deleted_secrets", [])
            kept = self.instance.variables.filter(is_secret=True).exclude(name__in=deleted)
            if taken := [row.name for row in kept if row.name in found.get("variables", {})]:
                raise ValidationError(f"{taken[0]} is a secret. Delete the secret to make it a variable.")
        return found

    def changes(self) -> dict[str, Any]:
        """The arguments of save_environment."""
        variables: dict[str, Any] = dict(self.cleaned_data["variables"])
        gone = [name for name in self.instance.plain_variables() if name not in variables] if self.instance.pk else []
        secrets: dict[str, str | None] = dict.fromkeys(self.cleaned_data.get("deleted_secrets", []))
        if self.cleaned_data["secret_name"]:
            secrets[self.cleaned_data["secret_name"]] = self.cleaned_data["secret_value"]
        return {"variables": {**variables, **dict.fromkeys(gone)}, "secrets": secrets}


@admin.register(Environment)
class EnvironmentAdmin(ScopedAdmin):
    form = EnvironmentForm
    role_to_change = Role.EDITOR
    list_display = ("name", "workspace", "description", "worker_group", "updated_at")
    list_select_related = ("workspace",)
    list_filter = (("workspace", OwnWorkspaces),)
    search_fields = ("name",)
    fieldsets: ClassVar = [
        (None, {"fields": ("workspace", "name", "description", "worker_group")}),
        ("Variables", {"fields": ("variables",)}),
        ("Secrets", {"fields": (("secret_name", "secret_value"), "deleted_secrets")}),
    ]

    def get_readonly_fields(self, request: HttpRequest, obj: Model | None = None) -> tuple[str, ...]:
        return ("workspace", "name") if obj else ()

    def save_model(self, request: HttpRequest, obj: Environment, form: Any, change: bool) -> None:
        saved = save_environment(
            workspace=obj.workspace,
            name=obj.name,
            description=obj.description,
            worker_group=obj.worker_group,
            by=signed_in(request),
            **form.changes(),
        )
        obj.pk = saved.pk
