"""Follow an execution to its end, through restarts of the server."""

import time
from collections.abc import Callable
from threading import Event

from cli.client import Client
from cli.errors import ServerUnreachable
from cli.records import FINAL, Execution, Snapshot

MANY_STEPS = 100
PATIENCE_SECONDS = 60.0  # how long the server may be gone before we stop waiting; the run goes on all the same


class Left(Exception):
    """Whoever waited does not wait any longer."""


def watch(
    client: Client,
    execution: Execution,
    see: Callable[[Snapshot], None],
    *,
    lost: Callable[[ServerUnreachable | None], None] = lambda _: None,
    leave: Event | None = None,
    patience_seconds: float = PATIENCE_SECONDS,
) -> Snapshot:
    """The last snapshot; `see` gets each one. `lost` hears when the server stops answering, and (None) when it is back.

    Raises ServerUnreachable once the server has been gone for `patience_seconds`, Left when `leave` is set.
    """
    leave = leave or Event()
    after = int(execution.get("event_number") or 0)
    # What is final already has no next event to wait for.
    wanted = None if execution["status"] in FINAL else after
    gone_since: float | None = None
    pause = 0.1
    while not leave.is_set():
        asked_at = time.monotonic()
        try:
            snapshot = client.snapshot(execution["id"], after=wanted)
        except ServerUnreachable as exc:
            if gone_since is None:
                gone_since = asked_at
                lost(exc)
            if time.monotonic() - gone_since > patience_seconds:
                raise
            leave.wait(pause)
            pause = min(pause * 2, 2.0)
            continue
        if gone_since is not None:
            gone_since, pause = None, 0.1
            lost(None)
        see(snapshot)
        if snapshot["execution"]["status"] in FINAL:
            return snapshot
        is_news = snapshot["event_number"] != wanted
        wanted = snapshot["event_number"]
        if not is_news and time.monotonic() - asked_at < 0.05:
            leave.wait(0.2)  # a server that cannot wait must not be asked a thousand times a second
        elif len(snapshot["steps"]) > MANY_STEPS:
            # Each snapshot has every step: of a long flow not each event is worth one.
            leave.wait(min(len(snapshot["steps"]) / 2000, 0.5))
    raise Left
