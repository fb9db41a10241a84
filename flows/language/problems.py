"""What is wrong with a flow, and where."""

import difflib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

Severity = Literal["error", "warning"]


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing to mend. `line` and `column` count from 1; `path` is the place in the document (`steps[2].config.url`).

    `suggestion` is the nearest right thing, bare: a name, an address. Errors block a run, warnings never do.
    """

    severity: Severity
    code: str  # stable: `unknown_key`, `duplicate_id`, …
    message: str
    line: int
    column: int
    path: str = ""
    suggestion: str | None = None

    def format(self, filename: str) -> str:
        """`flow.yaml:12:5: error: Steps have no key asert. Did you mean assert?`"""
        question = f" Did you mean {self.suggestion}?" if self.suggestion else ""
        return f"{filename}:{self.line}:{self.column}: {self.severity}: {_on_one_line(self.message + question)}"


def nearest(name: str, candidates: Iterable[str], *, likeness: float = 0.6) -> str | None:
    """The candidate a person may have meant by `name`, if one is near. `likeness` from 0 (anything) to 1 (the same)."""
    if len(name) > 128:
        return None
    folded: dict[str, str] = {}
    for candidate in candidates:
        folded.setdefault(_folded(candidate), candidate)
    found = difflib.get_close_matches(_folded(name), folded, n=1, cutoff=likeness)
    return folded[found[0]] if found else None


def _on_one_line(text: str) -> str:
    """Line ends and what could steer a terminal, as escapes: the text quotes keys and names of the flow."""
    if text.isprintable():
        return text
    return "".join(char if char.isprintable() else char.encode("unicode_escape").decode() for char in text)


def _folded(name: str) -> str:
    return name.casefold().replace("-", "_")
