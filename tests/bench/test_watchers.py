"""Watchers read afterwards what came, and know when each frame was whole."""

import json
import struct
from typing import Any

import pytest

from bench.watchers import Watcher

HANDSHAKE = b"HTTP/1.1 101 Switching Protocols\r\n\r\n"


def frame(*messages: Any) -> bytes:
    text = json.dumps(messages).encode()
    if len(text) < 126:
        return bytes([0x81, len(text)]) + text
    if len(text) < 65536:
        return b"\x81\x7e" + struct.pack("!H", len(text)) + text
    return b"\x81\x7f" + struct.pack("!Q", len(text)) + text


def watcher(*chunks: bytes) -> Watcher:
    """One whose chunks came a second apart."""
    return Watcher(b"", chunks=[(float(second), chunk) for second, chunk in enumerate(chunks)])


@pytest.mark.parametrize("length", [1, 200, 70_000])
def test_frames_of_every_length_are_read(length: int) -> None:
    message = {"seq": 1, "data": "x" * length}
    assert list(watcher(HANDSHAKE + frame(message, message)).messages()) == [(0.0, message)] * 2


def test_a_frame_has_come_when_its_last_byte_has() -> None:
    first, second = frame({"seq": 1}), frame({"seq": 2})
    came = [when for when, _ in watcher(HANDSHAKE, first + second[:3], second[3:]).messages()]
    assert came == [1.0, 2.0]


def test_what_is_not_whole_or_no_text_is_left_out() -> None:
    ping = b"\x89\x00"
    assert [
        message["seq"] for _, message in watcher(HANDSHAKE, ping + frame({"seq": 1}), frame({"seq": 2})[:-1]).messages()
    ] == [1]
