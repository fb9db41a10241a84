"""Templates: `${ … }` and `{{ … }}` in text. One pass: what a template gives is never looked at again."""

import functools
import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from flows.language.actions.base import EXPRESSION_KEYS
from flows.language.expressions.budget import Budget
from flows.language.expressions.closers import default_form, find_closer
from flows.language.expressions.errors import EvaluationError, ExpressionSyntaxError, ValueMissing
from flows.language.expressions.evaluate import Run, evaluate, present, run_expression
from flows.language.expressions.parse import Expression, Root, parse
from flows.language.values import to_plain, to_text

if TYPE_CHECKING:
    from flows.language.expressions.nodes import Node
    from flows.language.scope import Scope

MAX_NESTING = 8  # a default inside a default inside …
MAX_TEXT = 32_000_000

_OPENER = re.compile(r"\$?\$\{|\{\{")


class TemplateError(Exception):
    """A template that cannot be rendered here. `place` says where (`config.url`), `candidates` what was near."""

    def __init__(self, message: str, place: str = "", template: str = "", candidates: tuple[str, ...] = ()) -> None:
        super().__init__(f"{place}: {message}" if place else message)
        self.message = message
        self.place = place
        self.template = template
        self.candidates = candidates


@dataclass(frozen=True, slots=True)
class Part:
    """One `${…}` of a template: an expression, or a name with a default text. `column` is that of its inside."""

    written: str
    column: int
    expression: Expression
    default: "Template | None" = None

    def value(self, scope: "Scope", place: str) -> Any:
        """Its value, with its type. Raises EvaluationError."""
        where = f"{place}#{self.column}"
        if self.default is None:
            return evaluate(self.expression, scope, place=where)
        try:
            return evaluate(self.expression, scope, place=where)
        except ValueMissing:
            return self.default.text(scope, place)


@dataclass(frozen=True, slots=True)
class Template:
    """A parsed template: plain text and parts, in order."""

    source: str
    pieces: tuple[str | Part, ...]

    @property
    def is_single(self) -> bool:
        """Whether the text is one template and nothing else: its value keeps its type."""
        return len(self.pieces) == 1 and isinstance(self.pieces[0], Part)

    @property
    def is_dynamic(self) -> bool:
        """Whether there is any template in it."""
        return any(isinstance(piece, Part) for piece in self.pieces)

    def plain_text(self) -> str:
        """Its text, escapes undone, when there is no template in it."""
        return "".join(piece for piece in self.pieces if isinstance(piece, str))

    def parts(self) -> Iterator[Part]:
        """Its parts, those inside defaults included."""
        for piece in self.pieces:
            if isinstance(piece, Part):
                yield piece
                if piece.default is not None:
                    yield from piece.default.parts()

    def expressions(self) -> Iterator[Expression]:
        """The expressions in it."""
        return (part.expression for part in self.parts())

    def root_names(self) -> frozenset[str]:
        """Every name it may look up."""
        return frozenset(name for expression in self.expressions() for name in expression.root_names())

    def unknown_roots(self, known: Collection[str]) -> tuple[Root, ...]:
        """The names it reads that are not in `known` and have no default; columns are those in the template."""
        return tuple(
            Root(root.name, part.column + root.column - 1, root.parts)
            for part in self.parts()
            if part.default is None
            for root in part.expression.unknown_roots(known)
        )

    def value(self, scope: "Scope", place: str = "") -> Any:
        """What it gives: the value of a single template with its type, otherwise text. Raises EvaluationError."""
        first = self.pieces[0] if len(self.pieces) == 1 else None
        return first.value(scope, place) if isinstance(first, Part) else self.text(scope, place)

    def text(self, scope: "Scope", place: str = "") -> str:
        """What it gives, as text. Raises EvaluationError."""
        return _joined([p if isinstance(p, str) else _as_text(p.value(scope, place)) for p in self.pieces])

    def as_text(self, run: Run, *, at: int) -> str:
        """As `text`, inside an expression that is being evaluated."""
        written = []
        for piece in self.pieces:
            if isinstance(piece, str):
                written.append(piece)
                continue
            inner = Run(run.scope, place=f"{run.place}@{at}#{piece.column}", budget=run.budget)
            inner.items = list(run.items)
            written.append(_inner_text(piece, inner, run))
        return _joined(written)


def _inner_text(part: Part, inner: Run, outer: Run) -> str:
    try:
        value = present(run_expression(part.expression, inner))
    except ValueMissing:
        if part.default is None:
            raise
        return part.default.as_text(outer, at=part.column)
    return _as_text(value)


def _as_text(value: Any) -> str:
    if isinstance(value, str):
        return value
    Budget().weigh(value)
    try:
        return to_text(value)
    except (ValueError, TypeError) as exc:
        raise EvaluationError(f"The value cannot be written as text: {exc}.") from exc


def _joined(written: list[str]) -> str:
    length = sum(len(text) for text in written)
    if length > MAX_TEXT:
        raise EvaluationError(f"The text becomes {length} characters long; {MAX_TEXT} are allowed.")
    return "".join(written)


def parse_template(text: str) -> Template:
    """The template in `text`. Raises ExpressionSyntaxError, with the column in `text`, and nothing else."""
    return _cached(text) if len(text) <= _SHORT else _parse(text)


def _parse(text: str) -> Template:
    return Template(text, tuple(_pieces(text, 0, nesting=0)))


_SHORT = 1024  # longer ones hold expressions that are cached themselves
_cached = functools.lru_cache(maxsize=2048)(_parse)


def _pieces(text: str, base: int, *, nesting: int) -> Iterator[str | Part]:
    if nesting > MAX_NESTING:
        raise ExpressionSyntaxError(f"Defaults are nested more than {MAX_NESTING} deep.", base + 1)
    at, plain = 0, []
    while at < len(text):
        opener = _opener(text, at)
        if opener is None:
            following = _next_opener(text, at)
            plain.append(text[at:following])
            at = following
        elif opener in ("$${", "{{{{"):
            plain.append(opener[len(opener) - 2 :])
            at += len(opener)
        else:
            if plain:
                yield "".join(plain)
                plain = []
            part, at = _part(text, at, opener, base, nesting)
            yield part
    if plain or not text:
        yield "".join(plain)


def _opener(text: str, at: int) -> str | None:
    return next((opener for opener in ("$${", "{{{{", "${", "{{") if text.startswith(opener, at)), None)


def _next_opener(text: str, at: int) -> int:
    found = _OPENER.search(text, at)
    return found.start() if found else len(text)


def _part(text: str, at: int, opener: str, base: int, nesting: int) -> tuple[Part, int]:
    begin = at + 2
    closer = "}" if opener == "${" else "}}"
    end = find_closer(text, begin, closer)
    if end is None:
        escape = "$${" if opener == "${" else "{{{{"
        message = f"{opener} is never closed with {closer}. Write {escape} for the characters themselves."
        raise ExpressionSyntaxError(message, base + at + 1)
    after = end + len(closer)
    return _inside(text[begin:end], base + begin, text[at:after], nesting), after


def _inside(inside: str, offset: int, written: str, nesting: int) -> Part:
    default = default_form(inside)
    try:
        if default is None:
            return Part(written, offset + 1, parse(inside))
        name, text = default
        pieces = tuple(_pieces(text, offset, nesting=nesting + 1))
        return Part(written, offset + 1, parse(name), Template(text, pieces))
    except ExpressionSyntaxError as exc:
        raise ExpressionSyntaxError(exc.message, offset + exc.column) from exc


# for expressions that hold templates


def inner_template(text: str, *, column: int) -> Template:
    """The template in a text in quotes that begins at `column`. Raises ExpressionSyntaxError with that column."""
    try:
        return parse_template(text)
    except ExpressionSyntaxError as exc:
        raise ExpressionSyntaxError(exc.message, column) from exc


def inner_node(source: str, begin: int, end: int, splits: frozenset[int]) -> "Node":
    """The tree of the `${…}` whose inside is `source[begin:end]`; its places are those in `source`."""
    from flows.language.expressions.nodes import TextTemplate
    from flows.language.expressions.parse import parse_tree

    inside = source[begin:end]
    if default_form(inside) is None:
        return parse_tree(" " * begin + inside, splits)
    node = TextTemplate(Template(inside, (_inside(inside, begin, inside, nesting=1),)))
    node.source, node.start, node.end, node.depth = source, begin, end, 1
    return node


# rendering


def render(value: Any, scope: "Scope", *, place: str = "", skip: Collection[str] = EXPRESSION_KEYS) -> Any:
    """`value` with every template in it rendered: texts, keys, and everything inside lists and objects.

    The values of the keys in `skip` at the top of `value` are expressions, and stay as written. Types are kept; one
    pass. Raises TemplateError.
    """
    if isinstance(value, Mapping):
        return _render_mapping(value, scope, place, frozenset(skip))
    return _render(value, scope, place)


def _render(value: Any, scope: "Scope", place: str) -> Any:
    if isinstance(value, str):
        return render_text(value, scope, place)
    if isinstance(value, Mapping):
        return _render_mapping(value, scope, place, frozenset())
    if isinstance(value, list | tuple):
        return [_render(item, scope, f"{place}[{index}]") for index, item in enumerate(value)]
    return value


def _render_mapping(value: Mapping[Any, Any], scope: "Scope", place: str, skip: frozenset[str]) -> dict[Any, Any]:
    rendered: dict[Any, Any] = {}
    for key, item in value.items():
        below = f"{place}.{key}" if place else str(key)
        name = key
        if isinstance(key, str):
            new = render_text(key, scope, f"{below} (key)")
            name = new if isinstance(new, str) else _as_text(new)
        if name in rendered:
            raise TemplateError(f"Two keys become {name}.", place, str(key))
        rendered[name] = item if key in skip else _render(item, scope, below)
    return rendered


def render_text(text: str, scope: "Scope", place: str = "") -> Any:
    """What one text becomes. Raises TemplateError."""
    if "${" not in text and "{{" not in text:
        return text
    try:
        return to_plain(parse_template(text).value(scope, place))
    except ExpressionSyntaxError as exc:
        raise TemplateError(f"{exc.message} (column {exc.column})", place, text) from exc
    except EvaluationError as exc:
        raise TemplateError(str(exc), place, text, exc.candidates) from exc
