"""Finding a member or a token of a workspace; what is another's is not there."""

from workspaces.auth import Caller
from workspaces.errors import NotThere
from workspaces.models import ApiToken, Membership, Role, Workspace


def find_member(workspace: Workspace, member_id: int) -> Membership:
    """Raises NotThere."""
    found = Membership.objects.filter(workspace=workspace, pk=member_id).select_related("user", "workspace").first()
    if found is None:
        raise NotThere(f"There is no member {member_id} in this workspace.")
    return found


def find_token(caller: Caller, token_id: int) -> ApiToken:
    """One of the caller's own, or as an admin any of the workspace. Raises NotThere."""
    rows = ApiToken.objects.filter(workspace=caller.workspace, pk=token_id).select_related("user", "workspace")
    if not caller.role.includes(Role.ADMIN):
        rows = rows.filter(user=caller.user)
    found = rows.first()
    if found is None:
        raise NotThere(f"There is no token {token_id} of yours in this workspace.")
    return found
