"""Says why an assertion failed: what was there, what was expected, and the value of every part."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from flows.language.expressions.access import Call, JsonPathNode, Name, Path
from flows.language.expressions.nodes import (
    Arithmetic,
    Choice,
    Closure,
    Compare,
    Exists,
    Group,
    Literal,
    Logical,
    Negative,
    Node,
    Not,
    Otherwise,
    TextTemplate,
    TypeTest,
    WordOperator,
)
from flows.language.expressions.showing import shown
from flows.language.values import is_missing, type_name

Values = dict[int, Any]
_UNKNOWN = object()

_EXPECTED = {
    "<": "less than",
    "<=": "at most",
    ">": "more than",
    ">=": "at least",
    "contains": "it to contain",
    "not contains": "it not to contain",
    "in": "one of",
    "not in": "none of",
    "startsWith": "it to start with",
    "not startsWith": "it not to start with",
    "endsWith": "it to end with",
    "not endsWith": "it not to end with",
    "matches": "it to match",
    "not matches": "it not to match",
}
_TYPES = {
    "null": "null",
    "number": "a number",
    "string": "a text",
    "boolean": "true or false",
    "array": "a list",
    "object": "an object",
}


@dataclass(frozen=True, slots=True)
class Explanation:
    """What an expression that must be true came to."""

    operator: str
    actual: Any
    expected: Any
    node: Node
    values: Values

    @property
    def sentence(self) -> str:
        """Why it failed. Made when it is asked for: most assertions hold."""
        return _sentence(self.node, self.values)


def explain(tree: Node, values: Values) -> Explanation:
    """Explain `tree` as if it had failed; `values` are those its parts had, by node."""
    node = _bare(tree)
    operator = _operator(node)
    if isinstance(node, Compare | WordOperator):
        actual, expected = _sides(node, values)[1::2]
        return Explanation(operator, actual, expected, node, values)
    if isinstance(node, Exists):
        found = not is_missing(_value(node.operand, values)) and _value(node.operand, values) is not _UNKNOWN
        return Explanation(operator, found, not node.negated, node, values)
    if isinstance(node, TypeTest):
        return Explanation(operator, _value(node.operand, values), node.wanted, node, values)
    if isinstance(node, Not):
        return Explanation(operator, _value(node.operand, values), False, node, values)
    return Explanation(operator, _value(node, values), True, node, values)


def parts(tree: Node, values: Values) -> list[tuple[str, Any]]:
    """The source and value of every part of `tree` that was evaluated, in the order they are written."""
    found: dict[str, Any] = {}
    for node in sorted(_part_nodes(_bare(tree), at_top=True), key=lambda node: (node.start, -node.end)):
        if id(node) in values:
            found.setdefault(node.shown(), values[id(node)])
    return list(found.items())


def _part_nodes(node: Node, *, at_top: bool) -> Iterator[Node]:
    if isinstance(node, Literal | Closure):
        return
    is_reading = isinstance(node, Name | Path | JsonPathNode | Call | TextTemplate | Arithmetic | Negative)
    is_nested_test = not at_top and isinstance(
        node, Compare | WordOperator | Exists | TypeTest | Logical | Not | Choice | Otherwise
    )
    if is_reading or is_nested_test:
        yield node
    for child in node.children():
        if not (isinstance(node, Path) and child is node.head and isinstance(child, Name)):
            yield from _part_nodes(child, at_top=False)


def _bare(node: Node) -> Node:
    while isinstance(node, Group):
        node = node.inner
    return node


def _value(node: Node, values: Values) -> Any:
    return values.get(id(node), _UNKNOWN)


def _operator(node: Node) -> str:
    if isinstance(node, Compare | Logical):
        return node.operator
    if isinstance(node, WordOperator):
        return f"not {node.operator}" if node.negated else node.operator
    if isinstance(node, Exists):
        return "not exists" if node.negated else "exists"
    if isinstance(node, TypeTest):
        return "is not" if node.negated else "is"
    if isinstance(node, Not):
        return "not"
    return node.name if isinstance(node, Call) else ""


def _sides(node: Compare | WordOperator, values: Values) -> tuple[Node, Any, Node, Any]:
    """(what is looked at, its value, what it is held against, its value). `200 == status` looks at status."""
    left, right = node.left, node.right
    turns_round = isinstance(node, Compare) and node.operator in ("==", "!=")
    if turns_round and isinstance(_bare(left), Literal) and not isinstance(_bare(right), Literal):
        left, right = right, left
    return left, _value(left, values), right, _value(right, values)


def _sentence(node: Node, values: Values) -> str:
    node = _bare(node)
    if isinstance(node, Compare):
        return _compare_sentence(node, values)
    if isinstance(node, WordOperator):
        left, actual, _, expected = _sides(node, values)
        return f"{_is(left, actual)}, expected {_EXPECTED[_operator(node)]} {_shown(expected)}"
    if isinstance(node, Exists):
        value = _value(node.operand, values)
        return f"{_is(node.operand, value)}, expected it {'not ' if node.negated else ''}to exist"
    if isinstance(node, TypeTest):
        wanted = f"anything but {_TYPES[node.wanted]}" if node.negated else _TYPES[node.wanted]
        value = _value(node.operand, values)
        return f"{_is(node.operand, value)}{_typed(value)}, expected {wanted}"
    if isinstance(node, Logical):
        return _logical_sentence(node, values)
    if isinstance(node, Not):
        return f"{_is(node.operand, _value(node.operand, values))}, expected false"
    return f"{_is(node, _value(node, values))}, expected true"


def _compare_sentence(node: Compare, values: Values) -> str:
    left, actual, _, expected = _sides(node, values)
    if node.operator == "!=":
        otherwise = "anything but null" if expected is None else f"anything but {_shown(expected)}"
        return f"{_is(left, actual)}, expected {otherwise}"
    types_differ = actual is not None and expected is not None and type_name(actual) != type_name(expected)
    tags = (_typed(actual), _typed(expected)) if types_differ and not is_missing(actual) else ("", "")
    expectation = f"{_EXPECTED[node.operator]} " if node.operator in _EXPECTED else ""
    return f"{_is(left, actual)}{tags[0]}, expected {expectation}{_shown(expected)}{tags[1]}"


def _logical_sentence(node: Logical, values: Values) -> str:
    tried = [operand for operand in node.operands if _value(operand, values) is not _UNKNOWN]
    failed = [operand for operand in tried if _value(operand, values) is False]
    if not failed:
        return f"{node.shown()} is false, expected true"
    if node.operator == "and":
        return _sentence(failed[0], values)
    return "None of these held: " + "; ".join(_sentence(operand, values) for operand in failed)


def _is(node: Node, value: Any) -> str:
    if value is _UNKNOWN:
        return f"{node.shown()} was not reached"
    return f"{_bare(node).shown()} is {_shown(value)}"


def _shown(value: Any) -> str:
    return "unknown" if value is _UNKNOWN else shown(value)


def _typed(value: Any) -> str:
    return "" if value is _UNKNOWN else f" ({type_name(value)})"


def known(value: Any) -> Any:
    """`value` for the record: null for what is missing or was never worked out."""
    return None if value is _UNKNOWN or is_missing(value) else value
