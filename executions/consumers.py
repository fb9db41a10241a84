"""Live sockets: one execution, or a workspace's list. They only send; docs/api.md has the messages."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from time import monotonic
from typing import Any, Final
from urllib.parse import parse_qs

from channels.generic.websocket import AsyncWebsocketConsumer
from django.db import Error

from executions.hub import current_hub
from executions.streams import Stream, encode_message, frame_of
from executions.watched import in_thread, number_of
from workspaces.auth import Caller
from workspaces.sockets import NOT_THERE, SocketRefused, caller_of

log = logging.getLogger(__name__)

TIME_IS_UP: Final = 4408  # connect again
OWN_FAULT: Final = 4500
LONGEST_LIFE_SECONDS: Final = 12 * 3600.0
QUIET_SECONDS: Final = 20.0  # then a ping says that we are still here
RECHECK_SECONDS: Final = 60.0  # a member who was removed hears nothing more; another password is noticed sooner
PAUSE_SECONDS: Final = 1.0  # while PostgreSQL does not answer

Watch = tuple[Stream, asyncio.Event, int | None]


class LiveSocket(AsyncWebsocketConsumer):
    """Accepts, says who it is for, then sends what its stream has. Whatever the client sends is ignored."""

    _serving: asyncio.Task[None] | None = None
    _sent_at = 0.0

    async def connect(self) -> None:
        await self.accept()  # before anything is checked: only an open socket can say why it closes
        self._serving = asyncio.create_task(self._serve())

    async def disconnect(self, code: int) -> None:  # noqa: ARG002 - Channels' signature
        if self._serving is not None:
            self._serving.cancel()

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        pass

    async def _serve(self) -> None:
        life = asyncio.timeout(LONGEST_LIFE_SECONDS)
        try:
            async with life:
                await self._follow()
        except SocketRefused as exc:
            await self.close(exc.code, exc.reason)
        except Exception:
            if life.expired():
                await self.close(TIME_IS_UP, "Connect again.")
            else:
                log.exception("a live socket broke")
                await self.close(OWN_FAULT)

    async def _follow(self) -> None:
        caller = await in_thread(self._caller)
        async with self._stream(caller) as (stream, wake, position), _woken_every(QUIET_SECONDS, wake):
            with current_hub().watchers.watching(caller.user, wake) as watcher:
                checked_at = self._sent_at = monotonic()
                while True:
                    wake.clear()
                    if watcher.is_in_doubt or monotonic() - checked_at >= RECHECK_SECONDS:
                        watcher.is_in_doubt = not await self._check_again(caller)
                        checked_at = monotonic()
                    position = await self._send_news(stream, position)
                    if monotonic() - self._sent_at >= QUIET_SECONDS:
                        await self._send_frame(frame_of(encode_message(self._number(position), "ping", {})))
                    await wake.wait()

    async def _send_news(self, stream: Stream, position: int | None) -> int | None:
        """Send all there is after `position` — None wants a snapshot — and say how far that is."""
        while True:
            found = stream.after(position) if position is not None else None
            try:
                news = found or await stream.snapshot()
            except Error as exc:
                log.warning("a snapshot could not be read: %s", type(exc).__name__)
                await asyncio.sleep(PAUSE_SECONDS)
                continue
            if news is None:
                raise SocketRefused(NOT_THERE, "It is not there any more.")
            if not news.frame:
                return news.position
            await self._send_frame(news.frame)
            if found is None and position is not None and news.position <= position:
                await asyncio.sleep(PAUSE_SECONDS)  # the record is behind what was told: give it time
            position = news.position

    async def _send_frame(self, frame: str) -> None:
        """Waits while the reader is slow."""
        message: Any = {"type": "websocket.send", "text": frame}
        await self.base_send(message)  # the way by Channels' `send` is twice as long
        self._sent_at = monotonic()

    def _caller(self) -> Caller:
        return caller_of(self.scope)

    async def _check_again(self, caller: Caller) -> bool:
        """Whether it could be checked; raises SocketRefused for who may not watch any more."""
        try:
            now = await in_thread(self._caller)
        except Error:
            return False
        if now.workspace != caller.workspace:
            raise SocketRefused(NOT_THERE, "This workspace is not yours any more.")
        return True

    def _number(self, position: int | None) -> int:
        """The `seq` of a ping."""
        return position or 0

    def _stream(self, caller: Caller) -> AbstractAsyncContextManager[Watch]:
        """The stream, what wakes its watcher, and where the watcher is: None before the beginning."""
        raise NotImplementedError


class ExecutionSocket(LiveSocket):
    """`/ws/executions/{id}/?since=N`: without `since`, or when N is not the last event, a snapshot comes first."""

    @asynccontextmanager
    async def _stream(self, caller: Caller) -> AsyncIterator[Watch]:
        execution_id = int(self.scope["url_route"]["kwargs"]["execution_id"])
        hub = current_hub()
        await hub.ready()
        with hub.execution(caller.workspace, execution_id) as (stream, wake):
            number = await in_thread(lambda: number_of(caller.workspace, execution_id))
            if number is None:
                raise SocketRefused(NOT_THERE, f"There is no execution #{execution_id} in this workspace.")
            since = _since(self.scope["query_string"])
            if since != number:
                yield stream, wake, None
                return
            if stream.position is None:
                stream.rebase(number)
            yield stream, wake, number


class ListSocket(LiveSocket):
    """`/ws/executions/`: the 100 most recent, then every row that changes."""

    @asynccontextmanager
    async def _stream(self, caller: Caller) -> AsyncIterator[Watch]:
        hub = current_hub()
        await hub.ready()
        with hub.workspace(caller.workspace) as (stream, wake):
            yield stream, wake, None

    def _number(self, position: int | None) -> int:  # noqa: ARG002 - its positions are its own affair
        return 0  # the numbers of a list are those of its executions


class NothingHere(AsyncWebsocketConsumer):
    """What answers where no address matches."""

    async def connect(self) -> None:
        await self.accept()
        await self.close(NOT_THERE)


@asynccontextmanager
async def _woken_every(seconds: float, wake: asyncio.Event) -> AsyncIterator[None]:
    """So that nobody needs a timer of its own for each frame."""

    async def work() -> None:
        while True:
            await asyncio.sleep(seconds)
            wake.set()

    task = asyncio.create_task(work())
    try:
        yield
    finally:
        task.cancel()


def _since(query: bytes) -> int | None:
    said = parse_qs(query.decode("ascii", "replace")).get("since", [""])[-1]
    return int(said) if said.isascii() and said.isdigit() and len(said) <= 18 else None
