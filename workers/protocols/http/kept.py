"""Connections kept open from one request of an execution to its next: connecting is a third of what a step adds.

They stay with one hop of one execution, so that nothing is shared with another environment. Only requests that may be
sent twice go over one: the target may have closed it a moment ago, and then nobody knows what became of the request.
"""

import select
from dataclasses import dataclass, field
from time import monotonic
from typing import Final

from workers.carried import Carried
from workers.protocols.tls import TlsSettings
from workers.protocols.wire import WireSocket, WireTlsSocket

HARMLESS: Final = frozenset({"GET", "HEAD", "OPTIONS"})
LONGEST_IDLE: Final = 2.0  # seconds; servers keep theirs for longer, and a name may come to mean another address


@dataclass(frozen=True)
class Place:
    """Where a connection leads, and how it was secured; `tls` is None on a plain one."""

    host: str
    port: int
    tls: TlsSettings | None


@dataclass(frozen=True)
class Open:
    sock: WireSocket | WireTlsSocket
    since: float = field(default_factory=monotonic)

    @property
    def is_usable(self) -> bool:
        """Neither too old nor touched by the other side, which has nothing to say before it is asked."""
        if monotonic() - self.since > LONGEST_IDLE:
            return False
        poll = select.poll()
        poll.register(self.sock, select.POLLIN | select.POLLERR | select.POLLHUP)
        return not poll.poll(0)

    def close(self) -> None:
        self.sock.close()


Connections = Carried[Place, Open]


def take_usable(connections: Connections, place: Place) -> WireSocket | WireTlsSocket | None:
    found = connections.take(place)
    if found is None or found.is_usable:
        return None if found is None else found.sock
    found.close()
    return None
