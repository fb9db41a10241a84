"""Lists as columns: aligned for people, tab-free, and never cut when they go into a pipe."""

from collections.abc import Sequence

from cli.screen import Line, visible

Cell = tuple[str, str]  # text and style


def table(headings: Sequence[str], rows: Sequence[Sequence[Cell]]) -> list[Line]:
    cells = [[(heading, "dim") for heading in headings], *rows]
    widths = [max(len(visible(row[column][0])) for row in cells) for column in range(len(headings))]
    return [_aligned(row, widths) for row in cells]


def _aligned(row: Sequence[Cell], widths: Sequence[int]) -> Line:
    line: Line = []
    for (text, style), width in zip(row, widths, strict=True):
        line += [(text, style), (" " * (width - len(visible(text)) + 2), "")]
    return line
