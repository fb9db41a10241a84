"""Makes `await send(…)` of a WebSocket wait while its reader is slow, as other ASGI servers do by themselves.

daphne writes into a buffer without an end and returns at once (django/daphne#170): a reader that stops reading would
cost ever more memory. Twisted tells a producer when the buffer is full and when it is empty again; so we are one.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from typing import Any, Final

from config.frames import write_text

Message = Mapping[str, Any]
Send = Callable[[Message], Awaitable[None]]
Receive = Callable[[], Awaitable[Message]]
Application = Callable[[dict[str, Any], Receive, Send], Awaitable[None]]

LONGEST_FRAME: Final = 64 * 1024  # bytes a client may send at once: nobody has anything to say
LONGEST_MESSAGE: Final = 32 * 1024 * 1024  # bytes, in either direction


class Gate:
    """Twisted's IPushProducer: told by the transport when to stop and when to go on."""

    def __init__(self) -> None:
        self._is_open = asyncio.Event()
        self._is_open.set()

    def pauseProducing(self) -> None:  # noqa: N802 - Twisted's name
        self._is_open.clear()

    def resumeProducing(self) -> None:  # noqa: N802 - Twisted's name
        self._is_open.set()

    def stopProducing(self) -> None:  # noqa: N802 - Twisted's name
        self._is_open.set()  # the connection is gone; whoever waits goes on and finds out

    async def passes(self) -> None:
        await self._is_open.wait()


def with_backpressure(application: Any) -> Application:
    """The application, with a `send` that waits for room."""

    async def run(scope: dict[str, Any], receive: Receive, send: Send) -> None:
        protocol = _daphnes_protocol(send)
        await application(scope, receive, _waiting(send, protocol) if protocol is not None else send)

    return run


def _waiting(send: Send, protocol: Any) -> Send:
    gate = Gate()
    # The HTTP parser that took the upgrade is registered still, and has no use for it.
    protocol.transport.unregisterProducer()
    protocol.transport.registerProducer(gate, True)
    protocol.maxFramePayloadSize, protocol.maxMessagePayloadSize = LONGEST_FRAME, LONGEST_MESSAGE

    async def send_and_wait(message: Message) -> None:
        if message["type"] != "websocket.send":
            await send(message)
            return
        text = message.get("text")
        if not (text and write_text(protocol, text)):
            await send(message)
        await gate.passes()

    return send_and_wait


def _daphnes_protocol(send: Send) -> Any | None:
    """The connection behind daphne's `send`; None under another server, or where there is no transport to ask."""
    protocol = send.args[0] if isinstance(send, partial) and send.args else None
    transport = getattr(protocol, "transport", None)
    return protocol if hasattr(transport, "registerProducer") else None
