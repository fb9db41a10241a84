"""Text frames written to daphne's socket at once, the same bytes to every watcher.

autobahn builds each frame anew, and Twisted asks the reactor to be told when the socket has room before it tries: of
what a frame to a hundred watchers cost, that was four fifths. A server's frames are not masked, so they are alike
(RFC 6455 §5.2), and a socket nearly always has room.
"""

from functools import lru_cache
from typing import Any

from autobahn.websocket.protocol import WebSocketProtocol

_TEXT = 0x81  # the whole message in one frame


@lru_cache(maxsize=4)  # the watchers of one execution are told one after the other
def text_frame(text: str) -> bytes:
    payload = text.encode()
    size = len(payload)
    if size < 126:
        head = bytes((_TEXT, size))
    elif size < 1 << 16:
        head = bytes((_TEXT, 126)) + size.to_bytes(2, "big")
    else:
        head = bytes((_TEXT, 127)) + size.to_bytes(8, "big")
    return head + payload


def write_text(protocol: Any, text: str) -> bool:
    """Whether it was written; if not, the ordinary way has to be taken, or nobody is there any more."""
    transport = protocol.transport
    if (
        protocol.state != WebSocketProtocol.STATE_OPEN
        or protocol.send_queue
        or getattr(protocol, "_perMessageCompress", None) is not None
        or getattr(transport, "TLS", True)
        or not transport.connected
        or transport.disconnecting
    ):
        return False
    frame = text_frame(text)
    if transport.dataBuffer or transport._tempDataBuffer:  # noqa: SLF001 - what is waiting there goes first
        transport.write(frame)
        return True
    sent = transport.writeSomeData(frame)
    rest = frame if isinstance(sent, Exception) else frame[sent:]  # writing the rest finds out that it is lost
    if rest:
        transport.write(rest)
    return True
