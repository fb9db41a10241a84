"""Who calls the API: a bearer token, or a signed-in browser; in which workspace, and with which role."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from django.conf import settings
from django.contrib.auth.models import User
from django.http import Http404, HttpRequest
from django.utils import timezone
from ninja.errors import AuthenticationError
from ninja.security import APIKeyCookie, HttpBearer

from workspaces.errors import NotAllowed
from workspaces.models import ApiToken, Role, Workspace

LAST_USED_GRAIN: Final = timedelta(minutes=1)  # a write for every call would be one too many


@dataclass(frozen=True)
class Caller:
    """Somebody in a workspace. Everything an endpoint loads is filtered by `workspace`."""

    user: User
    workspace: Workspace
    role: Role
    actor: str  # the name for the record: `anna`, or `anna (token ci)`
    token: ApiToken | None = None

    def require(self, role: Role) -> None:
        """Raises NotAllowed unless the caller may do what `role` may."""
        if not self.role.includes(role):
            raise NotAllowed(f"This needs the role {role.value} in {self.workspace.slug}; you are {self.role.value}.")

    def require_person(self) -> None:
        """Raises NotAllowed for a token: what follows would give more than a token may have."""
        if self.token is not None:
            raise NotAllowed("A token cannot do this. Sign in and do it in the browser.")

    def require_owner(self) -> None:
        """Raises NotAllowed unless a superuser asks, and not with a token."""
        self.require_person()
        if not self.user.is_superuser:
            raise NotAllowed(f"{self.user.get_username()} does not own this installation: ask a superuser.")


class ApiRequest(HttpRequest):
    """A request that got past authentication."""

    auth: Caller


class TokenAuth(HttpBearer):
    """`Authorization: Bearer stw_…`; the workspace is the token's."""

    def authenticate(self, request: HttpRequest, token: str) -> Caller:
        now = timezone.now()
        found = (
            ApiToken.objects.usable(at=now)
            .select_related("user", "workspace")
            .filter(hash=ApiToken.hash_of(token.strip()), user__is_active=True)
            .first()
        )
        held = found.workspace.role_of(found.user) if found else None
        if found is None or held is None:
            # A wrong token never falls back to a session that happens to be there.
            raise AuthenticationError(message="The token is unknown, revoked or expired. Make a new one.")
        if found.last_used_at is None or now - found.last_used_at > LAST_USED_GRAIN:
            ApiToken.objects.filter(pk=found.pk).update(last_used_at=now)
        granted = Role(found.role)
        return Caller(
            user=found.user,
            workspace=found.workspace,
            role=granted if held.includes(granted) else held,
            actor=f"{found.user.get_username()} (token {found.name})"[:150],
            token=found,
        )


class SessionAuth(APIKeyCookie):
    """A signed-in browser, with Django's CSRF check; `?workspace=slug`, else the first one the user sees."""

    param_name = settings.SESSION_COOKIE_NAME

    def authenticate(self, request: HttpRequest, key: str | None) -> Caller | None:
        user = request.user
        if not isinstance(user, User) or not user.is_active:
            return None
        visible = Workspace.objects.visible_to(user)
        slug = request.GET.get("workspace")
        workspace = visible.filter(slug=slug).first() if slug else visible.order_by("pk").first()
        role = workspace.role_of(user) if workspace else None
        if workspace is None or role is None:
            raise Http404(f"There is no workspace {slug!r}." if slug else "You are a member of no workspace.")
        return Caller(user=user, workspace=workspace, role=role, actor=user.get_username())
