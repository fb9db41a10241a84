"""Open a workspace."""

import re

from django.contrib.auth.models import User
from django.db import IntegrityError, transaction

from workspaces.errors import WorkspaceInvalid
from workspaces.models import Membership, Role, Workspace
from workspaces.operations.record_audit import record_audit

SLUG = re.compile(r"[a-z0-9][a-z0-9-]{0,63}")


def create_workspace(*, slug: str, name: str, admin: User | None = None, by: User | None = None) -> Workspace:
    """A new workspace whose first admin is `admin`. Raises WorkspaceInvalid, also when the slug is taken."""
    if not SLUG.fullmatch(slug):
        raise WorkspaceInvalid(f"{slug!r} cannot be a slug. Use up to 64 small letters, digits and -.")
    try:
        with transaction.atomic():
            workspace = Workspace.objects.create(slug=slug, name=name or slug)
            if admin is not None:
                Membership.objects.create(workspace=workspace, user=admin, role=Role.ADMIN)
            record_audit(workspace=workspace, by=by, verb="workspace.created", target=slug)
    except IntegrityError as exc:
        raise WorkspaceInvalid(f"There is a workspace {slug!r} already.") from exc
    return workspace
