"""The tree of an expression: small objects that evaluate themselves. They hold no state of an evaluation."""

from collections.abc import Iterator
from typing import Any

from flows.language.expressions import operators
from flows.language.expressions.errors import EvaluationError, ValueMissing
from flows.language.expressions.evaluate import Run, present
from flows.language.values import Missing, is_missing


class Node:
    """Base. `start` and `end` are its place in `source`; `depth` how deep the tree under it is."""

    __slots__ = ("depth", "end", "source", "start")

    start: int
    end: int
    source: str
    depth: int

    def evaluate(self, run: Run) -> Any:
        """Its value, or a Missing."""
        raise NotImplementedError

    def children(self) -> Iterator["Node"]:
        """The nodes right below it."""
        return iter(())

    def shown(self) -> str:
        """Its text, on one line."""
        return " ".join(self.source[self.start : self.end].split())


class Literal(Node):
    """A value as written."""

    __slots__ = ("value",)

    def __init__(self, value: Any) -> None:
        self.value = value

    def evaluate(self, run: Run) -> Any:  # noqa: ARG002 - as every node
        return self.value


class TextTemplate(Node):
    """A text in quotes with `${…}` in it: always text."""

    __slots__ = ("template",)

    def __init__(self, template: Any) -> None:
        self.template = template

    def evaluate(self, run: Run) -> Any:
        return self.template.as_text(run, at=self.start)


class Group(Node):
    """`(…)` or `${…}`."""

    __slots__ = ("inner",)

    def __init__(self, inner: Node) -> None:
        self.inner = inner

    def evaluate(self, run: Run) -> Any:
        return run.eval(self.inner)

    def children(self) -> Iterator[Node]:
        yield self.inner


class Array(Node):
    """`[a, b]`."""

    __slots__ = ("items",)

    def __init__(self, items: tuple[Node, ...]) -> None:
        self.items = items

    def evaluate(self, run: Run) -> Any:
        return run.budget.made([run.need(item) for item in self.items])

    def children(self) -> Iterator[Node]:
        return iter(self.items)


class Object(Node):
    """`{"a": 1}`."""

    __slots__ = ("pairs",)

    def __init__(self, pairs: tuple[tuple[str, Node], ...]) -> None:
        self.pairs = pairs

    def evaluate(self, run: Run) -> Any:
        return run.budget.made({key: run.need(value) for key, value in self.pairs})

    def children(self) -> Iterator[Node]:
        return (value for _, value in self.pairs)


class Compare(Node):
    """`== != < <= > >=`. What is missing may meet only a null, and only as equal or not."""

    __slots__ = ("left", "operator", "right")

    def __init__(self, operator: str, left: Node, right: Node) -> None:
        self.operator = operator
        self.left = left
        self.right = right

    def evaluate(self, run: Run) -> Any:
        left, right = run.eval(self.left), run.eval(self.right)
        if is_missing(left) or is_missing(right):
            return self._with_missing(left, right, run)
        return operators.compare(self.operator, left, right, run.budget)

    def _with_missing(self, left: Any, right: Any, run: Run) -> bool:
        values = [value if not is_missing(value) else self._as_null(value) for value in (left, right)]
        if any(is_missing(value) for value in values):
            is_null_test = self.operator in ("==", "!=") and None in values
            if not is_null_test:
                raise ValueMissing(next(value for value in values if is_missing(value)))
            return self.operator == "=="
        return operators.compare(self.operator, values[0], values[1], run.budget)

    @staticmethod
    def _as_null(missing: Missing) -> Missing | None:
        if missing.soft:
            return None
        if missing.unknown or missing.deep:
            raise ValueMissing(missing)
        return missing

    def children(self) -> Iterator[Node]:
        yield self.left
        yield self.right


class WordOperator(Node):
    """`contains`, `in`, `startsWith`, `endsWith`, `matches`, and their opposites."""

    __slots__ = ("left", "negated", "operator", "right")

    def __init__(self, operator: str, negated: bool, left: Node, right: Node) -> None:
        self.operator = operator
        self.negated = negated
        self.left = left
        self.right = right

    def evaluate(self, run: Run) -> Any:
        left, right = run.need(self.left), run.need(self.right)
        return operators.WORD_OPERATORS[self.operator](left, right, run.budget) is not self.negated

    def children(self) -> Iterator[Node]:
        yield self.left
        yield self.right


class Exists(Node):
    """`x exists`: whether the path leads to something. Null is something."""

    __slots__ = ("negated", "operand")

    def __init__(self, operand: Node, negated: bool) -> None:
        self.operand = operand
        self.negated = negated

    def evaluate(self, run: Run) -> Any:
        try:
            found = not is_missing(run.eval(self.operand))
        except ValueMissing:
            found = False
        return found is not self.negated

    def children(self) -> Iterator[Node]:
        yield self.operand


class TypeTest(Node):
    """`x is number`. Of what is missing, `is null` holds, as `== null` does."""

    __slots__ = ("negated", "operand", "wanted")

    def __init__(self, operand: Node, negated: bool, wanted: str) -> None:
        self.operand = operand
        self.negated = negated
        self.wanted = wanted

    def evaluate(self, run: Run) -> Any:
        value = run.eval(self.operand)
        if is_missing(value):
            if (value.unknown or value.deep) and not value.soft:
                raise ValueMissing(value)
            value = None
        return operators.is_type(value, self.wanted) is not self.negated

    def children(self) -> Iterator[Node]:
        yield self.operand


class Logical(Node):
    """`and`, `or` over all their operands, from the left, as far as needed."""

    __slots__ = ("operands", "operator")

    def __init__(self, operator: str, operands: tuple[Node, ...]) -> None:
        self.operator = operator
        self.operands = operands

    def evaluate(self, run: Run) -> Any:
        decisive = self.operator == "or"
        for operand in self.operands:
            if run.need_bool(operand) is decisive:
                return decisive
        return not decisive

    def children(self) -> Iterator[Node]:
        return iter(self.operands)


class Not(Node):
    """`not x`, `!x`."""

    __slots__ = ("operand",)

    def __init__(self, operand: Node) -> None:
        self.operand = operand

    def evaluate(self, run: Run) -> Any:
        return not run.need_bool(self.operand)

    def children(self) -> Iterator[Node]:
        yield self.operand


class Otherwise(Node):
    """`a ?? b`: b when a is null or leads nowhere."""

    __slots__ = ("left", "right")

    def __init__(self, left: Node, right: Node) -> None:
        self.left = left
        self.right = right

    def evaluate(self, run: Run) -> Any:
        try:
            value = run.eval(self.left)
        except ValueMissing:
            value = None
        return run.eval(self.right) if value is None or is_missing(value) else value

    def children(self) -> Iterator[Node]:
        yield self.left
        yield self.right


class Choice(Node):
    """`test ? a : b`."""

    __slots__ = ("other", "test", "then")

    def __init__(self, test: Node, then: Node, other: Node) -> None:
        self.test = test
        self.then = then
        self.other = other

    def evaluate(self, run: Run) -> Any:
        return run.eval(self.then if run.need_bool(self.test) else self.other)

    def children(self) -> Iterator[Node]:
        yield self.test
        yield self.then
        yield self.other


class Arithmetic(Node):
    """`+ - * / %`."""

    __slots__ = ("left", "operator", "right")

    def __init__(self, operator: str, left: Node, right: Node) -> None:
        self.operator = operator
        self.left = left
        self.right = right

    def evaluate(self, run: Run) -> Any:
        return operators.arithmetic(self.operator, run.need(self.left), run.need(self.right), run.budget)

    def children(self) -> Iterator[Node]:
        yield self.left
        yield self.right


class Negative(Node):
    """`-x`."""

    __slots__ = ("operand",)

    def __init__(self, operand: Node) -> None:
        self.operand = operand

    def evaluate(self, run: Run) -> Any:
        return operators.negative(run.need(self.operand))

    def children(self) -> Iterator[Node]:
        yield self.operand


class Item(Node):
    """`#`: the element a closure looks at."""

    __slots__ = ()

    def evaluate(self, run: Run) -> Any:
        if not run.items:
            raise EvaluationError("# stands for an element only inside { } of any, all, filter and their like.")
        return run.items[-1]


class Closure(Node):
    """`{# > 1}`: evaluated once per element, by the function it is given to."""

    __slots__ = ("body",)

    def __init__(self, body: Node) -> None:
        self.body = body

    def evaluate(self, run: Run) -> Any:  # noqa: ARG002 - as every node
        raise EvaluationError(f"{self.shown()} goes only into any, all, none, one, count, filter, map and find.")

    def of(self, item: Any, run: Run) -> Any:
        """Its value for one element."""
        run.items.append(item)
        value = run.eval(self.body)
        run.items.pop()
        return present(value)

    def children(self) -> Iterator[Node]:
        yield self.body
