"""Workspaces: opening and naming them is for who owns the installation."""

from ninja import Router, Status

from workspaces.auth import ApiRequest
from workspaces.models import Role
from workspaces.operations.create_workspace import create_workspace
from workspaces.operations.rename_workspace import rename_workspace
from workspaces.schemas import WorkspaceIn, WorkspaceNameIn, WorkspaceOut

router = Router()


@router.post("/workspaces", response={201: WorkspaceOut})
def create(request: ApiRequest, body: WorkspaceIn) -> Status[WorkspaceOut]:
    """Open a workspace, with yourself as its admin. Superusers only, and not with a token."""
    caller = request.auth
    caller.require_owner()
    made = create_workspace(slug=body.slug, name=body.name, admin=caller.user, by=caller.user)
    return Status(201, WorkspaceOut(slug=made.slug, name=made.name, role=Role.ADMIN.value))


@router.patch("/workspace", response=WorkspaceOut)
def rename(request: ApiRequest, body: WorkspaceNameIn) -> WorkspaceOut:
    """Give the workspace that answers another name; its slug stays. Superusers only, and not with a token."""
    caller = request.auth
    caller.require_owner()
    named = rename_workspace(workspace=caller.workspace, name=body.name, by=caller.user)
    return WorkspaceOut(slug=named.slug, name=named.name, role=caller.role.value)
