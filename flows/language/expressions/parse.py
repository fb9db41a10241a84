"""Text → Expression. Parsing is cached; an Expression is immutable and may be shared between threads."""

import functools
import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from importlib import resources
from typing import Any

from lark import Lark
from lark.exceptions import UnexpectedInput, VisitError
from lark.lexer import Lexer, Token

from flows.language.expressions import lexer
from flows.language.expressions.access import Access, Index, JsonPathNode, Member, Name, Path
from flows.language.expressions.budget import MAX_SOURCE
from flows.language.expressions.build import Builder
from flows.language.expressions.errors import ExpressionSyntaxError
from flows.language.expressions.nodes import Literal, Node, TextTemplate

_SHOWN = {
    "RPAR": ")",
    "RSQB": "]",
    "RBRACE": "}",
    "COLON": ":",
    "COMMA": ",",
    "$END": "the end",
}


@dataclass(frozen=True, slots=True)
class Root:
    """A first name that an expression reads. `column` counts from 1. `parts`: `a-b` may also be `a` minus `b`."""

    name: str
    column: int
    parts: tuple[str, ...] = ()


class Expression:
    """A parsed expression. `source` is its text."""

    __slots__ = ("_roots", "_split_trees", "_tree", "source")

    def __init__(self, source: str) -> None:
        self.source = source
        self._tree = parse_tree(source, frozenset())
        self._split_trees: dict[frozenset[int], Node] = {}
        self._roots: tuple[Root, ...] | None = None

    def tree(self, splits: frozenset[int] = frozenset()) -> Node:
        """Its tree, with the dashes at the offsets `splits` read as minus."""
        if not splits:
            return self._tree
        if splits not in self._split_trees:
            return self._split_trees.setdefault(splits, parse_tree(self.source, splits))
        return self._split_trees[splits]

    @property
    def roots(self) -> tuple[Root, ...]:
        """Every first name it reads, with its place. JSONPath reads the result and has none."""
        if self._roots is None:
            self._roots = tuple(_roots(self._tree))
        return self._roots

    def root_names(self) -> frozenset[str]:
        """Every name it may look up; for `a-b` that is `a-b`, `a` and `b`."""
        return frozenset(name for root in self.roots for name in (root.name, *root.parts))

    def unknown_roots(self, known: Collection[str]) -> tuple[Root, ...]:
        """The names it reads that are not in `known`. A dashed name is fine when it or all its parts are known."""
        return tuple(
            root
            for root in self.roots
            if root.name not in known
            and not (root.parts and all(part in known or part[0].isdigit() for part in root.parts))
        )

    def reads_result(self) -> bool:
        """Whether a JSONPath in it reads the step's result."""
        return any(isinstance(node, JsonPathNode) for node in walk(self._tree))

    def first_keys(self) -> frozenset[str]:
        """The key that each JSONPath in it begins with."""
        paths = (node.path for node in walk(self._tree) if isinstance(node, JsonPathNode))
        return frozenset(path.first_key for path in paths if path.first_key is not None)

    def __str__(self) -> str:
        return self.source

    def __repr__(self) -> str:
        return f"Expression({self.source!r})"


def parse(text: str) -> Expression:
    """The expression in `text`. Raises ExpressionSyntaxError, with the column in `text`, and nothing else."""
    return (_short if len(text) <= _SHORT else _long)(text)


_SHORT = 512  # characters; a tree takes a hundred times the memory of its text, so only few long ones are kept
_short = functools.lru_cache(maxsize=2048)(Expression)
_long = functools.lru_cache(maxsize=32)(Expression)


def walk(node: Node) -> Iterator[Node]:
    """`node` and everything under it."""
    stack = [node]
    while stack:
        current = stack.pop()
        yield current
        stack.extend(current.children())


def _roots(tree: Node) -> Iterator[Root]:
    for node in walk(tree):
        if isinstance(node, Name):
            text = node.word.text
            yield Root(text, node.start + 1, tuple(text.split("-")) if "-" in text else ())
        elif isinstance(node, TextTemplate):
            for inner in node.template.expressions():
                yield from (Root(root.name, node.start + 1, root.parts) for root in inner.roots)


class _Tokens(Lexer):
    """Hands our tokens to Lark."""

    def __init__(self, lexer_conf: Any) -> None:
        pass

    def lex(self, data: Any) -> Iterator[Token]:  # type: ignore[override]  # the state that Lark passes is our own
        source, splits = data
        for token in lexer.tokens(source, splits):
            yield Token(token.kind, token, start_pos=token.start, end_pos=token.end)


_GRAMMAR = resources.files(__package__).joinpath("grammar.lark").read_text("utf-8")
_LARK = Lark(_GRAMMAR, parser="lalr", lexer=_Tokens, maybe_placeholders=False)


def parse_tree(source: str, splits: frozenset[int]) -> Node:
    """The tree of `source`, with the dashes at the offsets `splits` read as minus. Raises ExpressionSyntaxError."""
    if not source.strip():
        raise ExpressionSyntaxError("The expression is empty.", 1)
    if len(source) > MAX_SOURCE:
        raise ExpressionSyntaxError(f"The expression has {len(source)} characters; {MAX_SOURCE} are allowed.", 1)
    if source.isascii() is False and any(0xD800 <= ord(char) < 0xE000 for char in source):
        raise ExpressionSyntaxError("The expression holds half a character (a lone surrogate).", 1)
    if _SIMPLE.fullmatch(source) and source not in lexer.LITERALS:
        return _simple_tree(source)
    try:
        tree: Any = _LARK.parse((source, splits))
        node: Node = Builder(source, splits).transform(tree)
    except VisitError as exc:
        if isinstance(exc.orig_exc, ExpressionSyntaxError):
            raise exc.orig_exc from None
        raise
    except UnexpectedInput as exc:
        raise _unexpected(source, exc) from exc
    except RecursionError as exc:
        raise ExpressionSyntaxError("The expression is nested too deeply.", 1) from exc
    return node


_SIMPLE = re.compile(r"[^\W\d]\w*(?:\.[^\W\d]\w*|\[\d{1,9}\])*")
_STEP = re.compile(r"\.(\w+)|\[(\d+)\]")


def _simple_tree(source: str) -> Node:
    """The tree of `a.b[0].c`, which is what most templates hold: far quicker than through the grammar."""
    builder = Builder(source, frozenset())
    end = next((i for i, char in enumerate(source) if char in ".["), len(source))
    head = builder.place(Name(lexer.Word(source[:end], 0)), 0, end)
    if end == len(source):
        return head
    accesses: list[Access] = []
    for found in _STEP.finditer(source, end):
        if found[1]:
            accesses.append(Member(lexer.Word(found[1], found.start(1)), found.end(), optional=False))
        else:
            number = builder.place(Literal(int(found[2])), found.start(2), found.end(2))
            accesses.append(Index(number, found.end(), optional=False))
    return builder.place(Path(head, tuple(accesses)), 0, len(source))


def _unexpected(source: str, exc: UnexpectedInput) -> ExpressionSyntaxError:
    token = getattr(exc, "token", None)
    expected = set(getattr(exc, "expected", ()) or getattr(exc, "accepts", ()) or ())
    closing = next((shown for kind, shown in _SHOWN.items() if kind in expected and kind not in ("$END", "COMMA")), "")
    if token is None or token.type == "$END":
        wanted = f"{closing} is missing" if closing and "NAME" not in expected else "A value is missing"
        return ExpressionSyntaxError(f"{wanted} at the end.", len(source.rstrip()) + 1)
    at = token.value.start
    text = source[at : token.value.end]
    wanted = "a value is expected" if "NAME" in expected else f"{closing or 'an operator'} is expected"
    return ExpressionSyntaxError(f"Before {text} {wanted}.", at + 1)
