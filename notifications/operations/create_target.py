"""Make a target for notifications."""

import secrets

from django.contrib.auth.models import User
from django.db import IntegrityError, transaction

from flows.encryption import encrypt
from notifications.checks import lay_over_target
from notifications.errors import TargetInvalid
from notifications.models import Kind, Target
from workspaces.models import Workspace
from workspaces.operations.record_audit import record_audit


def create_target(
    *, workspace: Workspace, name: str, kind: Kind, address: str, by: User | None, actor: str = ""
) -> tuple[Target, str]:
    """The target, and the key that signs what a webhook gets (empty for others): it exists nowhere else in clear.

    Raises TargetInvalid.
    """
    key = f"swk_{secrets.token_urlsafe(32)}" if kind is Kind.WEBHOOK else ""
    target = Target(workspace=workspace, kind=kind, sealed_key=encrypt(key.encode()) if key else None, created_by=by)
    lay_over_target(target, {"name": name, "address": address})
    try:
        with transaction.atomic():
            target.save()
            record_audit(
                workspace=workspace,
                by=by,
                actor=actor,
                verb="target.created",
                target=target.name,
                kind=kind.value,
                hint=target.hint,
            )
    except IntegrityError as exc:
        raise TargetInvalid(f"There is a target {target.name!r} in this workspace already.") from exc
    return target, key
