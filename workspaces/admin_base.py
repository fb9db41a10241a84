"""What our admin pages share: records to be read, lists that never count history, one's own workspaces only."""

from typing import TYPE_CHECKING, Any, ClassVar

from django import forms
from django.contrib import admin
from django.contrib.auth.models import AnonymousUser, User
from django.core.paginator import Paginator
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.utils.functional import cached_property
from django.utils.html import format_html
from django.utils.safestring import SafeString

from workspaces.models import Role, Workspace

NEWEST = 5000

if TYPE_CHECKING:  # these are generic to a type checker only
    AnyModelAdmin = admin.ModelAdmin[Any]
    AnyTabularInline = admin.TabularInline[Any, Any]
    AnyModelForm = forms.ModelForm[Any]
    AnyPaginator = Paginator[Any]
else:
    AnyModelAdmin, AnyTabularInline = admin.ModelAdmin, admin.TabularInline
    AnyModelForm, AnyPaginator = forms.ModelForm, Paginator

TONES = {
    "passed": "#1a7f37",
    "failed": "#c9252d",
    "timed_out": "#b35900",
    "lost": "#b35900",
    "retrying": "#9a6700",
    "running": "#0969da",
}
MARKS = {
    "passed": "✓",
    "failed": "✗",
    "timed_out": "✗",
    "lost": "✗",
    "skipped": "⚡",
    "retrying": "↻",
    "running": "▶",
    "cancelled": "■",
}


def status_text(status: str) -> SafeString:
    """A status as a mark and a word; colour only repeats what both say."""
    tone = TONES.get(status, "inherit")
    words = status.replace("_", " ")
    return format_html('<span style="color:{};white-space:nowrap">{} {}</span>', tone, MARKS.get(status, "○"), words)


def duration_text(milliseconds: int | None) -> str:
    if milliseconds is None:
        return "–"
    if milliseconds < 1000:
        return f"{milliseconds} ms"
    seconds = milliseconds / 1000
    return f"{seconds:.1f} s" if seconds < 60 else f"{int(seconds // 60)} min {int(seconds % 60)} s"


class NewestPaginator(AnyPaginator):
    """Pages through the newest rows and never counts the rest; filters reach further back."""

    @cached_property
    def count(self) -> int:
        rows = self.object_list
        return rows.values_list("pk")[:NEWEST].count() if isinstance(rows, QuerySet) else len(rows)


class ScopedAdmin(AnyModelAdmin):
    """Shows the rows of the user's own workspaces. `workspace_path` leads from the model to its workspace."""

    workspace_path: ClassVar[str] = "workspace"
    role_to_change: ClassVar[Role] = Role.ADMIN
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER  # they would count history
    list_per_page = 100
    paginator = NewestPaginator

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        rows = super().get_queryset(request)
        user: User | AnonymousUser = request.user
        if user.is_superuser:
            return rows
        return rows.filter(**{f"{self.workspace_path}__memberships__user": user})

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.related_model is Workspace:
            kwargs["queryset"] = _workspaces_with(signed_in(request), self.role_to_change)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_change_permission(request, obj) and (obj is None or self.may_change(request, obj))

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_delete_permission(request, obj) and (obj is None or self.may_change(request, obj))

    def may_change(self, request: HttpRequest, obj: Any) -> bool:
        """Django's permissions say what a user may do at all; the role says in which workspace."""
        role = obj.workspace.role_of(signed_in(request))
        return role is not None and role.includes(self.role_to_change)


def signed_in(request: HttpRequest) -> User:
    """Who uses the admin: Django has made sure that it is somebody."""
    assert isinstance(request.user, User)
    return request.user


def _workspaces_with(user: User, role: Role) -> QuerySet[Workspace]:
    if user.is_superuser:
        return Workspace.objects.all()
    enough = [one.value for one in Role if one.includes(role)]
    return Workspace.objects.filter(memberships__user=user, memberships__role__in=enough)


class OwnWorkspaces(admin.RelatedFieldListFilter):
    """Offers the workspaces of whoever looks, and tells the names of no others."""

    def field_choices(self, field: Any, request: HttpRequest, model_admin: Any) -> Any:
        rows = Workspace.objects.visible_to(request.user).order_by("slug")
        return [(one.pk, one.slug) for one in rows]


class RecordAdmin(ScopedAdmin):
    """A record: nobody adds, changes or deletes it here."""

    sortable_by: ClassVar[tuple[str, ...]] = ()

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


def chosen_with(admin: Any, request: HttpRequest, rows: QuerySet[Any], role: Role) -> list[Any]:
    """Of the chosen rows those in whose workspace the user has the role; of the others it says so."""
    found = []
    for row in rows.select_related("workspace"):
        has = row.workspace.role_of(signed_in(request))
        if has is not None and has.includes(role):
            found.append(row)
        else:
            admin.message_user(request, f"{row}: this needs the role {role.value}.", "WARNING")
    return found
