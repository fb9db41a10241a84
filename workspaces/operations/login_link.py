"""Links that sign somebody in once: for the first start, and for whoever forgot a password."""

import secrets
from datetime import timedelta
from typing import Final

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone

from workspaces.errors import LinkSpent
from workspaces.models import LoginLink
from workspaces.operations.record_audit import record_audit

LIFETIME: Final = timedelta(minutes=15)


def create_login_link(*, user: User, by: User | None = None, lifetime: timedelta = LIFETIME) -> str:
    """The path of a link that signs `user` in, once, within its lifetime."""
    secret = secrets.token_urlsafe(32)
    with transaction.atomic():
        LoginLink.objects.filter(expires_at__lt=timezone.now() - timedelta(days=30)).delete()
        LoginLink.objects.create(hash=LoginLink.hash_of(secret), user=user, expires_at=timezone.now() + lifetime)
        record_audit(workspace=None, by=by, verb="login_link.created", target=user.get_username())
    return f"/login/{secret}/"


def spend_login_link(*, secret: str) -> User:
    """Whom the link signs in; of two who open it at once only one gets in. Raises LinkSpent."""
    now = timezone.now()
    link = LoginLink.objects.filter(hash=LoginLink.hash_of(secret))
    with transaction.atomic():
        # One table in this condition: a join would become a subquery, which PostgreSQL does not ask again after waiting
        # for another who spends the link, and both would get in.
        spent = link.filter(used_at=None, expires_at__gt=now).update(used_at=now)
        user = User.objects.filter(pk__in=link.values("user")).first()
        if not spent or user is None or not user.is_active:
            raise LinkSpent("This login link was used already, or is too old.")
        record_audit(workspace=None, by=user, verb="login_link.used", target=user.get_username())
    return user
