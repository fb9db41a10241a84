"""Checks the config of a step against its action: pydantic finds, this says it in words and shows where."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Any, get_args

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from flows.language.actions.base import STATIC, ActionSpec
from flows.language.checks.findings import Findings, what_it_is
from flows.language.document import ListNode, MapNode, Node, Place, plain
from flows.language.durations import BadDuration

_WANTED = {
    "string_type": "text",
    "int_type": "a whole number",
    "int_parsing": "a whole number",
    "int_parsing_size": "a whole number",
    "int_from_float": "a whole number",
    "float_type": "a number",
    "float_parsing": "a number",
    "finite_number": "a number",
    "decimal_type": "a number",
    "bool_type": "true or false",
    "bool_parsing": "true or false",
    "dict_type": "an object with keys",
    "mapping_type": "an object with keys",
    "model_type": "an object with keys",
    "model_attributes_type": "an object with keys",
    "list_type": "a list",
    "tuple_type": "a list",
    "set_type": "a list",
    "none_required": "empty",
}


def check_config(spec: ActionSpec, config: MapNode, place: Place, findings: Findings) -> None:
    """Report every problem of `config`, as written: what a template will become is not known yet."""
    values = {key: value for key, value in plain(config).items() if key not in spec.step_keys}
    try:
        spec.Config.model_validate(values, context=STATIC)
    except ValidationError as exc:
        _Explainer(spec, config, place, findings).explain(exc.errors(include_url=False, include_input=False))


class _Explainer:
    def __init__(self, spec: ActionSpec, config: MapNode, place: Place, findings: Findings) -> None:
        self._spec = spec
        self._config = config
        self._place = place
        self._findings = findings

    def explain(self, errors: list[ErrorDetails]) -> None:
        """One problem per place. Where a value may be one of several things, what it is not is said in one sentence."""
        wrong_types: dict[Place, list[str]] = defaultdict(list)
        explained: set[Place] = set()
        for error in errors:
            place = tuple(self._path(error["loc"]))
            if wanted := _WANTED.get(error["type"]):
                if wanted not in wrong_types[place]:
                    wrong_types[place].append(wanted)
                continue
            explained.add(place)
            self._tell(error, place)
        for place, wanted_types in wrong_types.items():
            # {…} where true or {…} may stand: the wrong key inside is the problem, not that it is not true.
            if not any(other[: len(place)] == place for other in explained):
                self._tell_type(place, wanted_types)

    def _tell(self, error: ErrorDetails, place: Place) -> None:
        kind, name = error["type"], str(error["loc"][-1]) if error["loc"] else ""
        node = self._at(place)
        if kind == "extra_forbidden":
            self._unknown_key(place)
        elif kind == "missing":
            owner = self._owner(place)
            self._report("missing_key", f"{owner} needs {name}.", node, (*place, name))
        elif kind == "value_error":
            cause = error.get("ctx", {}).get("error")
            text = _sentence(str(cause if cause is not None else error["msg"]))
            code = "bad_duration" if isinstance(cause, BadDuration) else "bad_value"
            self._report(code, f"{_key_of(place)}: {text}" if isinstance(cause, BadDuration) else text, node, place)
        elif kind in ("literal_error", "enum"):
            expected = str(error.get("ctx", {}).get("expected", "")).replace("'", "")
            choices = frozenset(expected.replace(" or ", ", ").split(", "))
            near = (
                self._findings.nearest(str(plain(node)), choices) if not isinstance(node, MapNode | ListNode) else None
            )
            self._report("bad_value", f"{_key_of(place)} must be {expected}.", node, place, near)
        else:
            message = error["msg"].replace("Input should be", f"{_key_of(place)} must be", 1)
            self._report("bad_value", _sentence(message), node, place)

    def _tell_type(self, place: Place, wanted: list[str]) -> None:
        node = self._at(place)
        message = f"{_key_of(place)} must be {' or '.join(wanted)}, and is {what_it_is(node)}."
        self._report("wrong_type", message, node, place)

    def _unknown_key(self, place: Place) -> None:
        parent, key = self._at(place[:-1]), str(place[-1])
        entry = parent.entries.get(key) if isinstance(parent, MapNode) else None
        candidates = _keys_below(self._spec.Config, place[:-1])
        if len(place) == 1:
            candidates |= frozenset(self._spec.step_keys)
        node = entry[0] if entry else parent
        self._findings.unknown_key(key, f"{self._owner(place[:-1])} has", node, (*self._place, *place), candidates)

    def _owner(self, place: Place) -> str:
        return _key_of(place) if place else self._spec.name

    def _report(self, code: str, message: str, node: Node, place: Place, near: str | None = None) -> None:
        self._findings.error(code, message, node, (*self._place, *place), suggestion=near)

    def _at(self, place: Place) -> Node:
        node: Node = self._config
        for part in place:
            below = _below(node, part)
            if below is None:
                break
            node = below
        return node

    def _path(self, loc: Iterable[str | int]) -> Iterator[str | int]:
        """The keys of the document in pydantic's location, which also names the types it tried and short forms."""
        node: Node = self._config
        parts = list(loc)
        for index, part in enumerate(parts):
            below = _below(node, part)
            if below is None and index > 0 and isinstance(node, MapNode) and len(node.entries) == 1:
                (inner,) = node.entries  # `auth: {basic: {…}}` stands for `auth: {type: basic, …}`
                if _below(node.entries[inner][1], part) is not None:
                    yield inner
                    node = node.entries[inner][1]
                    below = _below(node, part)
            if below is not None:
                yield part
                node = below
            elif index == len(parts) - 1:
                return


def _below(node: Node, part: str | int) -> Node | None:
    if isinstance(node, MapNode):
        return node.get(str(part))
    if isinstance(node, ListNode) and isinstance(part, int) and part < len(node.items):
        return node.items[part]
    return None


@lru_cache(maxsize=256)
def _keys_below(model: type[BaseModel], place: Place) -> frozenset[str]:
    """The keys an object at `place` of a config may have, as far as the types tell."""
    models: set[type[BaseModel]] = {model}
    for part in place:
        deeper: set[type[BaseModel]] = set()
        for found in models:
            for name, field in found.model_fields.items():
                if part in (name, field.alias):
                    deeper |= set(models_in(field.annotation))
        models = deeper or models
    return frozenset(field.alias or name for found in models for name, field in found.model_fields.items())


def models_in(annotation: Any) -> Iterator[type[BaseModel]]:
    """The models an annotation names."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for inner in get_args(annotation):
        yield from models_in(inner)


def _key_of(place: Place) -> str:
    keys = [part for part in place if isinstance(part, str)]
    return keys[-1] if keys else "config"


def _sentence(text: str) -> str:
    text = text.strip()
    if text and not text.endswith((".", "!", "?")):
        text += "."
    return text
