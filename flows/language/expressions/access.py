"""Names, members, indices, methods, JSONPath: the nodes that reach into values."""

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from typing import Any

from flows.language.expressions import functions
from flows.language.expressions.errors import EvaluationError
from flows.language.expressions.evaluate import DashIsMinus, Run
from flows.language.expressions.jsonpath import JsonPath, Scanned, compile_query
from flows.language.expressions.lexer import Word
from flows.language.expressions.nodes import Node
from flows.language.expressions.showing import shown
from flows.language.namespaces import Namespace
from flows.language.values import MISSING, Headers, Missing, is_missing, is_number, near, type_name


class Name(Node):
    """The first name of a path."""

    __slots__ = ("word",)

    def __init__(self, word: Word) -> None:
        self.word = word

    def evaluate(self, run: Run) -> Any:
        value = self.reach(run)
        if isinstance(value, Namespace):
            raise EvaluationError(value.hint(self.word.text))
        return value

    def reach(self, run: Run) -> Any:
        """Its value, which may be a namespace when a path goes on from it."""
        name = self.word.text
        value = run.scope.lookup(name, place=f"{run.place}@{self.start}")
        if is_missing(value) and "-" in name:
            for offset in reversed(self.word.dashes):
                if run.scope.has(name[: offset - self.word.start]):
                    raise DashIsMinus(offset)
        return value


class Access:
    """One step of a path. `optional`: written with `?.`."""

    __slots__ = ("end", "optional")

    def __init__(self, end: int, optional: bool) -> None:
        self.end = end
        self.optional = optional

    def apply(self, value: Any, run: Run, path: "Path", end: int) -> Any:
        """What `value`, reached by the text of `path` up to `end`, has there."""
        raise NotImplementedError

    def children(self) -> Iterator[Node]:
        """The expressions inside it."""
        return iter(())


class Member(Access):
    """`.name`."""

    __slots__ = ("word",)

    def __init__(self, word: Word, end: int, optional: bool) -> None:
        super().__init__(end, optional)
        self.word = word

    def apply(self, value: Any, run: Run, path: "Path", end: int) -> Any:  # noqa: ARG002 - as every access
        name = self.word.text
        found = member(value, name)
        if not is_missing(found):
            return found
        for offset in reversed(self.word.dashes):
            if not is_missing(member(value, name[: offset - self.word.start])):
                raise DashIsMinus(offset)
        before = path.text(end)
        return _no_member(value, name, before, f"{before}.{name}")


class Index(Access):
    """`[0]`, `["key"]`."""

    __slots__ = ("node",)

    def __init__(self, node: Node, end: int, optional: bool) -> None:
        super().__init__(end, optional)
        self.node = node

    def apply(self, value: Any, run: Run, path: "Path", end: int) -> Any:
        key = run.need(self.node)
        if isinstance(key, str):
            found = member(value, key) if isinstance(value, dict) else MISSING
            before = path.text(end) if is_missing(found) else ""
            return _no_member(value, key, before, f"{before}[{shown(key)}]") if is_missing(found) else found
        at = whole_index(key)
        if isinstance(value, list) and -len(value) <= at < len(value):
            return value[at]
        before = path.text(end)
        if isinstance(value, list):
            return Missing(f"{before}[{at}]", because=f"{before} has {_elements(len(value))}.")
        because = f"{before} is {_kind(value)}. Only a list has numbered elements."
        return Missing(f"{before}[{at}]", because=because, deep=True)

    def children(self) -> Iterator[Node]:
        yield self.node


class Slice(Access):
    """`[1:3]`."""

    __slots__ = ("bounds",)

    def __init__(self, bounds: tuple[Node | None, ...], end: int) -> None:
        super().__init__(end, optional=False)
        self.bounds = bounds

    def apply(self, value: Any, run: Run, path: "Path", end: int) -> Any:
        if not isinstance(value, list):
            raise EvaluationError(f"{path.text(end)} is {_kind(value)}; only a list can be sliced.")
        bounds = [None if bound is None else whole_index(run.need(bound)) for bound in self.bounds]
        if len(bounds) == 3 and bounds[2] == 0:
            raise EvaluationError("A slice cannot step by 0.")
        run.budget.tick(1 + len(value) // 16)
        return value[slice(*bounds)]

    def children(self) -> Iterator[Node]:
        return (bound for bound in self.bounds if bound is not None)


class Method(Access):
    """`.upper()`: a function whose first argument stands before the dot."""

    __slots__ = ("arguments", "name")

    def __init__(self, name: str, arguments: tuple[Node, ...], end: int, optional: bool) -> None:
        super().__init__(end, optional)
        self.name = name
        self.arguments = arguments

    def apply(self, value: Any, run: Run, path: "Path", end: int) -> Any:  # noqa: ARG002 - as every access
        if isinstance(value, Namespace):
            return value.call(self.name, [run.need(argument) for argument in self.arguments])
        return functions.call(run, self.name, [value], self.arguments)

    def children(self) -> Iterator[Node]:
        return iter(self.arguments)


class Path(Node):
    """`head` and the steps from there."""

    __slots__ = ("accesses", "head")

    def __init__(self, head: Node, accesses: tuple[Access, ...]) -> None:
        self.head = head
        self.accesses = accesses

    def evaluate(self, run: Run) -> Any:
        value = self.head.reach(run) if isinstance(self.head, Name) else run.eval(self.head)
        end = self.head.end
        for access in self.accesses:
            run.budget.tick()
            if is_missing(value) or value is None:
                return self._stop(value, access, end)
            value = access.apply(value, run, self, end)
            end = access.end
            if value is MISSING:
                value = Missing(self.text(end))
        if isinstance(value, Namespace):
            raise EvaluationError(value.hint(self.shown()))
        return value

    def text(self, end: int) -> str:
        """Its text up to `end`, on one line."""
        return " ".join(self.source[self.start : end].split())

    def _stop(self, value: Missing | None, access: Access, end: int) -> Any:
        """The path goes on, but there is nothing to go on from."""
        if value is None:
            before = self.text(end)
            if access.optional:
                return Missing(before, soft=True)
            return Missing(self.text(access.end), because=f"{before} is null.", deep=True)
        if access.optional and not (value.unknown or value.deep):
            return replace(value, soft=True)
        return value if value.soft else replace(value, deep=True)

    def children(self) -> Iterator[Node]:
        yield self.head
        for access in self.accesses:
            yield from access.children()


class Call(Node):
    """`len(x)`."""

    __slots__ = ("arguments", "name")

    def __init__(self, name: str, arguments: tuple[Node, ...]) -> None:
        self.name = name
        self.arguments = arguments

    def evaluate(self, run: Run) -> Any:
        value = functions.call(run, self.name, [], self.arguments)
        return Missing(self.shown()) if value is MISSING else value

    def children(self) -> Iterator[Node]:
        return iter(self.arguments)


class JsonPathNode(Node):
    """`$.items[?@.price > 3]`, over the result or its body."""

    __slots__ = ("path", "scanned")

    def __init__(self, scanned: Scanned, path: JsonPath) -> None:
        self.scanned = scanned
        self.path = path

    def evaluate(self, run: Run) -> Any:
        root = run.scope.jsonpath_root(self.path)
        value = self.path.value(root, run.budget)
        if is_missing(value) or value == []:
            self._retry_as_subtraction(root, run)
        if is_missing(value):
            return Missing(self.scanned.text, candidates=_jsonpath_candidates(root, self.path))
        if not self.scanned.has_length:
            return value
        length = member(value, "length")
        return (
            Missing(self.scanned.text, because=f"{self.scanned.query} is {_kind(value)}.")
            if is_missing(length)
            else length
        )

    def _retry_as_subtraction(self, root: Any, run: Run) -> None:
        for offset, before in self.scanned.dashes:
            if compile_query(before).find(root, run.budget):
                raise DashIsMinus(offset)


def member(value: Any, name: str) -> Any:
    """What `value` has under `name`, or MISSING. Lists and texts have a `length`, and nothing else."""
    if isinstance(value, Headers):
        return value.find(name)
    if isinstance(value, dict):
        return value.get(name, MISSING)
    if name == "length" and isinstance(value, list | str):
        return len(value)
    if isinstance(value, Namespace):
        return value.member(name)
    return MISSING


def _no_member(value: Any, name: str, before: str, path: str) -> Missing:
    if isinstance(value, dict):
        return Missing(path, candidates=tuple(f"{before}.{other}" for other in near(name, value)))
    hint = f" Write {before}[0] for its first element." if isinstance(value, list) else ""
    return Missing(path, because=f"{before} is {_kind(value)}.{hint}", deep=True)


def whole_index(key: Any) -> int:
    """`key` as the index of a list. Raises EvaluationError."""
    if is_number(key) and key == int(key) if not isinstance(key, Decimal) else key == key.to_integral_value():
        return int(key)
    raise EvaluationError(f"{shown(key)} is no index; a whole number is.")


def _kind(value: Any) -> str:
    name = type_name(value)
    return name if name == "null" else f"an {name}" if name == "object" else f"a {name}"


def _elements(count: int) -> str:
    return "no elements" if count == 0 else "1 element" if count == 1 else f"{count} elements"


def _jsonpath_candidates(root: Any, path: JsonPath) -> tuple[str, ...]:
    if path.first_key and isinstance(root, dict):
        return tuple(f"$.{name}" for name in near(path.first_key, root) if name != path.first_key)
    return ()
