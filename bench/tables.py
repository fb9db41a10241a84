"""Figures as a Markdown table, and their place in bench/README.md."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from bench.rounds import Spread

README = Path(__file__).with_name("README.md")
HEAD = "| what | Stepwell | against | theirs | ratio | target | met |\n|---|---|---|---|---|---|---|"


@dataclass(frozen=True, kw_only=True)
class Figure:
    """One line of a table. `ratio` is ours over theirs, round by round; `is_met` is None where there is no target."""

    what: str
    unit: str
    ours: Spread
    against: str = ""
    theirs: Spread | str | None = None  # or why there is none
    target: str = ""
    is_met: bool | None = None

    def line(self) -> str:
        ratio = ""
        if isinstance(self.theirs, Spread):
            ratio = shown(self.ours.over(self.theirs), "×")
            theirs = shown(self.theirs, self.unit)
        else:
            theirs = self.theirs or ""
        met = {None: "", True: "yes", False: "**no**"}[self.is_met]
        cells = (self.what, shown(self.ours, self.unit), self.against, theirs, ratio, self.target, met)
        return "| " + " | ".join(cells) + " |"


def shown(spread: Spread, unit: str) -> str:
    """`1.2 ms (1.1–1.4)`: the median and the middle half."""
    low, high = (_number(value) for value in spread.quartiles)
    space = "" if unit == "×" else " "
    return f"{_number(spread.median)}{space}{unit} ({low}–{high})"


def table(figures: Sequence[Figure]) -> str:
    return "\n".join([HEAD, *(figure.line() for figure in figures)])


def write(name: str, text: str, *, readme: Path = README) -> None:
    """Put `text` between the markers of `name` in the README; LookupError if it has none."""
    whole = readme.read_text(encoding="utf-8")
    begin, end = f"<!-- {name} -->\n", f"<!-- /{name} -->"
    if begin not in whole or end not in whole:
        raise LookupError(f"{readme.name} has no markers {begin.strip()} and {end}.")
    before, rest = whole.split(begin, 1)
    readme.write_text(f"{before}{begin}{text}\n{end}{rest.split(end, 1)[1]}", encoding="utf-8")


def _number(value: float) -> str:
    if value >= 100:
        return f"{value:.0f}"
    return f"{value:.1f}" if value >= 10 else f"{value:.2f}"
