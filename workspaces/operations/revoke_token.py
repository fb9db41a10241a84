"""Take an API token out of use."""

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone

from workspaces.models import ApiToken
from workspaces.operations.record_audit import record_audit


def revoke_token(*, token: ApiToken, by: User | None, actor: str = "") -> None:
    """From now on the token opens nothing. Again is no error."""
    with transaction.atomic():
        if ApiToken.objects.filter(pk=token.pk, revoked_at=None).update(revoked_at=timezone.now()):
            record_audit(
                workspace=token.workspace,
                by=by,
                actor=actor,
                verb="token.revoked",
                target=token.name,
                hint=token.hint,
                user=token.user.get_username(),
            )
