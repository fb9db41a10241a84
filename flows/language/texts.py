"""Every text of a step that the language itself reads: templates, expressions and output paths, each with its place."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from flows.language.actions import SPECS
from flows.language.actions.base import EXPRESSION_KEYS, has_template
from flows.language.document import Place
from flows.language.expressions.errors import ExpressionSyntaxError
from flows.language.expressions.parse import Expression, parse
from flows.language.paths import check_path, path_root_names
from flows.language.spec import FAILURE_KINDS, AssertionSpec, RetrySpec, StepSpec
from flows.language.templates import Template, parse_template

Kind = Literal["template", "expression", "path"]
_EXPRESSION_MEMBERS = frozenset({"expression", "json_path"})


@dataclass(frozen=True, slots=True)
class Text:
    """One text. `place` is where it stands below the step, as the keys of the document are called."""

    kind: Kind
    source: str
    place: Place
    sees_result: bool = False  # it is read after the action: the step's own result is in scope
    is_key: bool = False  # the text is the key at `place`, not the value
    sees_item: bool = False  # it is read over each item of the action, such as a message: `ActionSpec.item_keys`

    def parsed(self) -> Template | Expression | None:
        """The template or expression; None for a path, which is only checked. Raises ExpressionSyntaxError."""
        if self.kind == "template":
            return parse_template(self.source)
        if self.kind == "expression":
            return parse(self.source)
        check_path(self.source)
        return None

    def root_names(self) -> frozenset[str]:
        """The names it may look up. Raises ExpressionSyntaxError."""
        parsed = self.parsed()
        return parsed.root_names() if parsed is not None else path_root_names(self.source)


def texts_of(step: StepSpec) -> Iterator[Text]:
    """The texts of `step` itself, without those of nested steps, in no particular order."""
    yield from templates_in(step.name, ("name",))
    yield from _config_texts(step)
    if step.run_condition is not None:
        yield Text("expression", step.run_condition, ("run_condition",))
    if step.timeout is not None:
        yield from templates_in(step.timeout, ("timeout",))
    if step.retry is not None:
        yield from retry_texts(step.retry, ("retry",))
    for key, group in (("assert", step.assert_), ("assert_any", step.assert_any), ("assert_none", step.assert_none)):
        yield from _assertion_texts(group, (key,))
    for name, output in step.output.items():
        yield Text("path", output.path, ("output", name, "path"), sees_result=True)
        yield from templates_in(output.default, ("output", name, "default"), sees_result=True)


def retry_texts(retry: RetrySpec, place: Place) -> Iterator[Text]:
    """The templates and expressions of a retry."""
    for name in ("max_attempts", "delay", "max_delay"):
        yield from templates_in(getattr(retry, name), (*place, name))
    for name in ("retry_on", "retry_on_not"):
        for index, condition in enumerate(getattr(retry, name) or ()):
            if condition != "any" and condition not in FAILURE_KINDS:
                yield Text("expression", condition, (*place, name, index), sees_result=True)


def templates_in(value: Any, place: Place, *, sees_result: bool = False) -> Iterator[Text]:
    """Every text with a template in it inside `value`: values and keys, at any depth."""
    if isinstance(value, str):
        if has_template(value):
            yield Text("template", value, place, sees_result)
    elif isinstance(value, Mapping):
        for key, item in value.items():
            if has_template(key):
                yield Text("template", key, (*place, key), sees_result, is_key=True)
            yield from templates_in(item, (*place, key), sees_result=sees_result)
    elif isinstance(value, list | tuple):
        for index, item in enumerate(value):
            yield from templates_in(item, (*place, index), sees_result=sees_result)


def read_names(step: StepSpec) -> frozenset[str]:
    """Every root name the texts of `step` may look up."""
    return names_in(texts_of(step))


def asserted_names(step: StepSpec) -> frozenset[str]:
    """Every root name the assertions of `step` read.

    Of a JSONPath, the key it begins with; where the step's own id is read, `result`, which is the same thing.
    """
    names: set[str] = set()
    for group in (step.assert_, step.assert_any, step.assert_none):
        for assertion in group:
            try:
                parsed = parse(assertion.expression)
            except ExpressionSyntaxError:
                continue  # `check` reports it; a flow with it is never planned
            names |= parsed.root_names() | parsed.first_keys()
    if step.id in names:
        names.add("result")
    return frozenset(names)


def names_in(texts: Iterable[Text]) -> frozenset[str]:
    """Every root name that `texts` may look up."""
    names: set[str] = set()
    for text in texts:
        try:
            names |= text.root_names()
        except ExpressionSyntaxError:
            continue  # `check` reports it; a flow with it is never planned
    return frozenset(names)


def is_path_text(value: object) -> bool:
    """Whether a value of `set` is a path: text that begins as JSONPath does."""
    return isinstance(value, str) and value.startswith(("$.", "$["))


def _config_texts(step: StepSpec) -> Iterator[Text]:
    spec = SPECS.get(step.action)
    nested = spec.step_keys if spec else ()
    is_set = spec is not None and spec.captures_result
    for key, value in step.config.items():
        place: Place = ("config", key)
        if key in nested:
            continue
        if has_template(key):
            yield Text("template", key, place, is_key=True)
        if key in EXPRESSION_KEYS and not is_set:
            yield from _expressions_in(value, place, sees_item=spec is not None and bool(spec.item_keys))
        elif is_set:
            yield from _set_texts(value, place)
        else:
            yield from templates_in(value, place)


def _set_texts(value: Any, place: Place) -> Iterator[Text]:
    if is_path_text(value):
        yield Text("expression", value, place, sees_result=True)
    elif place == ("config", "transforms") and isinstance(value, Mapping):
        for key, item in value.items():
            yield from _set_texts(item, (*place, key))
    else:
        yield from templates_in(value, place)


def _expressions_in(value: Any, place: Place, *, sees_item: bool) -> Iterator[Text]:
    """An expression, a list of them and of `{expression, message}`, or a `match`; what else is in it are templates."""
    if isinstance(value, str):
        yield Text("expression", value, place, sees_item=sees_item)
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _expressions_in(item, (*place, index), sees_item=sees_item)
    elif isinstance(value, Mapping):
        for key, item in value.items():
            if key in _EXPRESSION_MEMBERS and isinstance(item, str):
                yield Text("expression", item, (*place, key), sees_item=sees_item)
            else:
                yield from templates_in(item, (*place, key))


def _assertion_texts(group: list[AssertionSpec], place: Place) -> Iterator[Text]:
    for index, assertion in enumerate(group):
        yield Text("expression", assertion.expression, (*place, index, "expression"), sees_result=True)
        if assertion.message is not None:
            yield from templates_in(assertion.message, (*place, index, "message"), sees_result=True)
