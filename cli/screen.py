"""Where progress is shown: plain lines for pipes, or colour and a moving last line for a terminal."""

import os
import sys
import threading
from collections.abc import Iterable
from typing import TYPE_CHECKING, Protocol, TextIO

if TYPE_CHECKING:
    from rich.text import Text

Line = list[tuple[str, str]]  # pieces of text, each with a style rich knows ("" is none)


def visible(text: str) -> str:
    """`text` on one line, with what could steer the terminal of whoever reads it written out."""
    return text if text.isprintable() else "".join(map(_visible, text))


def _visible(char: str) -> str:
    if char.isprintable() or char in "\t\u00a0":
        return char
    return "⏎" if char == "\n" else char.encode("unicode_escape").decode("ascii")


class Screen(Protocol):
    def show(self, lines: Iterable[Line]) -> None:
        """Print `lines`, none of another thread's between them."""

    def status(self, key: object, line: Line | None) -> None:
        """What is going on under `key` right now; None when it has ended."""

    def close(self) -> None: ...


class PlainScreen:
    """Finished lines only."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._lock = threading.Lock()

    def show(self, lines: Iterable[Line]) -> None:
        text = "".join("".join(visible(piece) for piece, _ in line).rstrip() + "\n" for line in lines)
        encoding = self._stream.encoding or "utf-8"
        with self._lock:
            try:
                self._stream.write(text.encode(encoding, "backslashreplace").decode(encoding))
                self._stream.flush()
            except BrokenPipeError:  # whoever read it has gone; the run has not
                os.dup2(os.open(os.devnull, os.O_WRONLY), self._stream.fileno())

    def status(self, key: object, line: Line | None) -> None:
        pass

    def close(self) -> None:
        pass


class TerminalScreen:
    """Colour, and below the finished lines one spinning line for each thing going on."""

    def __init__(self, stream: TextIO) -> None:
        from rich.console import Console
        from rich.live import Live

        self._console = Console(file=stream, highlight=False, markup=False, emoji=False)
        self._active: dict[object, Text] = {}
        self._live = Live(console=self._console, transient=True, refresh_per_second=12, get_renderable=self._rows)
        self._lock = threading.RLock()
        self._is_live = False

    def show(self, lines: Iterable[Line]) -> None:
        with self._lock:
            for line in lines:
                self._console.print(_as_text(line), soft_wrap=True)

    def status(self, key: object, line: Line | None) -> None:
        with self._lock:
            if line is None:
                self._active.pop(key, None)
            else:
                self._active[key] = _as_text(line)
            if not self._active:
                self.close()
            elif not self._is_live:
                self._live.start()
                self._is_live = True
            else:
                self._live.refresh()

    def close(self) -> None:
        with self._lock:
            if self._is_live:
                self._live.stop()
                self._is_live = False

    def _rows(self) -> "Text":
        from rich.text import Text

        frames = "⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏"
        frame = frames[int(self._console.get_time() * 12) % len(frames)]
        rows = [Text.assemble((f"{frame} ", "cyan"), row) for row in list(self._active.values())]
        for row in rows:
            row.truncate(self._console.width, overflow="ellipsis")
        return Text("\n").join(rows)


def open_screen(stream: TextIO | None = None) -> Screen:
    """The screen that suits `stream` (stdout): plain where it is no terminal, or NO_COLOR is set."""
    stream = stream or sys.stdout
    is_colour_wanted = not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
    return TerminalScreen(stream) if is_colour_wanted and stream.isatty() else PlainScreen(stream)


def _as_text(line: Line) -> "Text":
    from rich.text import Text

    return Text.assemble(*((visible(piece), style) for piece, style in line))
