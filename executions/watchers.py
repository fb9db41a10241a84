"""Who watches from this web process: whoever gets another password, or is shut out, is asked again who they are."""

import asyncio
import logging
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from django.contrib.auth.models import User
from django.db import Error

from executions.watched import in_thread

log = logging.getLogger(__name__)

Standing = tuple[str, bool]  # the hash of the password, and whether the account is open


@dataclass(eq=False)
class Watcher:
    user_id: int
    standing: Standing
    wake: asyncio.Event
    is_in_doubt: bool = field(default=False, init=False)

    def doubt(self, standing: Standing) -> None:
        self.standing = standing
        self.is_in_doubt = True
        self.wake.set()


class Watchers:
    def __init__(self) -> None:
        self._here: set[Watcher] = set()

    @contextmanager
    def watching(self, user: User, wake: asyncio.Event) -> Iterator[Watcher]:
        watcher = Watcher(user.pk, (user.password, user.is_active), wake)
        self._here.add(watcher)
        try:
            yield watcher
        finally:
            self._here.discard(watcher)

    async def compare(self) -> None:
        """In one query for all of them."""
        wanted = {one.user_id for one in self._here}
        if not wanted:
            return
        try:
            found = await in_thread(lambda: _standings(wanted))
        except Error as exc:
            log.warning("who watches could not be looked up: %s", type(exc).__name__)
            return
        for one in self._here:
            standing = found.get(one.user_id, ("", False))
            if standing != one.standing:
                one.doubt(standing)


def _standings(ids: Collection[int]) -> dict[int, Standing]:
    rows = User.objects.filter(pk__in=ids).values_list("pk", "password", "is_active")
    return {pk: (password, is_active) for pk, password, is_active in rows}
