"""YAML text → a tree that knows where everything stands.

libyaml reads the text event by event; this builds the tree from them, so that every limit holds while reading and a
hostile text is left early. Values follow the core schema of YAML 1.2 (`scalars`), aliases and merge keys are resolved.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final

import yaml

from flows.language import scalars
from flows.language.problems import Problem, nearest
from flows.language.yaml_errors import explain

MAX_BYTES: Final = 1024 * 1024
MAX_DEPTH: Final = 100  # of lists and objects; steps have their own, lower limit
MAX_REPEATED: Final = 2_000_000  # characters that aliases may add

_CONTROL = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_OLD_BREAKS = "\x85\u2028\u2029"  # line breaks in YAML 1.1, which libyaml reads, and ordinary characters in 1.2
_COLLECTION_TAGS = {None, "!", "tag:yaml.org,2002:map", "tag:yaml.org,2002:seq"}


@dataclass(slots=True, eq=False)
class Scalar:
    """A single value. `text` is what was written, quotes and escapes undone."""

    value: Any
    text: str
    style: str  # "" plain, ' " | >
    line: int
    column: int
    start: int
    end: int
    weight: int = 1
    height: int = 0


@dataclass(slots=True, eq=False)
class ListNode:
    line: int
    column: int
    items: list["Node"] = field(default_factory=list)
    weight: int = 1
    height: int = 1


@dataclass(slots=True, eq=False)
class MapNode:
    line: int
    column: int
    entries: dict[str, tuple[Scalar, "Node"]] = field(default_factory=dict)  # key text -> (key, value)
    weight: int = 1
    height: int = 1

    def get(self, key: str) -> "Node | None":
        """The value under `key`."""
        entry = self.entries.get(key)
        return entry[1] if entry else None


Node = Scalar | ListNode | MapNode
Place = tuple[str | int, ...]


@dataclass
class Document:
    """What was read. `root` is None when nothing can be said about the flow in it."""

    text: str
    root: Node | None
    problems: list[Problem]

    def position(self, node: Node, offset: int = 0) -> tuple[int, int]:
        """Line and column of `node`, or of the character `offset` of its text where that can be told."""
        if isinstance(node, Scalar) and offset > 0:
            return _inside(node, self.text[node.start : node.end], offset)
        return node.line, node.column


def read(text: str | bytes) -> Document:
    """Read one document. Never raises; what is wrong is in `problems`."""
    decoded = _decode(text)
    if isinstance(decoded, Problem):
        return Document("", None, [decoded])
    if found := _unreadable(decoded):
        return Document(decoded, None, found)
    reader = _Reader(decoded)
    reader.read()
    return Document(decoded, reader.root, reader.problems)


def plain(node: Node) -> Any:
    """The value of `node` as plain data."""
    if isinstance(node, Scalar):
        return node.value
    if isinstance(node, ListNode):
        return [plain(item) for item in node.items]
    return {key: plain(value) for key, (_, value) in node.entries.items()}


def find(node: Node, place: Place) -> Node:
    """The node at `place` below `node`, or the deepest there is on the way."""
    for part in place:
        below: Node | None = None
        if isinstance(node, MapNode) and isinstance(part, str):
            below = node.get(part)
        elif isinstance(node, ListNode) and isinstance(part, int) and part < len(node.items):
            below = node.items[part]
        elif isinstance(part, int):
            continue  # one item where a list may stand
        if below is None:
            break
        node = below
    return node


def _decode(text: str | bytes) -> str | Problem:
    size = len(text)
    if size <= MAX_BYTES and isinstance(text, str):
        size = len(text.encode("utf-8", "surrogatepass"))
    if size > MAX_BYTES:
        unit = "bytes" if isinstance(text, bytes) or len(text) <= MAX_BYTES else "characters"
        message = (
            f"The text has {size:,} {unit}; a flow may have {MAX_BYTES:,} bytes (1 MB). Split it into several flows."
        )
        return Problem("error", "too_large", message, 1, 1)
    if isinstance(text, str):
        return text.removeprefix("\ufeff")
    try:
        return text.decode("utf-8").removeprefix("\ufeff")
    except UnicodeDecodeError as exc:
        before = text[: exc.start].decode("utf-8")
        line, column = _line_and_column(before, len(before))
        message = f"The byte 0x{text[exc.start]:02x} is not UTF-8. Save the file as UTF-8."
        return Problem("error", "not_utf8", message, line, column)


def _unreadable(text: str) -> list[Problem]:
    problems = []
    for match in _CONTROL.finditer(text):
        line, column = _line_and_column(text, match.start())
        message = (
            f"The character U+{ord(match[0]):04X} cannot stand in YAML. Leave it out, "
            f'or write it inside double quotes as "\\x{ord(match[0]):02x}".'
            if ord(match[0]) < 256
            else f"The character U+{ord(match[0]):04X} cannot stand in YAML. Leave it out."
        )
        problems.append(Problem("error", "bad_character", message, line, column))
        if len(problems) == 10:
            break
    return problems


def _line_and_column(text: str, index: int) -> tuple[int, int]:
    lines = re.split(r"\r\n|\r|\n", text[:index])
    return len(lines), len(lines[-1]) + 1


class _Stop(Exception):
    """Nothing after this place can be read."""


@dataclass(slots=True)
class _Frame:
    """A list or an object that is being read."""

    node: ListNode | MapNode
    anchor: str | None
    key: Scalar | None = None
    has_key: bool = False  # the key may be one that cannot be used


class _Reader:
    def __init__(self, text: str) -> None:
        self.text = text
        self.root: Node | None = None
        self.problems: list[Problem] = []
        self._restore: dict[int, str] = {}
        self._frames: list[_Frame] = []
        self._anchors: dict[str, Node | None] = {}  # None while it is being read
        self._repeated = 0

    def read(self) -> None:
        try:
            for event in self._events():
                self._take(event)
        except _Stop:
            self.root = None
        except yaml.YAMLError as exc:
            self.problems.append(explain(exc, self.text))
            self.root = None
        else:
            if self.root is None and not self.problems:
                message = "The text holds no flow. A flow begins with flow: and has a name and steps."
                self.problems.append(Problem("error", "empty", message, 1, 1))

    def _events(self) -> Iterator[Any]:
        parser = yaml.CBaseLoader(self._without_old_breaks())
        try:
            while parser.check_event():
                yield parser.get_event()
        finally:
            parser.dispose()

    def _without_old_breaks(self) -> str:
        if not any(char in self.text for char in _OLD_BREAKS):
            return self.text
        unused = (code for code in range(0xE000, 0xF8FF) if chr(code) not in self.text)
        stand_ins = {ord(char): next(unused) for char in _OLD_BREAKS}
        self._restore = {code: chr(char) for char, code in stand_ins.items()}
        return self.text.translate(stand_ins)

    def _take(self, event: Any) -> None:
        if isinstance(event, yaml.ScalarEvent):
            self._add(self._scalar(event), event.anchor)
        elif isinstance(event, yaml.AliasEvent):
            self._add(self._aliased(event), None)
        elif isinstance(event, yaml.CollectionStartEvent):
            self._open(event)
        elif isinstance(event, yaml.CollectionEndEvent):
            self._close()
        elif isinstance(event, yaml.DocumentStartEvent) and self.root is not None:
            self._problem("several_documents", "A second document begins here; one text holds one flow.", event)
            raise _Stop

    def _open(self, event: Any) -> None:
        if len(self._frames) >= MAX_DEPTH:
            self._problem("too_deep", f"Lists and objects are nested more than {MAX_DEPTH} deep here.", event)
            raise _Stop
        if event.tag not in _COLLECTION_TAGS:
            self._problem("unknown_tag", f"The tag {_tag(event.tag)} is not read. Leave it out.", event)
        mark = event.start_mark
        made = MapNode if isinstance(event, yaml.MappingStartEvent) else ListNode
        self._frames.append(_Frame(made(mark.line + 1, mark.column + 1), event.anchor))
        if event.anchor is not None:
            self._anchors[event.anchor] = None

    def _close(self) -> None:
        frame = self._frames.pop()
        if isinstance(frame.node, MapNode):
            self._merge(frame.node)
        self._add(frame.node, frame.anchor)

    def _add(self, node: Node, anchor: str | None) -> None:
        if anchor is not None:
            self._anchors[anchor] = node
        if not self._frames:
            self.root = node
            return
        frame = self._frames[-1]
        frame.node.weight += node.weight
        frame.node.height = max(frame.node.height, node.height + 1)
        if isinstance(frame.node, ListNode):
            frame.node.items.append(node)
        elif not frame.has_key:
            frame.key, frame.has_key = self._key(node), True
        else:
            self._add_entry(frame.node, frame.key, node)
            frame.key, frame.has_key = None, False

    def _add_entry(self, mapping: MapNode, key: Scalar | None, value: Node) -> None:
        if key is None:
            return
        if (first := mapping.entries.get(key.text)) is not None:
            message = f"The key {_short(key.text)} is there twice; the first is on line {first[0].line}."
            self.problems.append(Problem("error", "duplicate_key", message, key.line, key.column))
            return
        mapping.entries[key.text] = (key, value)

    def _key(self, node: Node) -> Scalar | None:
        if isinstance(node, Scalar):
            return node
        message = "A key must be text."
        if isinstance(node, MapNode):
            message += " A template that begins with {{ must stand in quotes."
        self.problems.append(Problem("error", "bad_key", message, node.line, node.column))
        return None

    def _merge(self, mapping: MapNode) -> None:
        """`<<: *defaults`: keys that are not there already come from the object named, or from each of a list."""
        entry = mapping.entries.get("<<")
        if entry is None or entry[0].style:
            return
        del mapping.entries["<<"]
        key, value = entry
        for source in value.items if isinstance(value, ListNode) else [value]:
            if not isinstance(source, MapNode):
                message = "<< merges objects: write <<: *name, or <<: [*one, *two]."
                self.problems.append(Problem("error", "bad_merge", message, key.line, key.column))
                return
            for name, item in source.entries.items():
                mapping.entries.setdefault(name, item)

    def _aliased(self, event: Any) -> Node:
        name = event.anchor
        node = self._anchors.get(name)
        if node is None:
            if name in self._anchors:
                self._problem("bad_alias", f"The alias *{name} stands inside what it stands for.", event)
            else:
                message = f"The alias *{name} stands for nothing: no &{name} comes before it."
                self._problem("bad_alias", message, event, nearest(name, self._anchors))
            mark = event.start_mark
            return Scalar(None, "", "", mark.line + 1, mark.column + 1, mark.index, mark.index)
        self._repeated += node.weight
        if self._repeated > MAX_REPEATED:
            message = f"Aliases repeat more than {MAX_REPEATED:,} characters. Use fewer of them."
            self._problem("alias_bomb", message, event)
            raise _Stop
        if len(self._frames) + node.height > MAX_DEPTH:
            self._problem("too_deep", f"*{name} nests lists and objects more than {MAX_DEPTH} deep.", event)
            raise _Stop
        return node

    def _scalar(self, event: Any) -> Scalar:
        text: str = event.value.translate(self._restore) if self._restore else event.value
        style = event.style or ""
        value: Any = text
        try:
            if event.tag is not None and event.tag != "!":
                value = scalars.tagged(event.tag, text)
            elif event.tag is None and event.implicit[0] and not style:
                value = scalars.plain(text)
        except scalars.BadScalar as exc:
            self._problem(exc.code, str(exc), event)
        start, end = event.start_mark, event.end_mark
        node = Scalar(value, text, style, start.line + 1, start.column + 1, start.index, end.index)
        node.weight += len(text)
        return node

    def _problem(self, code: str, message: str, event: Any, suggestion: str | None = None) -> None:
        mark = event.start_mark
        self.problems.append(Problem("error", code, message, mark.line + 1, mark.column + 1, suggestion=suggestion))


def _inside(node: Scalar, written: str, offset: int) -> tuple[int, int]:
    if node.style == "|":
        lines, values = re.split(r"\r\n|\r|\n", written)[1:], node.text.split("\n")
        number = node.text.count("\n", 0, offset)
        if number < len(lines) and values[number] in lines[number]:
            indent = lines[number].index(values[number])
            return node.line + 1 + number, indent + offset - (node.text.rfind("\n", 0, offset) + 1) + 1
        return node.line, node.column
    if node.style in ("'", '"'):
        return (node.line, node.column + 1 + offset) if written[1:-1] == node.text else (node.line, node.column)
    return (node.line, node.column + offset) if written == node.text else (node.line, node.column)


def _tag(tag: str) -> str:
    return _short(tag.replace("tag:yaml.org,2002:", "!!"))


def _short(text: str) -> str:
    return text if len(text) <= 60 else text[:57] + "…"
