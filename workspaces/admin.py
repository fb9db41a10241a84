"""Workspaces, members, tokens and the audit log in the Django admin."""

from typing import TYPE_CHECKING, Any, ClassVar

from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.db.models import Model, QuerySet
from django.forms import BaseInlineFormSet
from django.http import HttpRequest

from workspaces.admin_base import (
    AnyModelForm,
    AnyTabularInline,
    OwnWorkspaces,
    RecordAdmin,
    ScopedAdmin,
    signed_in,
)  # fmt: skip
from workspaces.errors import NotAllowed
from workspaces.models import ApiToken, AuditEntry, Membership, Role, Workspace
from workspaces.operations.create_token import create_token
from workspaces.operations.record_audit import record_audit
from workspaces.operations.revoke_token import revoke_token

if TYPE_CHECKING:
    AnyInlineFormSet = BaseInlineFormSet[Any, Any, Any]
else:
    AnyInlineFormSet = BaseInlineFormSet


class MembershipsKept(AnyInlineFormSet):
    """Whoever saves the members leaves an admin among them."""

    def clean(self) -> None:
        super().clean()
        kept = [form.cleaned_data for form in self.forms if form.is_valid() and form.cleaned_data.get("user")]
        kept = [one for one in kept if not one.get("DELETE")]
        if not any(one["role"] == Role.ADMIN and one["user"].is_active for one in kept):
            raise ValidationError("A workspace keeps at least one active admin among its members.")


class MembershipInline(AnyTabularInline):
    model = Membership
    formset = MembershipsKept
    extra = 0
    autocomplete_fields = ("user",)


@admin.register(Workspace)
class WorkspaceAdmin(ScopedAdmin):
    list_display = ("name", "slug", "created_at")
    search_fields = ("name", "slug")
    fields = ("name", "slug", "created_at")
    readonly_fields = ("created_at",)
    inlines: ClassVar = [MembershipInline]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Workspace]:
        return Workspace.objects.visible_to(request.user).distinct()

    def may_change(self, request: HttpRequest, obj: Workspace) -> bool:
        return obj.role_of(signed_in(request)) is Role.ADMIN

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        members = {str(one.user): one.role for one in form.instance.memberships.select_related("user")}
        record_audit(
            workspace=form.instance,
            by=signed_in(request),
            verb="workspace.saved" if change else "workspace.created",
            target=form.instance.slug,
            members=members,
        )


class NewTokenForm(AnyModelForm):
    class Meta:
        model = ApiToken
        fields = ("workspace", "user", "name", "role", "expires_at")

    def clean(self) -> dict[str, Any]:
        found: dict[str, Any] = super().clean() or self.cleaned_data
        workspace, user, role = found.get("workspace"), found.get("user"), found.get("role")
        if workspace and user and role:
            held = workspace.role_of(user)
            if held is None or not held.includes(Role(role)):
                raise ValidationError(f"{user} is {held.value if held else 'not a member'} in {workspace}.")
        return found


@admin.register(ApiToken)
class ApiTokenAdmin(ScopedAdmin):
    list_display = ("name", "hint", "workspace", "user", "role", "created_at", "expires_at", "last_used_at", "state")
    list_select_related = ("workspace", "user")
    list_filter = (("workspace", OwnWorkspaces), "role")
    search_fields = ("name", "=hint")
    actions = ("revoke",)

    @admin.display(description="state")
    def state(self, token: ApiToken) -> str:
        return "revoked" if token.revoked_at else "in use"

    @admin.action(description="Revoke the chosen tokens", permissions=["change"])
    def revoke(self, request: HttpRequest, tokens: QuerySet[ApiToken]) -> None:
        mine = [token for token in tokens.select_related("workspace") if self.may_change(request, token)]
        for token in mine:
            revoke_token(token=token, by=signed_in(request))
        self.message_user(request, f"{len(mine)} of the chosen tokens open nothing any more.")

    def get_form(self, request: HttpRequest, obj: Model | None = None, change: bool = False, **kwargs: Any) -> Any:
        return super().get_form(request, obj, change, **({"form": NewTokenForm, **kwargs} if obj is None else kwargs))

    def get_readonly_fields(self, request: HttpRequest, obj: Model | None = None) -> tuple[str, ...]:
        if obj is None:
            return ()
        return (
            "workspace", "user", "name", "role", "hint", "created_at", "expires_at", "last_used_at", "revoked_at",
        )  # fmt: skip

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False  # revoked, it still says who it was

    def save_model(self, request: HttpRequest, obj: ApiToken, form: Any, change: bool) -> None:
        if change:
            return  # nothing of a token can be changed
        try:
            token, secret = create_token(
                workspace=obj.workspace,
                user=obj.user,
                name=obj.name,
                role=Role(obj.role),
                expires_at=obj.expires_at,
                by=signed_in(request),
            )
        except NotAllowed as exc:  # lost the role since the form was checked
            raise ValidationError(str(exc)) from exc
        obj.pk, obj.hash, obj.hint = token.pk, token.hash, token.hint
        self.message_user(request, f"The token is {secret}. It is shown this once.", messages.WARNING)


@admin.register(AuditEntry)
class AuditEntryAdmin(RecordAdmin):
    list_display = ("at", "actor", "verb", "target", "workspace")
    list_select_related = ("workspace",)
    list_filter = (("workspace", OwnWorkspaces),)
    search_fields = ("=verb", "=target", "=actor")
    ordering = ("-id",)
    fields = ("at", "workspace", "actor", "user", "verb", "target", "details")
