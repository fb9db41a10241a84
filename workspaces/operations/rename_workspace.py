"""Give a workspace another name."""

from django.contrib.auth.models import User
from django.db import transaction

from workspaces.models import Workspace
from workspaces.operations.record_audit import record_audit


def rename_workspace(*, workspace: Workspace, name: str, by: User | None) -> Workspace:
    """Its slug stays: addresses and tokens name it by that."""
    with transaction.atomic():
        before, workspace.name = workspace.name, name
        workspace.save(update_fields=["name"])
        record_audit(workspace=workspace, by=by, verb="workspace.renamed", target=workspace.slug, old=before, new=name)
    return workspace
