"""Where the problems of one document are gathered."""

from collections.abc import Iterable

from flows.language.document import Document, MapNode, Node, Place, Scalar
from flows.language.problems import Problem, Severity, nearest

_MOST = 1000
_MOST_SUGGESTIONS = 100  # looking for a near name takes time, and a text may hold a hundred thousand wrong ones


class Findings:
    """The problems of `document`. Beyond a thousand only their number grows."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self._found: dict[tuple[int, int, str, str], Problem] = {}
        self._left_out = 0
        self._suggested: dict[tuple[str, frozenset[str]], str | None] = {}
        for problem in document.problems:
            self._add(problem)

    def error(
        self, code: str, message: str, node: Node, place: Place, *, suggestion: str | None = None, offset: int = 0
    ) -> None:
        """Something that blocks a run, at `node` or at the character `offset` of its text."""
        self._report("error", code, message, node, place, suggestion, offset)

    def warning(
        self, code: str, message: str, node: Node, place: Place, *, suggestion: str | None = None, offset: int = 0
    ) -> None:
        """Something to look at that blocks nothing."""
        self._report("warning", code, message, node, place, suggestion, offset)

    def unknown_keys(
        self,
        mapping: MapNode,
        known: Iterable[str],
        owner: str,
        place: Place,
        *,
        candidates: Iterable[str] | None = None,
    ) -> bool:
        """An error for each key of `mapping` that is not in `known`. `owner` opens the sentence: `Steps have`.

        True when there is none.
        """
        names = frozenset(known)
        shown = names if candidates is None else frozenset(candidates)
        for key, (node, _) in mapping.entries.items():
            if key not in names:
                self.unknown_key(key, owner, node, (*place, key), shown)
        return names >= mapping.entries.keys()

    def unknown_key(self, key: str, owner: str, node: Node, place: Place, candidates: frozenset[str]) -> None:
        """An error for one key nobody knows."""
        message = f"{owner} no key {_short(key)}." if key else f"{owner} no key without a name."
        near = self.nearest(key, candidates)
        if near is None and 0 < len(candidates) <= 12:
            message += f" There {'is' if len(candidates) == 1 else 'are'} {', '.join(sorted(candidates))}."
        self.error("unknown_key", message, node, place, suggestion=near)

    def nearest(self, name: str, candidates: frozenset[str], *, likeness: float = 0.6) -> str | None:
        """The candidate nearest to `name`; none any more when very many have been looked for."""
        asked = (name, candidates)
        if asked not in self._suggested and len(self._suggested) < _MOST_SUGGESTIONS:
            self._suggested[asked] = nearest(name, candidates, likeness=likeness)
        return self._suggested.get(asked)

    def problems(self) -> tuple[Problem, ...]:
        """All of them, in the order of the text."""
        found = sorted(self._found.values(), key=lambda problem: (problem.line, problem.column, problem.severity))
        if self._left_out:
            last = found[-1]
            message = f"There are {self._left_out:,} more problems. Mend these first."
            found.append(Problem("error", "more_problems", message, last.line, last.column))
        return tuple(found)

    def _report(
        self, severity: Severity, code: str, message: str, node: Node, place: Place, suggestion: str | None, offset: int
    ) -> None:
        if self._left_out:  # telling the exact place takes time, and this one is not shown
            self._left_out += 1
            return
        line, column = self.document.position(node, offset)
        self._add(Problem(severity, code, message, line, column, path_of(place), suggestion))

    def _add(self, problem: Problem) -> None:
        where = (problem.line, problem.column, problem.code, problem.message)
        if where in self._found:
            return
        if len(self._found) >= _MOST:
            self._left_out += 1
        else:
            self._found[where] = problem


def path_of(place: Place) -> str:
    """`("steps", 2, "config", "url")` → `steps[2].config.url`."""
    written = "".join(f"[{part}]" if isinstance(part, int) else f".{_short(part)}" for part in place)
    return written.removeprefix(".")


def what_it_is(node: Node) -> str:
    """What stands there, in a word or two; never a text's content, which may be a secret."""
    if isinstance(node, MapNode):
        return "an object"
    if not isinstance(node, Scalar):
        return "a list"
    if node.value is None:
        return "empty"
    if isinstance(node.value, bool):
        return "true" if node.value else "false"
    return "text" if isinstance(node.value, str) else f"the number {_short(node.text)}"


def shown_text(text: str) -> str:
    """A short text in quotes."""
    return f'"{_short(text)}"'


def _short(text: str) -> str:
    return text if len(text) <= 40 else text[:39] + "…"
