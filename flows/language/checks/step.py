"""Reads one step."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from flows.language.actions import SPECS
from flows.language.actions.base import ActionSpec
from flows.language.checks.config import check_config
from flows.language.checks.fields import Fields
from flows.language.checks.layout import Spot, nested_lists
from flows.language.checks.nested import check_nested, children_of, own_config
from flows.language.checks.retry import read_retry
from flows.language.document import ListNode, MapNode, Node, Place, Scalar, plain
from flows.language.spec import AssertionSpec, OutputSpec, StepSpec

STEP_KEYS = (
    *("id", "name", "description", "action", "config", "run_condition", "when", "assert", "assert_any", "assert_none"),
    *("output", "retry", "timeout", "on_error", "soft", "error_steps", "disabled", "repeatable"),
)
KEPT_STEP_KEYS = ("tags",)

_ID = re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,63}")
_READABLE_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*")


@dataclass(frozen=True, eq=False)
class FoundStep:
    """A step as far as it could be read. `spec` is None when its action is unknown."""

    spot: Spot
    step: StepSpec
    spec: ActionSpec | None


class StepReader:
    """Reads the steps of one document. What it reads is in `found`, in the order of the text."""

    def __init__(self, fields: Fields, spots: tuple[Spot, ...], ids: Mapping[Place, str]) -> None:
        self.found: dict[Place, FoundStep] = {}
        self._fields = fields
        self._findings = fields.findings
        self._spots = {spot.place: spot for spot in spots}
        self._ids = ids
        self._first_with: dict[str, int] = {}  # id -> line
        self._readers: dict[str, Callable[[Node, Place], Any]] = {
            "id": self._id,
            "name": lambda node, place: self._fields.text(node, place, numbers=True),
            "description": lambda node, place: self._fields.text(node, place, numbers=True),
            "run_condition": self._condition,
            "assert": self._assertions,
            "assert_any": self._assertions,
            "assert_none": self._assertions,
            "output": self._outputs,
            "retry": lambda node, place: read_retry(self._fields, node, place),
            "timeout": lambda node, place: self._fields.duration(node, place, above_zero=True),
            "on_error": self._on_error,
            "soft": self._fields.flag,
            "disabled": self._fields.flag,
            "repeatable": self._fields.flag,
        }

    def read_list(self, steps: ListNode, place: Place) -> list[StepSpec]:
        """The steps of a list. One that is no object is left out, with a problem."""
        read = [self._read(self._spots[here]) for i in range(len(steps.items)) if (here := (*place, i)) in self._spots]
        return [step for step in read if step is not None]

    def _read(self, spot: Spot) -> StepSpec | None:
        if not isinstance(spot.node, MapNode):
            self._fields.wrong_type("an object with an action", spot.node, (*spot.place, "step"))
            return None
        node, place = spot.node, spot.place
        self._findings.unknown_keys(
            node, (*STEP_KEYS, *KEPT_STEP_KEYS), "Steps have", place, candidates=frozenset(STEP_KEYS)
        )
        given = self._given(node, place)
        action, spec = self._action(node, place)
        given["config"] = self._config(node, place, spec)
        kept = self._kept(node, place)
        here = (*place,)
        step_id = self._ids[here]
        # Steps are found in the order of the text: a parent before what is nested in it.
        self.found[here] = FoundStep(
            spot, StepSpec(id=step_id, action=action, line=node.line, kept=kept, **given), spec
        )
        nested = self._nested(node, place)
        step = self.found[here].step.model_copy(update=nested) if nested else self.found[here].step
        self.found[here] = FoundStep(spot, step, spec)
        return step

    def _given(self, node: MapNode, place: Place) -> dict[str, Any]:
        """What the keys of the step give, those with nested steps left out."""
        given: dict[str, Any] = {}
        for key, (key_node, value) in node.entries.items():
            name = "run_condition" if key == "when" else key
            if name not in self._readers or self._fields.is_empty(value):
                continue
            if name in given:
                message = "run_condition and when are the same. Write one of them."
                self._findings.error("duplicate_key", message, key_node, (*place, key))
                continue
            given[name] = self._readers[name](value, (*place, key))
        given.pop("id", None)
        if given.get("soft") and given.get("on_error") != "continue":
            message = "soft has an effect only together with on_error: continue."
            self._findings.warning("no_effect", message, node.entries["soft"][0], (*place, "soft"))
        if "assert" in given:
            given["assert_"] = given.pop("assert")
        return {key: value for key, value in given.items() if value is not None}

    def _nested(self, node: MapNode, place: Place) -> dict[str, Any]:
        nested: dict[str, Any] = {}
        lists: list[tuple[Place, list[StepSpec]]] = []
        for below, steps in nested_lists(node):
            read = self.read_list(steps, (*place, *below))
            if below == ("error_steps",):
                nested["error_steps"] = read
            else:
                lists.append((below, read))
        if children := children_of(self.found[place].step.action, lists):
            nested["children"] = children
        errors = node.get("error_steps")
        if errors is not None and not isinstance(errors, ListNode) and not self._fields.is_empty(errors):
            self._fields.wrong_type("a list of steps", errors, (*place, "error_steps"))
        return nested

    def _kept(self, node: MapNode, place: Place) -> dict[str, Any]:
        kept = {}
        for key in KEPT_STEP_KEYS:
            if (entry := node.entries.get(key)) is not None:
                self._findings.warning("ignored_key", f"{key} of a step is kept and ignored.", entry[0], (*place, key))
                kept[key] = plain(entry[1])
        return kept

    def _id(self, node: Node, place: Place) -> None:
        text = self._fields.text(node, place, numbers=True)
        if text is None:
            return
        if not _ID.fullmatch(text):
            rule = "an id begins with a letter and has up to 64 letters, digits, _ and -"
            message = f"The id {text[:70]} is not possible: {rule}."
            self._findings.error("bad_id", message, node, place, suggestion=_possible_id(text))
        elif text in self._first_with:
            message = f"The id {text} is there twice; the first is on line {self._first_with[text]}."
            self._findings.error("duplicate_id", message, node, place)
        else:
            self._first_with[text] = node.line

    def _action(self, node: MapNode, place: Place) -> tuple[str, ActionSpec | None]:
        written = node.get("action")
        if written is None or self._fields.is_empty(written):
            self._findings.error("missing_key", "This step has no action. It says what the step does.", node, place)
            return "", None
        name = self._fields.text(written, (*place, "action"))
        if name is None:
            return "", None
        spec = SPECS.get(name)
        if spec is not None:
            return spec.name, spec
        message, near = f"There is no action {name[:40]}.", self._findings.nearest(name, frozenset(SPECS))
        self._findings.error("unknown_action", message, written, (*place, "action"), suggestion=near)
        return name, None

    def _config(self, node: MapNode, place: Place, spec: ActionSpec | None) -> dict[str, Any]:
        written = node.get("config")
        place = (*place, "config")
        if written is None or self._fields.is_empty(written):
            mapping = MapNode(node.line, node.column)
        elif (found := self._fields.mapping(written, place)) is not None:
            mapping = found
        else:
            return {}
        if spec is not None:
            check_config(spec, mapping, place, self._findings)
            check_nested(spec, mapping, node, self._fields, place)
        return own_config(spec, dict(plain(mapping)))

    def _condition(self, node: Node, place: Place) -> str | None:
        if isinstance(node, Scalar) and isinstance(node.value, bool):
            return "true" if node.value else "false"
        return self._fields.text(node, place)

    def _assertions(self, node: Node, place: Place) -> list[AssertionSpec]:
        if isinstance(node, ListNode):
            read = [self._assertion(item, (*place, index)) for index, item in enumerate(node.items)]
        else:
            read = [self._assertion(node, place)]
        return [assertion for assertion in read if assertion is not None]

    def _assertion(self, node: Node, place: Place) -> AssertionSpec | None:
        if isinstance(node, MapNode):
            return self._assertion_with_message(node, place)
        if isinstance(node, ListNode):
            self._fields.wrong_type("an expression, or {expression, message}", node, place)
            return None
        expression = self._condition(node, place)
        return None if expression is None else AssertionSpec(expression=expression, line=node.line)

    def _assertion_with_message(self, node: MapNode, place: Place) -> AssertionSpec | None:
        all_known = self._findings.unknown_keys(node, ("expression", "message"), "An assertion has", place)
        expression, message = node.get("expression"), node.get("message")
        if expression is None:
            if all_known:  # else it is likely the one that is misspelt
                self._findings.error("missing_key", "This assertion has no expression.", node, place)
            return None
        text = self._condition(expression, (*place, "expression"))
        words = None
        if message is not None and not self._fields.is_empty(message):
            words = self._fields.text(message, (*place, "message"), numbers=True)
        return None if text is None else AssertionSpec(expression=text, message=words, line=expression.line)

    def _outputs(self, node: Node, place: Place) -> dict[str, OutputSpec] | None:
        mapping = self._fields.mapping(node, place)
        if mapping is None:
            return None
        outputs = {}
        for name, (key, value) in mapping.entries.items():
            if not _READABLE_NAME.fullmatch(name):
                message = f"No template can read a variable called {name[:40]}. Use letters, digits, _ and -."
                self._findings.warning("unreadable_name", message, key, (*place, name))
            if (output := self._output(value, (*place, name))) is not None:
                outputs[name] = output
        return outputs

    def _output(self, node: Node, place: Place) -> OutputSpec | None:
        if not isinstance(node, MapNode):
            path = self._fields.text(node, place)
            return None if path is None else OutputSpec(path=path)
        all_known = self._findings.unknown_keys(node, ("path", "optional", "default"), "An output has", place)
        written, optional, default = node.get("path"), node.get("optional"), node.get("default")
        if written is None:
            if all_known:
                self._findings.error("missing_key", "This output has no path.", node, place)
            return None
        path = self._fields.text(written, (*place, "path"))
        is_optional = None if optional is None else self._fields.flag(optional, (*place, "optional"))
        if path is None:
            return None
        return OutputSpec(
            path=path,
            optional=bool(is_optional),
            default=None if default is None else plain(default),
            has_default=default is not None,
        )

    def _on_error(self, node: Node, place: Place) -> str | None:
        if isinstance(node, MapNode):
            self._findings.unknown_keys(node, ("action",), "on_error has", place)
            inner = node.get("action")
            return None if inner is None else self._fields.choice(inner, (*place, "action"), ("fail", "continue"))
        return self._fields.choice(node, place, ("fail", "continue"))


def _possible_id(text: str) -> str | None:
    """The nearest id that is possible."""
    made = re.sub(r"[^A-Za-z0-9_-]+", "_", text).strip("_")[:60]
    if made and not made[0].isalpha():
        made = f"step_{made}"
    return made if _ID.fullmatch(made) else None
