"""The relay between grpcio and a socket of ours: every byte arrives, whoever ends first."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from time import monotonic

import pytest

from workers.abort import Abort
from workers.egress import Egress
from workers.protocols.grpc.relay import Relay
from workers.protocols.wire import Wire

pytestmark = pytest.mark.usefixtures("leaves_nothing")

SIZE = 3_000_000


@contextmanager
def relayed() -> Iterator[tuple[socket.socket, socket.socket, Relay]]:
    """The server's socket, grpcio's, and the relay between them."""
    with (
        socket.create_server(("127.0.0.1", 0)) as listener,
        Wire(abort=Abort(), deadline=monotonic() + 10, egress=Egress()) as wire,
        Relay(wire.connect("127.0.0.1", listener.getsockname()[1])) as relay,
        listener.accept()[0] as server,
        socket.socket(socket.AF_UNIX) as client,
    ):
        client.connect(relay.path)
        for sock in (server, client):
            sock.settimeout(5)
        yield server, client, relay


def all_of(sock: socket.socket) -> bytes:
    return b"".join(iter(lambda: sock.recv(65536), b""))


def fill(sock: socket.socket) -> int:
    """Send until nothing more fits between here and a reader who does not read."""
    sent = 0
    sock.setblocking(False)
    while True:
        try:
            sent += sock.send(b"x" * 65536)
        except BlockingIOError:
            return sent


def test_bytes_go_both_ways_at_once() -> None:
    with relayed() as (server, client, relay):
        got: dict[str, int] = {}

        def read(name: str, sock: socket.socket) -> None:
            got[name] = 0
            while got[name] < SIZE:
                got[name] += len(sock.recv(65536))

        threads = [
            threading.Thread(target=read, args=("server", server)),
            threading.Thread(target=read, args=("client", client)),
        ]
        threads += [threading.Thread(target=sock.sendall, args=(b"x" * SIZE,)) for sock in (server, client)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert got == {"server": SIZE, "client": SIZE}
        assert relay.why_it_ended() is None


def test_what_came_before_the_server_left_still_arrives() -> None:
    with relayed() as (server, client, relay):
        sent = fill(server)
        server.close()
        assert len(all_of(client)) == sent
        ended = relay.why_it_ended()
        assert ended is not None
        assert (ended.kind, ended.code) == ("unreachable", "reset")


def test_what_was_said_before_grpcio_left_still_goes_out() -> None:
    with relayed() as (server, client, relay):
        client.sendall(b"goodbye")
        client.close()
        assert server.recv(100) == b"goodbye"
        assert relay.why_it_ended() is None


def test_nobody_needs_to_come() -> None:
    with (
        socket.create_server(("127.0.0.1", 0)) as listener,
        Wire(abort=Abort(), deadline=monotonic() + 10, egress=Egress()) as wire,
        Relay(wire.connect("127.0.0.1", listener.getsockname()[1])),
    ):
        pass


def test_only_one_may_come() -> None:
    with relayed() as (server, client, relay):
        client.sendall(b"first")
        assert server.recv(100) == b"first"
        with socket.socket(socket.AF_UNIX) as second, pytest.raises(ConnectionRefusedError):
            second.connect(relay.path)


def test_leaving_does_not_wait_for_a_server_that_reads_nothing() -> None:
    with relayed() as (_server, client, _relay):
        fill(client)
        started = monotonic()
    assert monotonic() - started < 8
