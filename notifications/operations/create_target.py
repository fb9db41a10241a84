"""Make a target for notifications."""

import re
import secrets
from contextlib import suppress
from urllib.parse import urlsplit

from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import IntegrityError, transaction

from flows.encryption import encrypt
from notifications.errors import TargetInvalid
from notifications.models import Kind, Target
from workspaces.models import Workspace
from workspaces.operations.record_audit import record_audit

LONGEST = 2000
_PRINTABLE = re.compile(r"[\x21-\x7e]+")


def create_target(
    *, workspace: Workspace, name: str, kind: Kind, address: str, by: User | None, actor: str = ""
) -> tuple[Target, str]:
    """The target, and the key that signs what a webhook gets (empty for others): it exists nowhere else in clear.

    Raises TargetInvalid.
    """
    wanted = " ".join(name.split())
    if not wanted or len(wanted) > 100 or not wanted.isprintable():
        raise TargetInvalid("A target needs a name of up to 100 characters.")
    hint = _email_hint(address) if kind is Kind.EMAIL else _url_hint(address)
    key = f"swk_{secrets.token_urlsafe(32)}" if kind is Kind.WEBHOOK else ""
    target = Target(
        workspace=workspace,
        name=wanted,
        kind=kind,
        sealed_address=encrypt(address.encode()),
        sealed_key=encrypt(key.encode()) if key else None,
        hint=hint,
        created_by=by,
    )
    try:
        with transaction.atomic():
            target.save()
            record_audit(
                workspace=workspace,
                by=by,
                actor=actor,
                verb="target.created",
                target=wanted,
                kind=kind.value,
                hint=hint,
            )
    except IntegrityError as exc:
        raise TargetInvalid(f"There is a target {wanted!r} in this workspace already.") from exc
    return target, key


def _url_hint(address: str) -> str:
    scheme = host = ""
    with suppress(ValueError):
        parts = urlsplit(address)
        _ = parts.port  # raises for what is none
        scheme, host = parts.scheme, parts.hostname or ""
    if len(address) > LONGEST or not _PRINTABLE.fullmatch(address) or not host or scheme not in {"http", "https"}:
        raise TargetInvalid("The address must be an http or https URL.")
    return f"{scheme}://{host}/…"


def _email_hint(address: str) -> str:
    try:
        validate_email(address)
    except ValidationError as exc:
        raise TargetInvalid("The address is no e-mail address.") from exc
    name, _, host = address.rpartition("@")
    return f"{name[:2]}…@{host}"
