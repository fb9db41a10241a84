"""Which ports to try: the usual one first, all below 32768, where the system hands out none by itself."""

import random
import socket
from collections.abc import Sequence

HTTP, POSTGRES, REDIS, KAFKA, GRPC, HTTPS = 5016, 5017, 5018, 5019, 5020, 5021
TRIES = 20


def candidates(asked: int | None, usual: int) -> Sequence[int]:
    """`asked` and no other; the usual one and then others if nothing was asked; any for 0."""
    if asked is None:
        return [usual + 10 * n for n in range(TRIES)]
    if asked == 0:
        return random.sample(range(20_000, 32_000), TRIES)
    return [asked]


def is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # old connections of ours do not count
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True
