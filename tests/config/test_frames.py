"""A frame made once for all watchers is the one that autobahn would make for each of them."""

from typing import Any

import pytest
from autobahn.twisted.websocket import WebSocketServerFactory, WebSocketServerProtocol
from hypothesis import given
from hypothesis import strategies as st

from config.frames import text_frame, write_text


class Transport:
    """As much of Twisted's as is asked: it takes `room` bytes at once."""

    TLS = False
    connected = True
    disconnecting = False

    def __init__(self, room: int, waiting: bytes = b"") -> None:
        self.room = room
        self.at_once = b""
        self.later = b""
        self.dataBuffer = waiting
        self._tempDataBuffer: list[bytes] = []

    def writeSomeData(self, data: bytes) -> int | Exception:
        if self.room < 0:
            return ConnectionError("gone")
        self.at_once += data[: self.room]
        return len(data[: self.room])

    def write(self, data: bytes) -> None:
        self.later += data


def protocol(transport: Transport) -> Any:
    made: Any = WebSocketServerProtocol()
    made.factory = WebSocketServerFactory()  # type: ignore[no-untyped-call]
    made.transport = transport
    made._connectionMade()
    made.state = made.STATE_OPEN
    return made


@pytest.mark.parametrize("size", [1, 125, 126, 65_535, 65_536, 70_000])
def test_every_length_has_its_head(size: int) -> None:
    assert text_frame("x" * size) == _by_autobahn("x" * size)


@given(st.text(min_size=1, max_size=300))
def test_any_text_is_framed_alike(text: str) -> None:
    assert text_frame(text) == _by_autobahn(text)


@pytest.mark.parametrize("room", [0, 1, 7, 1000])
def test_what_finds_no_room_is_left_to_the_reactor(room: int) -> None:
    transport = Transport(room)
    assert write_text(protocol(transport), "hello, watcher")
    assert transport.at_once + transport.later == text_frame("hello, watcher")
    assert len(transport.at_once) == min(room, len(text_frame("hello, watcher")))


def test_nothing_overtakes_what_waits() -> None:
    transport = Transport(1000, waiting=b"before")
    assert write_text(protocol(transport), "after")
    assert (transport.at_once, transport.later) == (b"", text_frame("after"))


def test_a_lost_connection_is_left_to_the_reactor_to_find() -> None:
    transport = Transport(-1)
    assert write_text(protocol(transport), "hello")
    assert transport.later == text_frame("hello")


@pytest.mark.parametrize(("name", "value"), [("TLS", True), ("connected", False), ("disconnecting", True)])
def test_what_is_not_an_open_plain_socket_goes_the_ordinary_way(name: str, value: bool) -> None:
    transport = Transport(1000)
    setattr(transport, name, value)
    assert not write_text(protocol(transport), "hello")
    assert transport.at_once == transport.later == b""


def test_before_the_handshake_and_after_the_end_nothing_is_written() -> None:
    transport = Transport(1000)
    closing = protocol(transport)
    closing.state = closing.STATE_CLOSING
    assert not write_text(closing, "hello")


def _by_autobahn(text: str) -> bytes:
    transport = Transport(0)
    protocol(transport).sendMessage(text.encode(), False)
    return transport.later
