"""Count tries at a password, so that guessing takes for ever, without shutting out anybody but who guesses."""

import hashlib
import hmac
from datetime import timedelta
from typing import Final

from django.conf import settings
from django.utils import timezone

from workspaces.errors import TooManyTries
from workspaces.models import PasswordTry

WINDOW: Final = timedelta(minutes=15)
TRIES: Final = 10  # within the window, of one guesser at one account


def count_try(*parts: str) -> None:
    """Write the try down before the password is looked at: many at once gain nothing. Raises TooManyTries.

    `parts` name the guesser and the account, and are kept as a keyed hash only.
    """
    now = timezone.now()
    PasswordTry.objects.filter(at__lt=now - WINDOW).delete()
    mine = PasswordTry.objects.create(key=_key(parts), at=now)
    before = PasswordTry.objects.filter(key=mine.key, at__gt=now - WINDOW).exclude(pk=mine.pk).order_by("-at")
    counted = list(before.values_list("at", flat=True)[:TRIES])
    if len(counted) == TRIES:
        mine.delete()  # who goes on trying does not wait longer for it
        raise TooManyTries(wait=counted[-1] + WINDOW - now)


def forgive_tries(*parts: str) -> None:
    """The password was right: what came before were slips."""
    PasswordTry.objects.filter(key=_key(parts)).delete()


def _key(parts: tuple[str, ...]) -> str:
    return hmac.new(settings.SECRET_KEY.encode(), "\0".join(parts).encode(), hashlib.sha256).hexdigest()
