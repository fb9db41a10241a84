"""Checks every text of a flow: whether it can be read, and whether the names in it can stand for something.

Steps are gone through in the order in which they run. What a step captures is known to those after it; a loop's item
to those inside; branches that run at the same time know nothing of each other.
"""

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from typing import Any

from flows.language.actions.base import ActionSpec
from flows.language.builtins import BUILTIN_NAMES
from flows.language.checks.findings import Findings
from flows.language.checks.layout import nested_lists
from flows.language.checks.step import FoundStep
from flows.language.document import MapNode, Node, Place, find
from flows.language.expressions.errors import ExpressionSyntaxError
from flows.language.expressions.parse import Root, parse
from flows.language.spec import FAILURE_KINDS, SECTIONS, RetrySpec
from flows.language.texts import Text, retry_texts, templates_in, texts_of

_BARE_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_-]*")
_FATE = re.compile(r"(?<![\w.$-])steps\??\.([A-Za-z][A-Za-z0-9_-]*)")
_FLOW_RETRY = ("config", "retry")
_SPELT_OTHERWISE = {"run_condition": "when"}
_KIND_WORDS = {"template": "template", "expression": "expression", "path": "output path"}


class NameCheck:
    """Goes through the steps of one flow."""

    def __init__(self, findings: Findings, *, env: Mapping[str, Any], known_names: Collection[str] | None) -> None:
        self._findings = findings
        self._known = {*env, *(known_names or ()), *BUILTIN_NAMES, "steps"}
        self._outside = {*env, *(known_names or ()), *BUILTIN_NAMES}
        self._done: set[str] = set()  # ids of steps that come before
        self._ids: set[str] = set()
        self._around: list[str] = []  # ids of the steps that hold the one that is looked at
        self._at_once: set[str] = set()  # ids of the steps of other branches
        self._by_parent: defaultdict[Place, list[FoundStep]] = defaultdict(list)
        self._captured_by: dict[str, str] = {}  # variable -> id of the first step that captures it

    def check_steps(self, steps: Iterable[FoundStep], retry: RetrySpec | None, retry_node: Node | None) -> None:
        """Every text of `steps`; and `retry`, the flow's own, with the names of the result of any of them."""
        steps = list(steps)
        for found in steps:
            self._ids.add(found.step.id)
            for name in _captures(found):
                self._captured_by.setdefault(name, found.step.id)
        for found in steps:
            self._by_parent[found.spot.place[:-1]].append(found)
        for section in SECTIONS:
            for place in [place for place in self._by_parent if place[-1:] == (section,) and len(place) <= 2]:
                self._walk(self._by_parent[place])
        if retry is not None and retry_node is not None:
            for text in retry_texts(retry, ()):
                node, place = find(retry_node, text.place), (*_FLOW_RETRY, *text.place)
                for root in self._parse(text, node, place, self._known):
                    if _is_bare_retry(text):
                        self._warn_kind(root.name, node, place)

    def _walk(self, steps: Iterable[FoundStep]) -> None:
        for found in steps:
            texts = list(texts_of(found.step))
            late = [
                text for text in texts if found.spec is not None and found.spec.step_keys and _is_late(text, found.spec)
            ]
            for text in texts:
                if text not in late:
                    self._check(text, found)
            self._around.append(found.step.id)
            self._walk_inside(found)
            self._around.pop()
            for text in late:
                self._check(text, found)
            self._done.add(found.step.id)
            self._known |= {found.step.id, *_captures(found)}
            self._walk(self._by_parent.get((*found.spot.place, "error_steps"), ()))

    def _walk_inside(self, found: FoundStep) -> None:
        """The steps inside a step: one list after the other, or as branches that do not see each other."""
        if found.spec is None or not found.spec.step_keys:
            return
        groups = self._groups(found)
        if found.step.action != "parallel":
            names = {name for name in _loop_names(found) if name not in self._known}
            self._known |= names
            for group in groups:
                self._walk(group)
            self._known -= names
            return
        known, done = set(self._known), set(self._done)
        after_known, after_done = set(known), set(done)
        for group in groups:
            self._known, self._done = set(known), set(done)
            self._at_once = {other.step.id for others in groups for other in others if others is not group}
            self._walk(group)
            after_known |= self._known
            after_done |= self._done
        self._known, self._done, self._at_once = after_known, after_done, set()

    def _groups(self, found: FoundStep) -> list[list[FoundStep]]:
        groups = []
        for below, _ in nested_lists(found.spot.node):
            if below == ("error_steps",):
                continue
            steps = self._by_parent.get((*found.spot.place, *below), [])
            alone = found.step.action == "parallel" and below == ("config", "steps")
            groups += [[step] for step in steps] if alone else [steps]
        return groups

    def check_env(self, env: Mapping[str, Any], node: MapNode, place: Place, ids: Collection[str]) -> None:
        """The templates of `env`. Its entries may name each other; no step has run yet."""
        known = self._outside
        for text in templates_in(env, ()):
            at = _node_of(text, node)
            for root in self._parse(text, at, (*place, *text.place), known):
                here: Place = (*place, *text.place)
                offset = root.column - 1
                if root.name in ids:
                    message = f"env is worked out before any step runs, and {root.name} is a step."
                    self._findings.error("later_step", message, at, here, offset=offset)
                else:
                    self._warn_unknown(root.name, at, here, offset, known)

    def _check(self, text: Text, found: FoundStep) -> None:
        place: Place = (*found.spot.place, *text.place)
        node = _node_of(text, found.spot.node)
        step_id, extra = found.step.id, self._own_names(text, found)
        for root in self._parse(text, node, place, _Both(self._known, extra)):
            if root.name == step_id and text.sees_result:
                continue
            self._report_root(root, text, found, node, place, extra)
        if "steps" in text.source and self._reads(text, "steps"):
            self._check_fates(text, found, node, place)
        if "FLOW_STATUS" in text.source and found.spot.section != "teardown" and self._reads(text, "FLOW_STATUS"):
            self._findings.warning("unknown_name", "FLOW_STATUS has a value only in teardown.", node, place)

    def _own_names(self, text: Text, found: FoundStep) -> set[str]:
        """The names only this text may read."""
        extra = {"error"} if found.spot.in_error_steps else set()
        if text.sees_result and found.spec is not None:
            extra |= {*found.spec.result_keys, "result"}
        if text.sees_item and found.spec is not None:
            extra |= {*found.spec.item_keys, "result"}
        if text.sees_result and found.spec is not None and found.spec.captures_result:
            extra |= set(_captures(found))
        data = found.step.config.get("data") if found.step.action == "assert" else None
        if isinstance(data, dict):
            extra |= {key for key in data if isinstance(key, str)}
        return extra

    def _report_root(self, root: Root, text: Text, found: FoundStep, node: Node, place: Place, extra: set[str]) -> None:
        name, offset = root.name, root.column - 1
        if name == found.step.id:
            message = (
                f"{name} is this step itself, and has no result yet. Its result is read in assert, output and retry_on."
            )
            self._findings.error("own_step", message, node, place, offset=offset)
        elif name in self._around:
            message = f"{name} holds this step, and has no result before its last step has ended."
            self._findings.error("later_step", message, node, place, offset=offset)
        elif name in self._at_once and name not in self._done:
            message = (
                f"{name} runs at the same time, in another branch. What it gives is known after the parallel step."
            )
            self._findings.error("later_step", message, node, place, offset=offset)
        elif name in self._ids and name not in self._done:
            message = f"{name} is a later step. A step reads what earlier steps gave."
            self._findings.error("later_step", message, node, place, offset=offset)
        elif (text.sees_result and found.spec is None) or _is_over_unknown_data(text, found):
            return
        elif _is_bare_retry(text):
            self._warn_kind(name, node, place)
        elif name in self._captured_by:
            message = f"{name} is captured later, by {self._captured_by[name]}. Here it must come from the environment."
            self._findings.warning("unknown_name", message, node, place, offset=offset)
        else:
            self._warn_unknown(name, node, place, offset, _Both(self._known, extra))

    def _warn_kind(self, name: str, node: Node, place: Place) -> None:
        message = (
            f"{name} is no kind of failure ({', '.join(FAILURE_KINDS)}, any); it is compared with the failure's code."
        )
        near = self._findings.nearest(name, frozenset((*FAILURE_KINDS, "connection_error", "any")))
        self._findings.warning("unknown_name", message, node, place, suggestion=near)

    def _warn_unknown(self, name: str, node: Node, place: Place, offset: int, known: "Collection[str] | _Both") -> None:
        message = f"Nothing here is called {name[:60]}; it must come from the environment or an override."
        near = self._findings.nearest(name, frozenset(known), likeness=0.75)  # there are many, and anything is like one
        self._findings.warning("unknown_name", message, node, place, suggestion=near, offset=offset)

    def _check_fates(self, text: Text, found: FoundStep, node: Node, place: Place) -> None:
        firsts: dict[str, re.Match[str]] = {}
        for match in _FATE.finditer(text.source):
            firsts.setdefault(match[1], match)
        for name, match in firsts.items():
            if name in self._done:
                continue
            if name in self._ids:
                which = self._relation(name, found)
                message = f"{name} is {which}. steps.NAME tells the fate of an earlier step."
                self._findings.error("later_step", message, node, place, offset=match.start(1))
            else:
                near = self._findings.nearest(name, frozenset(self._done))
                message = f"No earlier step is called {name}."
                self._findings.warning("unknown_name", message, node, place, suggestion=near, offset=match.start(1))

    def _relation(self, name: str, found: FoundStep) -> str:
        if name == found.step.id:
            return "this step itself"
        if name in self._around:
            return "a step around this one"
        return "a step of another branch" if name in self._at_once else "a later step"

    @staticmethod
    def _reads(text: Text, name: str) -> bool:
        try:
            return name in text.root_names()
        except ExpressionSyntaxError:
            return False

    def _parse(
        self, text: Text, node: Node, place: Place, known: "Collection[str] | _Both | None" = None
    ) -> tuple[Root, ...]:
        """The names in `text` that are not `known`; none, and a problem, when it cannot be read."""
        try:
            parsed = text.parsed()
            if parsed is None:
                parsed = _path_expression(text.source)
        except ExpressionSyntaxError as exc:
            message = f"The {_KIND_WORDS[text.kind]} cannot be read: {exc.message}"
            offset = exc.column - 1
            self._findings.error(f"bad_{text.kind}", message, node, place, offset=offset)
            return ()
        if parsed is None or known is None:
            return ()
        unknown = parsed.unknown_roots(known)  # type: ignore[arg-type]  # only `in` is asked
        firsts: dict[str, Root] = {}
        for root in unknown:
            firsts.setdefault(root.name, root)
        return tuple(firsts.values())


class _Both:
    """Two sets as one, without making it for each of a thousand steps."""

    def __init__(self, first: set[str], second: set[str]) -> None:
        self._first = first
        self._second = second

    def __contains__(self, name: object) -> bool:
        return name in self._first or name in self._second

    def __iter__(self) -> Any:
        yield from self._first
        yield from self._second


def _is_late(text: Text, spec: ActionSpec) -> bool:
    """Whether a text of a step that holds steps is read after these."""
    return text.sees_result or (text.place[:1] == ("config",) and text.place[1] in spec.late_keys)


def _loop_names(found: FoundStep) -> list[str]:
    """What the steps of a loop call its item and its number."""
    if found.spec is None:
        return []
    written = [found.step.config.get(key) or left_out for key, left_out in found.spec.loop_names.items()]
    return [name for name in written if isinstance(name, str) and name]


def _captures(found: FoundStep) -> list[str]:
    """The variables the step makes."""
    names = list(found.step.output)
    if found.spec is not None and found.spec.captures_result:
        transforms = found.step.config.get("transforms")
        names += [*found.step.config, *(transforms if isinstance(transforms, dict) else ())]
    return names


def _path_expression(source: str) -> Any:
    try:
        return parse(source)
    except ExpressionSyntaxError:
        return None  # JMESPath: it reads only the result


def _is_over_unknown_data(text: Text, found: FoundStep) -> bool:
    """Whether the text is an assertion over `data` whose keys are known only when it is rendered."""
    if found.step.action != "assert" or text.kind != "expression":
        return False
    return text.place[:2] == ("config", "assertions") and isinstance(found.step.config.get("data"), str)


def _is_bare_retry(text: Text) -> bool:
    return (
        len(text.place) >= 2
        and text.place[-2] in ("retry_on", "retry_on_not")
        and bool(_BARE_NAME.fullmatch(text.source))
    )


def _node_of(text: Text, node: Node) -> Node:
    """Where `text` stands below `node`."""
    parent = find(node, text.place[:-1])
    last = text.place[-1]
    if text.is_key and isinstance(parent, MapNode) and isinstance(last, str) and last in parent.entries:
        return parent.entries[last][0]
    if isinstance(parent, MapNode) and isinstance(last, str) and last not in parent.entries:
        return parent.get(_SPELT_OTHERWISE.get(last, last)) or parent
    return find(parent, (last,))
