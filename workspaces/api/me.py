"""Who is calling, over HTTP."""

from ninja import Router

from workspaces.auth import ApiRequest
from workspaces.models import Workspace
from workspaces.schemas import MeOut, WorkspaceOut

router = Router()


@router.get("/me", response=MeOut)
def me(request: ApiRequest) -> MeOut:
    """The caller, the workspace that answers, and all the caller could name instead; a token has only its own."""
    caller = request.auth
    rows = [caller.workspace] if caller.token else Workspace.objects.visible_to(caller.user).order_by("pk")
    named = [(row, caller.role if row == caller.workspace else row.role_of(caller.user)) for row in rows]
    return MeOut(
        user=caller.user.get_username(),
        is_operator=caller.token is None and caller.user.is_staff,
        is_owner=caller.token is None and caller.user.is_superuser,
        workspace=caller.workspace.slug,
        workspaces=[WorkspaceOut(slug=row.slug, name=row.name, role=role.value) for row, role in named if role],
    )
