"""Turns what Lark parsed into nodes."""

from typing import Any

from lark import Token, v_args
from lark.visitors import Transformer_NonRecursive

from flows.language.expressions import functions
from flows.language.expressions.access import Access, Call, Index, JsonPathNode, Member, Method, Name, Path, Slice
from flows.language.expressions.budget import MAX_DEPTH
from flows.language.expressions.errors import ExpressionSyntaxError
from flows.language.expressions.jsonpath import compile_query
from flows.language.expressions.lexer import Tok
from flows.language.expressions.nodes import (
    Arithmetic,
    Array,
    Choice,
    Closure,
    Compare,
    Exists,
    Group,
    Item,
    Literal,
    Logical,
    Negative,
    Node,
    Not,
    Object,
    Otherwise,
    TextTemplate,
    TypeTest,
    WordOperator,
)

_ORDERS = ("<", "<=", ">", ">=")
_NAMESPACES = ("random", "FAKER")


def tok(token: Token) -> Tok:
    """Our own token inside Lark's."""
    value: Tok = token.value
    return value


@v_args(inline=True)
class Builder(Transformer_NonRecursive[Any, Any]):
    """One method per rule of the grammar."""

    def __init__(self, source: str, splits: frozenset[int]) -> None:
        super().__init__(visit_tokens=False)
        self.source = source
        self.splits = splits

    def place(self, node: Node, start: int, end: int) -> Node:
        """`node`, told where in the source it stands."""
        node.source, node.start, node.end = self.source, start, end
        node.depth = 1 + max((child.depth for child in node.children()), default=0)
        if node.depth > MAX_DEPTH:
            raise ExpressionSyntaxError(f"The expression is nested more than {MAX_DEPTH} deep.", start + 1)
        return node

    def _over(self, node: Node, first: Node, last: Node) -> Node:
        return self.place(node, first.start, last.end)

    def _from(self, node: Node, token: Token) -> Node:
        return self.place(node, tok(token).start, tok(token).end)

    def start(self, node: Node) -> Node:
        return node

    # operators

    def choice(self, test: Node, _q: Token, then: Node, _c: Token, other: Node) -> Node:
        return self._over(Choice(test, then, other), test, other)

    def otherwise(self, left: Node, _op: Token, right: Node) -> Node:
        return self._over(Otherwise(left, right), left, right)

    def either(self, left: Node, _op: Token, right: Node) -> Node:
        return self._logical("or", left, right)

    def both(self, left: Node, _op: Token, right: Node) -> Node:
        return self._logical("and", left, right)

    def _logical(self, operator: str, left: Node, right: Node) -> Node:
        chain = left.operands if isinstance(left, Logical) and left.operator == operator else (left,)
        return self._over(Logical(operator, (*chain, right)), left, right)

    def denial(self, token: Token, operand: Node) -> Node:
        return self.place(Not(operand), tok(token).start, operand.end)

    def compare(self, left: Node, token: Token, right: Node) -> Node:
        operator = tok(token).value
        if operator in _ORDERS and isinstance(left, Compare) and left.operator in _ORDERS:
            raise ExpressionSyntaxError("Two comparisons in a row: join them with and.", tok(token).start + 1)
        return self._over(Compare(operator, left, right), left, right)

    def word(self, left: Node, token: Token, right: Node) -> Node:
        operator: str = tok(token).value
        negated = operator.startswith("not ")
        return self._over(WordOperator(operator.removeprefix("not "), negated, left, right), left, right)

    def exists(self, operand: Node, token: Token) -> Node:
        return self.place(Exists(operand, tok(token).value), operand.start, tok(token).end)

    def type_test(self, operand: Node, token: Token) -> Node:
        negated, wanted = tok(token).value
        return self.place(TypeTest(operand, negated, wanted), operand.start, tok(token).end)

    def arithmetic(self, left: Node, token: Token, right: Node) -> Node:
        return self._over(Arithmetic(tok(token).value, left, right), left, right)

    def negative(self, token: Token, operand: Node) -> Node:
        return self.place(Negative(operand), tok(token).start, operand.end)

    # paths

    def _path(self, head: Node, access: Access) -> Node:
        before = head.accesses if isinstance(head, Path) else ()
        start = head.start
        return self.place(Path(head.head if isinstance(head, Path) else head, (*before, access)), start, access.end)

    def member(self, head: Node, dot: Token, name: Token) -> Node:
        return self._path(head, Member(tok(name).value, tok(name).end, _is_optional(dot)))

    def method(self, head: Node, dot: Token, name: Token, _l: Token, arguments: tuple[Node, ...], close: Token) -> Node:
        word = tok(name)
        if not _is_namespace(head):
            arguments = self._checked(word, arguments, given=1)
        return self._path(head, Method(word.value, arguments, tok(close).end, _is_optional(dot)))

    def index(self, head: Node, _l: Token, key: Node, close: Token) -> Node:
        return self._path(head, Index(key, tok(close).end, False))

    def optional_index(self, head: Node, _d: Token, _l: Token, key: Node, close: Token) -> Node:
        return self._path(head, Index(key, tok(close).end, True))

    def slice(self, head: Node, *parts: Any) -> Node:
        bounds = tuple(part[0] for part in parts if isinstance(part, tuple))
        return self._path(head, Slice(bounds, tok(parts[-1]).end))

    def bound(self, node: Node | None = None) -> tuple[Node | None]:
        return (node,)

    # operands

    def literal(self, token: Token) -> Node:
        return self._from(Literal(tok(token).value), token)

    def text(self, token: Token) -> Node:
        from flows.language.templates import inner_template

        text: str = tok(token).value
        if "${" not in text and "{{" not in text:
            return self.literal(token)
        template = inner_template(text, column=tok(token).start + 1)
        return self._from(TextTemplate(template) if template.is_dynamic else Literal(template.plain_text()), token)

    def name(self, token: Token) -> Node:
        return self._from(Name(tok(token).value), token)

    def item(self, token: Token) -> Node:
        return self._from(Item(), token)

    def item_member(self, dot: Token, name: Token) -> Node:
        return self.member(self.place(Item(), tok(dot).start, tok(dot).start), dot, name)

    def item_method(self, dot: Token, name: Token, left: Token, arguments: tuple[Node, ...], close: Token) -> Node:
        return self.method(self.place(Item(), tok(dot).start, tok(dot).start), dot, name, left, arguments, close)

    def jsonpath(self, token: Token) -> Node:
        scanned = tok(token).value
        try:
            path = compile_query(scanned.query)
        except ExpressionSyntaxError as exc:
            raise ExpressionSyntaxError(exc.message, min(scanned.start + exc.column, scanned.end)) from exc
        return self._from(JsonPathNode(scanned, path), token)

    def template(self, token: Token) -> Node:
        from flows.language.templates import inner_node

        begin, end = tok(token).value
        return self._from(Group(inner_node(self.source, begin, end, self.splits)), token)

    def call(self, token: Token, _l: Token, arguments: tuple[Node, ...], close: Token) -> Node:
        word = tok(token)
        if word.value == "exists" and len(arguments) == 1:
            return self.place(Exists(arguments[0], False), word.start, tok(close).end)
        checked = self._checked(word, arguments, given=0)
        return self.place(Call(word.value, checked), word.start, tok(close).end)

    def _checked(self, word: Tok, arguments: tuple[Node, ...], given: int) -> tuple[Node, ...]:
        """The arguments of a function, its condition as a closure even when written without { }."""
        function = functions.FUNCTIONS.get(word.value)
        if function is None:
            raise ExpressionSyntaxError(functions.unknown(word.value), word.start + 1)
        problem = functions.arity_problem(word.value, given + len(arguments))
        if problem:
            raise ExpressionSyntaxError(problem, word.start + 1)
        if not function.closure or given + len(arguments) < 2 or isinstance(arguments[-1], Closure):
            return arguments
        last = arguments[-1]
        return (*arguments[:-1], self._over(Closure(last), last, last))

    def group(self, opening: Token, inner: Node, closing: Token) -> Node:
        return self.place(Group(inner), tok(opening).start, tok(closing).end)

    def array(self, opening: Token, items: tuple[Node, ...], closing: Token) -> Node:
        return self.place(Array(items), tok(opening).start, tok(closing).end)

    def object(self, opening: Token, *parts: Any) -> Node:
        pairs = tuple(part for part in parts if isinstance(part, tuple))
        return self.place(Object(pairs), tok(opening).start, tok(parts[-1]).end)

    def pair(self, key: Token, _c: Token, value: Node) -> tuple[str, Node]:
        return tok(key).value, value

    def closure(self, opening: Token, body: Node, closing: Token) -> Node:
        return self.place(Closure(body), tok(opening).start, tok(closing).end)

    def arguments(self, *parts: Any) -> tuple[Node, ...]:
        return tuple(part for part in parts if isinstance(part, Node))


def _is_optional(dot: Token) -> bool:
    return tok(dot).kind == "OPTDOT"


def _is_namespace(head: Node) -> bool:
    first = head.head if isinstance(head, Path) else head
    return isinstance(first, Name) and first.word.text in _NAMESPACES
