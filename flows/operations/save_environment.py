"""Create or change an environment: its variables and its secrets, all or nothing."""

import re
from collections.abc import Collection, Mapping
from typing import Any, Final

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone

from flows.errors import EnvironmentChanged, EnvironmentInvalid, EnvironmentTaken
from flows.language import jsontext
from flows.models import Environment, Variable
from flows.operations.set_secret import set_secret
from flows.tags import changed_since, tag_of_environment
from workspaces.models import Workspace
from workspaces.operations.record_audit import record_audit

ENVIRONMENT_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}")
WORKER_GROUP: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}")
VARIABLE_NAME: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_-]{0,127}")
MOST_VARIABLES: Final = 1000
LONGEST_VALUE: Final = 256 * 1024


def save_environment(
    *,
    workspace: Workspace,
    name: str,
    variables: Mapping[str, Any] | None = None,
    secrets: Mapping[str, str | None] | None = None,
    description: str | None = None,
    worker_group: str | None = None,
    replace: bool = False,
    expected_tag: str | None = None,
    only_new: bool = False,
    by: User | None,
    actor: str = "",
) -> Environment:
    """Set what is given; None deletes; what is not named stays, unless `replace` says that this is all there is.

    `expected_tag` is the tag of what the caller saw, `only_new` says that they saw nothing. Raises EnvironmentInvalid,
    SecretRefused, EnvironmentChanged or EnvironmentTaken, and then nothing has changed.
    """
    variables, secrets = variables or {}, secrets or {}
    check_names(name, variables, secrets)
    _check_group(worker_group)
    with transaction.atomic():
        _, created = Environment.objects.get_or_create(workspace=workspace, name=name)
        environment = Environment.objects.select_for_update(no_key=True).get(workspace=workspace, name=name)
        if only_new and not created:
            raise EnvironmentTaken(f"There is an environment {name} already.")
        if expected_tag is not None and (created or expected_tag != tag_of_environment(environment)):
            raise EnvironmentChanged(changed_since(environment))
        before = environment.revision
        _delete(environment, variables, secrets, replace=replace)
        for key, value in variables.items():
            if value is not None:
                _set_variable(environment, key, value)
        for key, secret in secrets.items():
            if secret is not None:
                set_secret(environment=environment, name=key, value=secret)
        if environment.variables.count() > MOST_VARIABLES:
            raise EnvironmentInvalid(f"An environment holds at most {MOST_VARIABLES} variables and secrets.")
        changed = before != environment.revision
        facts = {"description": description, "worker_group": worker_group}
        edits = {field: value for field, value in facts.items() if value not in {None, getattr(environment, field)}}
        if changed or created or edits:
            for field, value in edits.items():
                setattr(environment, field, value)
            environment.updated_at = timezone.now()
            environment.updated_by = (actor or (by.get_username() if by else ""))[:150]
            environment.save(update_fields=["description", "worker_group", "updated_at", "updated_by"])
            record_audit(
                workspace=workspace,
                by=by,
                actor=actor,
                verb="environment.saved",
                target=name,
                variables=sorted(variables),
                secrets=sorted(secrets),
                changed=changed,
                **({"worker_group": worker_group} if "worker_group" in edits else {}),
            )
    return environment


def check_names(name: str, variables: Collection[str], secrets: Collection[str]) -> None:
    """Raises EnvironmentInvalid."""
    if not ENVIRONMENT_NAME.fullmatch(name):
        raise EnvironmentInvalid(
            f"{name!r} cannot name an environment. Use up to 64 letters, digits, - and _, and begin with no - or _."
        )
    for key in [*variables, *secrets]:
        if not VARIABLE_NAME.fullmatch(key):
            raise EnvironmentInvalid(
                f"{key!r} cannot name a variable. Use up to 128 letters, digits, - and _, starting with a letter or _."
            )


def _check_group(group: str | None) -> None:
    if group and not WORKER_GROUP.fullmatch(group):
        raise EnvironmentInvalid(
            f"{group!r} cannot name a group of workers. Use up to 64 letters, digits, - and _,"
            " and begin with no - or _."
        )


def _delete(
    environment: Environment, variables: Mapping[str, Any], secrets: Mapping[str, str | None], *, replace: bool
) -> None:
    rows = environment.variables
    rows.filter(is_secret=False, name__in=[key for key, value in variables.items() if value is None]).delete()
    rows.filter(is_secret=True, name__in=[key for key, value in secrets.items() if value is None]).delete()
    if replace:
        rows.exclude(name__in=[*variables, *secrets]).delete()


def _set_variable(environment: Environment, name: str, value: Any) -> None:
    try:
        text = jsontext.dumps(value)
    except (ValueError, TypeError, RecursionError) as exc:
        raise EnvironmentInvalid(f"The value of {name} is not JSON.") from exc
    if len(text) > LONGEST_VALUE:
        raise EnvironmentInvalid(f"The value of {name} is {len(text)} bytes of JSON. It may be {LONGEST_VALUE}.")
    variable = environment.variables.filter(name=name).first() or Variable(environment=environment, name=name)
    if variable.is_secret:
        raise EnvironmentInvalid(
            f"{name} is a secret. Delete the secret first (set it to null among the secrets) to make it a variable."
        )
    if variable.pk and variable.value_json == text:
        return
    variable.value_json, variable.updated_at = text, timezone.now()
    variable.save()
