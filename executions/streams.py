"""What the watchers of one thing are sent: a snapshot, then every message after it, without a gap.

There is no queue for each socket. A stream keeps its last messages once for all; a watcher knows only how far it has
come, and takes what follows when its socket has room. Whoever falls behind what is kept gets a fresh snapshot.
Everything here belongs to one event loop.
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from itertools import islice
from time import monotonic
from typing import Any, Final, NamedTuple

from flows.language import jsontext

KEPT: Final = 1000  # messages of one stream
MOST_IN_FRAME: Final = 200
PATIENCE_SECONDS: Final = 0.25  # events overtake each other on their way; what is missing longer is lost


class Snapshot(NamedTuple):
    """How things stand at a position, as a frame."""

    position: int
    frame: str


Read = Callable[[], Awaitable[Snapshot | None]]


def encode_message(seq: int, kind: str, data: Any) -> str:
    return jsontext.dumps({"seq": seq, "type": kind, "data": data})


def frame_of(*messages: str) -> str:
    """A frame is always a JSON list."""
    return f"[{','.join(messages)}]"


class Stream:
    """Messages numbered by their position, kept for whoever is a little behind."""

    def __init__(self, read: Read) -> None:
        self._read = read
        self._kept: deque[str] = deque(maxlen=KEPT)
        self._frames: dict[int, str] = {}  # by the position they start after: most watchers are at the same one
        self._snapshot: Snapshot | None = None
        self._reading: asyncio.Task[Snapshot | None] | None = None
        self.position: int | None = None  # of the last message; None until it is known
        self.watchers: set[asyncio.Event] = set()

    @property
    def is_wanted(self) -> bool:
        return bool(self.watchers)

    @contextmanager
    def watching(self) -> Iterator[asyncio.Event]:
        """An event that is set when there may be news."""
        wake = asyncio.Event()
        self.watchers.add(wake)
        try:
            yield wake
        finally:
            self.watchers.discard(wake)

    def wake(self) -> None:
        for watcher in self.watchers:
            watcher.set()

    def append(self, message: str) -> None:
        assert self.position is not None
        self.position += 1
        self._kept.append(message)
        self._frames.clear()
        self._snapshot = None

    def rebase(self, position: int) -> None:
        """Go on from here. Watchers that are behind it get a snapshot."""
        self.position = position
        self._kept.clear()
        self._frames.clear()

    def after(self, position: int) -> Snapshot | None:
        """What follows `position`, at most a frame of it, which is empty if nothing does; None if it is not kept."""
        if self.position is None or position >= self.position:
            return Snapshot(position, "")
        if self.position - position > len(self._kept):
            return None
        frame = self._frames.get(position)
        if frame is None:
            begin = len(self._kept) - (self.position - position)
            frame = self._frames[position] = frame_of(*islice(self._kept, begin, begin + MOST_IN_FRAME))
        return Snapshot(min(self.position, position + MOST_IN_FRAME), frame)

    async def snapshot(self) -> Snapshot | None:
        """How things stand, read once for all who ask at the same time. None if there is nothing any more."""
        found = self._snapshot
        if found is not None and found.position >= (self.position or 0):
            return found
        return await self.read_again()

    async def read_again(self) -> Snapshot | None:
        """Raises what reading raises."""
        if self._reading is None or self._reading.done():
            self._reading = asyncio.create_task(self._read_and_keep())
        return await asyncio.shield(self._reading)  # one who leaves does not take it from the others

    async def _read_and_keep(self) -> Snapshot | None:
        found = self._snapshot = await self._read()
        if found is not None and self.position is None:
            self.rebase(found.position)
        return found


class ExecutionStream(Stream):
    """The events of one execution, put in order by their numbers."""

    def __init__(self, read: Read, execution_id: int) -> None:
        super().__init__(read)
        self.execution_id = execution_id
        self.known = 0  # the highest number heard of, from an event or from PostgreSQL
        self.gap_since: float | None = None
        self.is_minded = False  # somebody waits for the gap to close
        self._early: dict[int, str] = {}

    def receive(self, seq: int, message: str) -> None:
        self.known = max(self.known, seq)
        if self.position is not None and seq <= self.position:
            return
        if len(self._early) < KEPT:  # beyond that only a snapshot helps, and the gap brings one
            self._early[seq] = message
        self._take_early()

    def expect(self, number: int) -> None:
        """PostgreSQL is at this number: its event is here, on its way, or lost."""
        self.known = max(self.known, number)
        self._note_gap()

    def rebase(self, position: int) -> None:
        super().rebase(position)
        self.known = max(self.known, position)
        self._early = {seq: text for seq, text in self._early.items() if seq > position}
        self._take_early()

    def forget_gap(self) -> None:
        self.known, self.gap_since = self.position or 0, None
        self._early.clear()

    def is_gap_old(self) -> bool:
        return self.gap_since is not None and monotonic() - self.gap_since >= PATIENCE_SECONDS

    def _take_early(self) -> None:
        before = self.position
        while self.position is not None and (message := self._early.pop(self.position + 1, None)) is not None:
            self.append(message)
        if self.position != before:
            self.gap_since = None  # what is missing now, if anything is, has not been missing long
        self._note_gap()

    def _note_gap(self) -> None:
        if self.position is None or self.known <= self.position:
            self.gap_since = None
        elif self.gap_since is None:
            self.gap_since = monotonic()


class WorkspaceStream(Stream):
    """The rows of a workspace's list that changed. Positions are this stream's own."""

    def __init__(self, read: Read) -> None:
        super().__init__(read)
        self.position: int = 0
        self.changed: set[int] = set()  # executions whose rows are to be read
        self.is_telling = False
        self._open: dict[int, int] = {}  # executions that have not ended, and their last known event number
        self.newest: int | None = None  # the highest id heard of

    @property
    def open(self) -> Iterable[int]:
        return self._open.keys()

    def start(self, *, newest: int, open_numbers: Mapping[int, int]) -> None:
        """What was there before anything was heard."""
        self.newest = max(newest, self.newest or 0)
        self._open = {**open_numbers, **self._open}

    def note(self, execution_id: int, number: int, *, is_open: bool) -> None:
        """The row of this execution is another one now."""
        self.changed.add(execution_id)
        self.newest = max(execution_id, self.newest or 0)
        if is_open:
            self._open[execution_id] = max(number, self._open.get(execution_id, 0))
        else:
            self._open.pop(execution_id, None)

    def is_news(self, execution_id: int, number: int, *, is_open: bool) -> bool:
        known = self._open.get(execution_id)
        if known is None:
            return is_open or execution_id > (self.newest or 0)
        return number > known or not is_open
