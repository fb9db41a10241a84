"""Let somebody in by name and password."""

import logging
from typing import Final

from django.contrib.auth import authenticate
from django.contrib.auth.models import User
from django.http import HttpRequest

from workspaces.errors import SignInRefused
from workspaces.guessers import Guesser
from workspaces.operations.count_tries import count_try, forgive_tries
from workspaces.operations.record_audit import record_audit

LONGEST: Final = 1024  # characters of a name or a password; hashing more would be work for nothing

log = logging.getLogger(__name__)


def check_password(*, request: HttpRequest, name: str, password: str, guesser: Guesser) -> User:
    """Whoever has this name and password. Raises SignInRefused, which does not say what was wrong, and TooManyTries."""
    key = guesser.key_for(name)
    count_try(*key)
    fits = len(name) <= LONGEST and len(password) <= LONGEST and "\0" not in name
    # As long for a name that does not exist: Django hashes the password all the same.
    found = authenticate(request, username=name, password=password) if fits else None
    if not isinstance(found, User):
        log.warning("a sign-in from %s was refused", guesser.address)
        raise SignInRefused("The user name and the password do not fit together.")
    forgive_tries(*key)
    record_audit(workspace=None, by=found, verb="user.signed_in", target=found.get_username())
    return found
