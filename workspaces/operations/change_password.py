"""Give somebody another password."""

from django.contrib.auth.models import User
from django.db import transaction

from workspaces.operations.record_audit import record_audit


def change_password(*, user: User, password: str) -> None:
    """The caller has checked that it is good enough. Sessions that began with another one end."""
    with transaction.atomic():
        user.set_password(password)
        user.save(update_fields=["password"])
        record_audit(workspace=None, by=user, verb="user.password_changed", target=user.get_username())
