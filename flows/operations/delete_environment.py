"""Delete an environment, its variables and its secrets."""

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import ProtectedError, RestrictedError

from flows.errors import EnvironmentChanged, EnvironmentInUse
from flows.models import Environment
from flows.tags import changed_since, tag_of_environment
from workspaces.operations.record_audit import record_audit

MOST_NAMED = 5


def delete_environment(
    *, environment: Environment, by: User | None, actor: str = "", expected_tag: str | None = None
) -> None:
    """A run that is on its way has what it was given (docs/decisions/004) and goes on.

    Raises EnvironmentInUse where something would run against it later, EnvironmentChanged.
    """
    with transaction.atomic():
        held = Environment.objects.select_for_update().get(pk=environment.pk)
        if expected_tag is not None and expected_tag != tag_of_environment(held):
            raise EnvironmentChanged(changed_since(held))
        record_audit(workspace=held.workspace, by=by, actor=actor, verb="environment.deleted", target=held.name)
        try:
            held.delete()
        except (ProtectedError, RestrictedError) as exc:
            raise EnvironmentInUse(_what_uses(held.name, exc)) from exc


def _what_uses(name: str, error: ProtectedError | RestrictedError) -> str:
    found = error.protected_objects if isinstance(error, ProtectedError) else error.restricted_objects
    users = sorted(f"{type(one).__name__.lower()} {one}" for one in found)
    rest = f" and {len(users) - MOST_NAMED} more" if len(users) > MOST_NAMED else ""
    return f"The environment {name} is used by {', '.join(users[:MOST_NAMED])}{rest}. Change these first."
