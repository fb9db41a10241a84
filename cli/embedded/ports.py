"""Ports on loopback: which are free, and who holds the others."""

import contextlib
import socket

import psutil

from cli.embedded.errors import PortTaken

HOST = "127.0.0.1"
PREFERRED = 5015  # the demo shop has the numbers right above


def choose_port(asked: int | None, *, count: int = 20) -> int:
    """The port asked for, or PortTaken; without one, the first free of a few the same on every start, else any."""
    if asked is not None:
        if not is_free(asked):
            raise PortTaken(
                f"Port {asked} is taken{_by(asked)}.", "Name another with --port, or leave it out to get a free one."
            )
        return asked
    for port in range(PREFERRED, PREFERRED + 10 * count, 10):
        if is_free(port):
            return port
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


def listen(asked: int | None) -> socket.socket:
    """
    Take the port and listen on it, so that nobody else can get it meanwhile.

    Who serves there inherits the socket, and while it is started again, callers wait instead of being refused.
    """
    for _ in range(20):
        taken = socket.socket()
        taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            taken.bind((HOST, choose_port(asked)))
            taken.listen(128)
        except OSError:  # somebody was quicker since it was found free
            taken.close()
        except BaseException:
            taken.close()
            raise
        else:
            return taken
    raise PortTaken("No port could be taken: each one found free was gone a moment later.", "Start again.")


def is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
        return True


def _by(port: int) -> str:
    """` by nginx (pid 12)`, where the system tells us."""
    with contextlib.suppress(psutil.Error, OSError):
        for found in psutil.net_connections(kind="tcp"):
            if found.status == psutil.CONN_LISTEN and found.laddr and found.laddr.port == port and found.pid:
                return f" by {psutil.Process(found.pid).name()} (pid {found.pid})"
    return ""
