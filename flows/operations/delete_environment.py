"""Delete an environment, its variables and its secrets."""

from django.contrib.auth.models import User
from django.db import transaction

from flows.errors import EnvironmentChanged
from flows.models import Environment
from flows.tags import changed_since, tag_of_environment
from workspaces.operations.record_audit import record_audit


def delete_environment(
    *, environment: Environment, by: User | None, actor: str = "", expected_tag: str | None = None
) -> None:
    """A run that is on its way has what it was given (docs/decisions/004) and goes on; what would run later is told.

    Raises EnvironmentChanged.
    """
    with transaction.atomic():
        held = Environment.objects.select_for_update().get(pk=environment.pk)
        if expected_tag is not None and expected_tag != tag_of_environment(held):
            raise EnvironmentChanged(changed_since(held))
        record_audit(workspace=held.workspace, by=by, actor=actor, verb="environment.deleted", target=held.name)
        held.delete()
