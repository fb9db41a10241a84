"""A workspace is never left without somebody who can let others in."""

from workspaces.errors import LastAdmin
from workspaces.models import Membership, Role, Workspace


def keep_an_admin(*, leaving: Membership) -> None:
    """Raises LastAdmin unless another active admin stays. Call it in the transaction of the change.

    It locks the workspace: of two admins who remove each other at once, the second is refused.
    """
    Workspace.objects.select_for_update().get(pk=leaving.workspace_id)
    if not Membership.objects.filter(pk=leaving.pk, role=Role.ADMIN).exists():
        return
    others = Membership.objects.filter(workspace=leaving.workspace_id, role=Role.ADMIN, user__is_active=True)
    if not others.exclude(pk=leaving.pk).exists():
        raise LastAdmin(f"{leaving.user} is the last admin of {leaving.workspace}. Make somebody else one first.")
