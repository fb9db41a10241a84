"""Give an environment another name."""

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone

from flows.errors import EnvironmentTaken
from flows.models import Environment
from flows.operations.save_environment import check_names
from workspaces.models import Workspace
from workspaces.operations.record_audit import record_audit


def rename_environment(*, environment: Environment, name: str, by: User | None, actor: str = "") -> Environment:
    """What ran against it keeps the old name. Raises EnvironmentInvalid, EnvironmentTaken."""
    check_names(name, (), ())
    if name == environment.name:
        return environment
    with transaction.atomic():
        Workspace.objects.select_for_update(no_key=True).get(pk=environment.workspace_id)
        if Environment.objects.filter(workspace=environment.workspace, name=name).exists():
            raise EnvironmentTaken(f"There is an environment {name} already.")
        old = environment.name
        environment.name, environment.updated_at = name, timezone.now()
        environment.updated_by = (actor or (by.get_username() if by else ""))[:150]
        environment.save(update_fields=["name", "updated_at", "updated_by"])
        record_audit(
            workspace=environment.workspace, by=by, actor=actor, verb="environment.renamed", target=name, was=old
        )
    return environment
