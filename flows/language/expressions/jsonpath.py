"""JSONPath (RFC 9535) as an operand of an expression.

The library reads the path and checks it; we walk its tree ourselves, so that every node visited counts against the
budget, patterns cannot hang, and numbers compare exactly.
"""

import functools
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from jsonpath import JSONPath, JSONPathEnvironment
from jsonpath import filter as lib
from jsonpath.exceptions import JSONPathError
from jsonpath.segments import JSONPathRecursiveDescentSegment
from jsonpath.selectors import Filter, IndexSelector, NameSelector, SliceSelector, WildcardSelector

from flows.language.expressions import patterns
from flows.language.expressions.budget import Budget
from flows.language.expressions.errors import EvaluationError, ExpressionSyntaxError, LimitReached
from flows.language.expressions.numbers import less as number_less
from flows.language.expressions.operators import equal
from flows.language.values import MISSING, Headers, is_number

_ENVIRONMENT = JSONPathEnvironment(strict=True, filter_caching=False)
_NAME = re.compile(r"[^\W\d]\w*")
_DASHED = re.compile(r"-\w+")
_PLAIN = (lib.BooleanLiteral, lib.StringLiteral, lib.IntegerLiteral, lib.FloatLiteral)
_MAX_NESTING = 90
_MAX_SEGMENTS = 100
_FUNCTIONS = frozenset({"length", "count", "match", "search", "value"})


@dataclass(frozen=True, slots=True)
class Scanned:
    """A JSONPath cut out of an expression. `query` is what the RFC reads; `.length` at the end is ours."""

    text: str
    query: str
    start: int
    end: int
    has_length: bool
    dashes: tuple[tuple[int, str], ...]  # where a dash stands inside a name, and the query up to it


def scan(source: str, start: int, splits: frozenset[int]) -> Scanned:
    """The JSONPath that begins with the `$` at `start`."""
    at, parts, dashes = start + 1, ["$"], []
    length_from: int | None = None
    while True:
        begin = at
        at, part, found = _segment(source, at, splits)
        if part is None:
            break
        length_from = begin if source[begin:at] == ".length" else None
        dashes += [(offset, "".join(parts) + before) for offset, before in found]
        parts.append(part)
    has_length = length_from is not None
    query = "".join(parts[:-1] if has_length else parts)
    return Scanned(source[start:at], query, start, at, has_length, tuple(dashes))


def _segment(source: str, at: int, splits: frozenset[int]) -> tuple[int, str | None, list[tuple[int, str]]]:
    """The end of the segment at `at`, the segment as the RFC writes it (None: there is none), the dashes in it."""
    if source.startswith("[", at):
        end = _bracket(source, at)
        return end, source[at:end], []
    dots = ".." if source.startswith("..", at) else "." if source.startswith(".", at) else ""
    if not dots:
        return at, None, []
    after = at + len(dots)
    if source.startswith("*", after):
        return after + 1, f"{dots}*", []
    if dots == ".." and source.startswith("[", after):
        end = _bracket(source, after)
        return end, source[at:end], []
    name = _NAME.match(source, after)
    if not name:
        raise ExpressionSyntaxError("After a dot in a JSONPath there is no name.", after + 1)
    if dots == "." and source[name.end() :].lstrip().startswith("("):
        return at, None, []  # a method of what was found
    return _dashed(source, name, dots, splits)


def _dashed(
    source: str, name: re.Match[str], dots: str, splits: frozenset[int]
) -> tuple[int, str, list[tuple[int, str]]]:
    end, found = name.end(), []
    while end not in splits and (part := _DASHED.match(source, end)):
        found.append((end, f"{dots}{source[name.start() : end]}" if "-" not in source[name.start() : end] else ""))
        end = part.end()
    whole = source[name.start() : end]
    if "-" not in whole:
        return end, f"{dots}{whole}", []
    return end, f"{'..' if dots == '..' else ''}['{whole}']", [item for item in found if item[1]]


def _bracket(source: str, at: int) -> int:
    begin, depth = at, 0
    while at < len(source):
        char = source[at]
        if char in "\"'":
            closing = re.compile(rf"{char}(?:[^{char}\\]|\\.)*{char}", re.S).match(source, at)
            if not closing:
                raise ExpressionSyntaxError(f"The text that begins with {char} is never closed.", at + 1)
            at = closing.end()
            continue
        depth += (char in "[(") - (char in "])")
        if depth > _MAX_NESTING:
            raise ExpressionSyntaxError(f"The JSONPath is nested more than {_MAX_NESTING} deep.", at + 1)
        at += 1
        if depth == 0:
            return at
    raise ExpressionSyntaxError("[ is never closed.", begin + 1)


class JsonPath:
    """A query, ready to run. `is_singular`: it leads to at most one value. `first_key`: the key it begins with."""

    __slots__ = ("_segments", "first_key", "is_singular", "source")

    def __init__(self, source: str, segments: tuple[Any, ...], is_singular: bool) -> None:
        self.source = source
        self._segments = segments
        self.is_singular = is_singular
        self.first_key = _first_key(segments)

    def find(self, root: Any, budget: Budget) -> list[Any]:
        """Every value it leads to, in order."""
        return list(_walk(self._segments, root, root, budget))

    def value(self, root: Any, budget: Budget) -> Any:
        """The value of a singular query, or MISSING; the list of values of any other."""
        found = self.find(root, budget)
        if not self.is_singular:
            return found
        return found[0] if found else MISSING


@functools.lru_cache(maxsize=512)
def compile_query(query: str) -> JsonPath:
    """The RFC 9535 query in `query`. Raises ExpressionSyntaxError; the column is within `query`."""
    try:
        path = _ENVIRONMENT.compile(query)
        if not isinstance(path, JSONPath):
            raise NotImplementedError  # unions are not of RFC 9535
        segments, singular = path.segments, path.singular_query()
        _check(segments)
    except JSONPathError as exc:
        message = exc.args[0] if exc.args and isinstance(exc.args[0], str) else str(exc)
        token = getattr(exc, "token", None)
        index = getattr(token, "index", -1)
        column = index + 1 if index >= 0 else len(query)
        raise ExpressionSyntaxError(f"{query} is not a JSONPath: {message}.", max(1, column)) from exc
    except (ValueError, ArithmeticError, LookupError, RuntimeError, TypeError, AttributeError) as exc:
        raise ExpressionSyntaxError(f"{query} is not a JSONPath.", 1) from exc
    return JsonPath(query, segments, singular)


def _check(segments: tuple[Any, ...]) -> None:
    if len(segments) > _MAX_SEGMENTS:
        raise NotImplementedError
    for segment in segments:
        for selector in segment.selectors:
            if isinstance(selector, Filter):
                _check_filter(selector.expression.expression)
            elif not isinstance(selector, NameSelector | IndexSelector | SliceSelector | WildcardSelector):
                raise NotImplementedError


def _check_filter(node: Any) -> None:
    if isinstance(node, lib.RelativeFilterQuery | lib.RootFilterQuery):
        _check(tuple(node.path.segments))
    elif isinstance(node, lib.FunctionExtension):
        if node.name not in _FUNCTIONS:
            raise NotImplementedError
        for argument in node.args:
            _check_filter(argument)
    elif isinstance(node, lib.InfixExpression):
        _check_filter(node.left)
        _check_filter(node.right)
    elif isinstance(node, lib.PrefixExpression):
        _check_filter(node.right)
    elif not isinstance(node, (lib.Nil, *_PLAIN)):
        raise NotImplementedError


def _first_key(segments: tuple[Any, ...]) -> str | None:
    if not segments or isinstance(segments[0], JSONPathRecursiveDescentSegment) or len(segments[0].selectors) != 1:
        return None
    selector = segments[0].selectors[0]
    return selector.name if isinstance(selector, NameSelector) else None


def _walk(segments: tuple[Any, ...], node: Any, root: Any, budget: Budget) -> Iterator[Any]:
    if not segments:
        yield node
        return
    segment, rest = segments[0], segments[1:]
    starts = _descend(node, budget) if isinstance(segment, JSONPathRecursiveDescentSegment) else (node,)
    for start in starts:
        for selector in segment.selectors:
            for child in _select(selector, start, root, budget):
                budget.tick()
                yield from _walk(rest, child, root, budget)


def _descend(node: Any, budget: Budget) -> Iterator[Any]:
    stack, depth = [iter((node,))], 0
    while stack:
        for item in stack[-1]:
            budget.tick()
            yield item
            if isinstance(item, dict | list):
                stack.append(iter(list(item.values()) if isinstance(item, dict) else item))
                break
        else:
            stack.pop()
        depth = max(depth, len(stack))
        if depth > 5_000:
            raise LimitReached("The value is nested too deeply for a JSONPath.")


def _select(selector: Any, node: Any, root: Any, budget: Budget) -> Iterable[Any]:
    if isinstance(selector, NameSelector):
        return _member(node, selector.name)
    if isinstance(selector, IndexSelector):
        inside = isinstance(node, list) and -len(node) <= selector.index < len(node)
        return (node[selector.index],) if inside else ()
    if isinstance(selector, SliceSelector):
        return node[selector.slice] if isinstance(node, list) and selector.slice.step != 0 else ()
    children: Iterable[Any] = node.values() if isinstance(node, Mapping) else node if isinstance(node, list) else ()
    if isinstance(selector, Filter):
        condition = selector.expression.expression
        return (child for child in children if _holds(condition, child, root, budget))
    return children


def _member(node: Any, name: str) -> tuple[Any, ...]:
    if isinstance(node, Headers):
        value = node.find(name)
        return () if value is MISSING else (value,)
    return (node[name],) if isinstance(node, Mapping) and name in node else ()


def _holds(node: Any, current: Any, root: Any, budget: Budget) -> bool:
    """Whether a condition in `[?…]` holds for `current`."""
    budget.tick()
    if isinstance(node, lib.PrefixExpression):
        return not _holds(node.right, current, root, budget)
    if isinstance(node, lib.InfixExpression):
        if node.operator == "&&":
            return _holds(node.left, current, root, budget) and _holds(node.right, current, root, budget)
        if node.operator == "||":
            return _holds(node.left, current, root, budget) or _holds(node.right, current, root, budget)
        return _compare(node, current, root, budget)
    if isinstance(node, lib.FilterQuery):
        return any(True for _ in _nodes(node, current, root, budget))
    return _value(node, current, root, budget) is True


def _compare(node: Any, current: Any, root: Any, budget: Budget) -> bool:
    left, right = (_value(side, current, root, budget) for side in (node.left, node.right))
    operator = node.operator
    if operator == "==":
        return _same(left, right, budget)
    if operator == "!=":
        return not _same(left, right, budget)
    if operator in (">", ">="):
        left, right = right, left
    if operator in ("<=", ">=") and _same(left, right, budget):
        return True
    if isinstance(left, str) and isinstance(right, str):
        return left < right
    return is_number(left) and is_number(right) and number_less(left, right)


def _same(left: Any, right: Any, budget: Budget) -> bool:
    if left is MISSING or right is MISSING:
        return left is right
    return equal(left, right, budget)


def _nodes(query: Any, current: Any, root: Any, budget: Budget) -> Iterator[Any]:
    start = root if isinstance(query, lib.RootFilterQuery) else current
    return _walk(tuple(query.path.segments), start, root, budget)


def _value(node: Any, current: Any, root: Any, budget: Budget) -> Any:
    """What an operand of a comparison is worth; MISSING is the RFC's Nothing."""
    if isinstance(node, lib.FilterQuery):
        return next(_nodes(node, current, root, budget), MISSING)
    if isinstance(node, lib.FunctionExtension):
        return _call(node, current, root, budget)
    return None if isinstance(node, lib.Nil) else node.value


def _call(node: Any, current: Any, root: Any, budget: Budget) -> Any:
    if node.name in ("count", "value"):
        found = list(_nodes(node.args[0], current, root, budget))
        if node.name == "count":
            return len(found)
        return found[0] if len(found) == 1 else MISSING
    values = [_value(argument, current, root, budget) for argument in node.args]
    if node.name == "length":
        return len(values[0]) if isinstance(values[0], str | list | dict) else MISSING
    if not all(isinstance(value, str) for value in values):
        return False
    budget.text(len(values[0]))
    try:
        return (patterns.matches_whole if node.name == "match" else patterns.search)(values[1], values[0])
    except EvaluationError:
        return False  # RFC 9535 §2.4.6: what is no I-Regexp matches nothing
