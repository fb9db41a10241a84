"""Live events of one web process: one subscription to Redis, fanned out in memory (DESIGN §6).

Redis only makes it quick. Once a second the hub compares the executions that are being watched with PostgreSQL, so that
a lost event, a lost last one too, and a Redis that is gone show themselves.
"""

import asyncio
import json
import logging
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager, suppress
from time import monotonic
from typing import Any, Final
from weakref import WeakKeyDictionary

from django.conf import settings
from django.db import Error

from executions.events import CHANNEL
from executions.listing import rows_of
from executions.streams import PATIENCE_SECONDS, ExecutionStream, Snapshot, Stream, WorkspaceStream, encode_message
from executions.subscription import listen
from executions.watched import Standing, execution_snapshot, in_thread, list_opening, standings_of
from executions.watchers import Watchers
from workspaces.models import Workspace

log = logging.getLogger(__name__)

GATHER_SECONDS: Final = 0.005  # events of so long go out as one frame
COMPARE_SECONDS: Final = 1.0
COMPARE_SECONDS_WHILE_DEAF: Final = 0.25
LIST_PAUSE_SECONDS: Final = 0.2  # between two readings of a list's changed rows
MOST_ROWS: Final = 200  # of a list, read at once
IDLE_SECONDS: Final = 30.0  # without a watcher the subscription is given up after so long


class Hub:
    """Everything here runs in one event loop; reading PostgreSQL does not."""

    def __init__(self, url: str) -> None:
        self._url = url
        self.watchers = Watchers()
        self._executions: dict[int, ExecutionStream] = {}
        self._workspaces: dict[int, tuple[Workspace, WorkspaceStream]] = {}
        self._running: asyncio.Task[None] | None = None
        self._is_listening = asyncio.Event()
        self._news: set[Stream] = set()  # to be woken together
        self._woken_at = 0.0  # by the loop's clock
        self._tasks: set[asyncio.Task[None]] = set()
        self._left_at = monotonic()  # when somebody last stopped watching

    async def ready(self, *, seconds: float = 1.0) -> None:
        """Return when events are heard. After `seconds` in any case: without Redis it is only slower."""
        self._left_at = monotonic()  # whoever asks is about to watch: an idle hub must not go to sleep under them
        if self._running is None or self._running.done():
            self._running = asyncio.create_task(self._run())
        if not self._is_listening.is_set():
            with suppress(TimeoutError):
                async with asyncio.timeout(seconds):
                    await self._is_listening.wait()

    @contextmanager
    def execution(self, workspace: Workspace, execution_id: int) -> Iterator[tuple[ExecutionStream, asyncio.Event]]:
        """The stream of an execution of this workspace, and an event that is set when it may have news."""
        stream = self._executions.get(execution_id)
        if stream is None:

            async def read() -> Snapshot | None:
                return await in_thread(lambda: execution_snapshot(workspace, execution_id))

            stream = self._executions[execution_id] = ExecutionStream(read, execution_id)
        try:
            with stream.watching() as wake:
                yield stream, wake
        finally:
            self._left_at = monotonic()
            if not stream.is_wanted:
                self._executions.pop(execution_id, None)

    @contextmanager
    def workspace(self, workspace: Workspace) -> Iterator[tuple[WorkspaceStream, asyncio.Event]]:
        """The stream of a workspace's list, and an event that is set when it may have news."""
        _, stream = self._workspaces.setdefault(workspace.pk, (workspace, _workspace_stream(workspace)))
        try:
            with stream.watching() as wake:
                yield stream, wake
        finally:
            self._left_at = monotonic()
            if not stream.is_wanted:
                self._workspaces.pop(workspace.pk, None)

    # --- hearing

    @property
    def _is_watched(self) -> bool:
        return bool(self._executions or self._workspaces)

    def _is_needed(self) -> bool:
        return self._is_watched or monotonic() - self._left_at < IDLE_SECONDS

    async def _run(self) -> None:
        comparing = asyncio.create_task(self._compare_regularly())
        try:
            while self._is_needed():
                await listen(
                    self._url,
                    self._hear,
                    is_listening=self._is_listening,
                    came=lambda: self._do(self._compare()),  # what was told while nobody listened
                    is_wanted=self._is_needed,
                )
        finally:
            comparing.cancel()

    def _hear(self, told: bytes) -> None:
        if not self._is_watched:
            return
        try:
            for event in json.loads(told):
                self._route(event["execution"], event["workspace"], event["seq"], event["type"], event["data"])
        except (ValueError, KeyError, TypeError):
            log.warning("a message on %s makes no sense and is left out", CHANNEL)

    def _route(self, execution_id: int, workspace_id: int, seq: int, kind: str, data: Any) -> None:
        if (stream := self._executions.get(execution_id)) is not None:
            stream.receive(seq, encode_message(seq, kind, data))
            self._wake_soon(stream)
            self._mind_gap(stream)
        self._note_row(workspace_id, execution_id, seq, is_open=kind != "execution.finished")

    # --- telling

    def _wake_soon(self, stream: Stream) -> None:
        """After a quiet moment at once, with what came in the same message; else together with what comes meanwhile."""
        if not self._news:
            asyncio.get_running_loop().call_at(self._woken_at + GATHER_SECONDS, self._wake)
        self._news.add(stream)

    def _wake(self) -> None:
        self._woken_at = asyncio.get_running_loop().time()
        news, self._news = self._news, set()
        for stream in news:
            stream.wake()

    def _note_row(self, workspace_id: int, execution_id: int, number: int, *, is_open: bool) -> None:
        if workspace_id not in self._workspaces:
            return
        workspace, stream = self._workspaces[workspace_id]
        stream.note(execution_id, number, is_open=is_open)
        if not stream.is_telling:
            stream.is_telling = True
            self._do(self._tell_rows(workspace, stream))

    async def _tell_rows(self, workspace: Workspace, stream: WorkspaceStream) -> None:
        """Read the rows that changed and tell them, until there are none."""
        try:
            await asyncio.sleep(GATHER_SECONDS)
            while stream.changed and stream.is_wanted:
                await self._tell_some_rows(workspace, stream)
                await asyncio.sleep(LIST_PAUSE_SECONDS)
        finally:
            stream.is_telling = False

    async def _tell_some_rows(self, workspace: Workspace, stream: WorkspaceStream) -> None:
        wanted = sorted(stream.changed, reverse=True)[:MOST_ROWS]
        stream.changed.difference_update(wanted)
        try:
            rows = await in_thread(lambda: rows_of(workspace, wanted))
        except Error as exc:
            log.warning("rows that changed could not be read: %s", type(exc).__name__)
            stream.changed.update(wanted)
            return
        for row in reversed(rows):
            stream.append(encode_message(row["event_number"], "execution.changed", row))
        stream.wake()

    # --- comparing

    async def _compare_regularly(self) -> None:
        while True:
            await asyncio.sleep(COMPARE_SECONDS if self._is_listening.is_set() else COMPARE_SECONDS_WHILE_DEAF)
            try:
                await self._compare()
                await self.watchers.compare()
            except Exception:  # nothing else would ever notice a lost event again
                log.exception("the executions being watched could not be compared")

    async def _compare(self) -> None:
        """See what no event told, in one query."""
        ids = {*self._executions, *(one for _, stream in self._workspaces.values() for one in stream.open)}
        newest = {key: stream.newest for key, (_, stream) in self._workspaces.items() if stream.newest is not None}
        if not ids and not newest:
            return
        try:
            found = await in_thread(lambda: standings_of(ids, newest))
        except Error as exc:
            log.warning("the executions being watched could not be compared: %s", type(exc).__name__)
            return
        for standing in found:
            self._compare_one(standing)
        for stream in self._executions.values():
            self._mind_gap(stream)

    def _compare_one(self, standing: Standing) -> None:
        if (stream := self._executions.get(standing.id)) is not None and standing.event_number > stream.known:
            stream.expect(standing.event_number)
            stream.wake()  # a long poll waits for the number alone
        if standing.workspace_id in self._workspaces:
            _, rows = self._workspaces[standing.workspace_id]
            if rows.is_news(standing.id, standing.event_number, is_open=standing.is_open):
                self._note_row(standing.workspace_id, standing.id, standing.event_number, is_open=standing.is_open)

    def _mind_gap(self, stream: ExecutionStream) -> None:
        if stream.gap_since is not None and not stream.is_minded:
            stream.is_minded = True
            self._do(self._mend(stream))

    async def _mend(self, stream: ExecutionStream) -> None:
        """Wait for what is missing; what does not come is made good by a snapshot for everybody."""
        try:
            while stream.gap_since is not None and stream.is_wanted:
                await asyncio.sleep(max(0.001, stream.gap_since + PATIENCE_SECONDS - monotonic()))
                if stream.is_gap_old():
                    await self._rebase(stream)
        finally:
            stream.is_minded = False

    async def _rebase(self, stream: ExecutionStream) -> None:
        try:
            found = await stream.read_again()
        except Error as exc:
            log.warning("execution %s could not be read: %s", stream.execution_id, type(exc).__name__)
            await asyncio.sleep(COMPARE_SECONDS)
            return
        if found is not None and found.position > (stream.position or 0):
            stream.rebase(found.position)
            stream.wake()
        else:  # numbers beyond the record: nothing that waiting or reading would bring
            stream.forget_gap()

    def _do(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)  # a loop itself holds its tasks only weakly
        task.add_done_callback(self._tasks.discard)


def _workspace_stream(workspace: Workspace) -> WorkspaceStream:
    async def read() -> Snapshot:
        position = stream.position  # rows that change meanwhile are told again: better twice than never
        opening = await in_thread(lambda: list_opening(workspace))
        stream.start(newest=opening.newest, open_numbers=opening.open_numbers)
        return Snapshot(position, opening.frame)

    stream = WorkspaceStream(read)
    return stream


_hubs: WeakKeyDictionary[asyncio.AbstractEventLoop, Hub] = WeakKeyDictionary()


def current_hub() -> Hub:
    """The hub of the running event loop: a web process has one."""
    loop = asyncio.get_running_loop()
    if loop not in _hubs:
        _hubs[loop] = Hub(settings.REDIS_URL)
    return _hubs[loop]
