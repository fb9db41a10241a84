"""A flow as YAML again: one spelling, nothing that is a default. What a person wrote is kept elsewhere, as it is."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import yaml

from flows.language import scalars
from flows.language.durations import format_duration, parse_duration
from flows.language.spec import SECTIONS, AssertionSpec, FlowConfig, FlowSpec, OutputSpec, RetrySpec, StepSpec


def to_yaml(flow: FlowSpec) -> str:
    """The flow under `flow:`. Reading it gives the same flow, but for the line numbers."""
    return yaml.dump(
        {"flow": _flow(flow)}, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=110, default_flow_style=False
    )


def _flow(flow: FlowSpec) -> dict[str, Any]:
    written: dict[str, Any] = {"name": flow.name}
    for key in ("description", "tags", "suite", "author", "version", "env", "env_file"):
        if value := getattr(flow, key):
            written[key] = value
    if config := _config(flow.config):
        written["config"] = config
    for section in SECTIONS:
        if steps := flow.section(section):
            written[section] = [_step(step) for step in steps]
    return {**written, **flow.kept}


def _config(config: FlowConfig) -> dict[str, Any]:
    changed = _changed(config, ("timeout", "teardown_timeout", "fail_fast"))
    return {**changed, "retry": _retry(config.retry)} if config.retry is not None else changed


def _step(step: StepSpec) -> dict[str, Any]:
    written: dict[str, Any] = {"id": step.id}
    for key in ("name", "description"):
        if value := getattr(step, key):
            written[key] = value
    written["action"] = step.action
    if config := {**step.config, **_children(step)}:
        written["config"] = config
    written |= _changed(step, ("run_condition",))
    for key, group in (("assert", step.assert_), ("assert_any", step.assert_any), ("assert_none", step.assert_none)):
        if group:
            written[key] = [_assertion(assertion) for assertion in group]
    if step.output:
        written["output"] = {name: _output(output) for name, output in step.output.items()}
    if step.retry is not None:
        written["retry"] = _retry(step.retry)
    written |= _changed(step, ("timeout", "on_error", "soft", "disabled", "repeatable"))
    if step.error_steps:
        written["error_steps"] = [_step(child) for child in step.error_steps]
    return {**written, **step.kept}


def _children(step: StepSpec) -> dict[str, Any]:
    """The steps inside it under their keys; branches with the names they have."""
    groups = {key: [_step(child) for child in nested] for key, nested in step.children.items()}
    if step.action != "parallel":
        return groups
    names = step.config.get("branches") or [{}] * len(groups)
    return {"branches": [{**name, "steps": steps} for name, steps in zip(names, groups.values(), strict=False)]}


def _assertion(assertion: AssertionSpec) -> Any:
    if assertion.message is None:
        return assertion.expression
    return {"expression": assertion.expression, "message": assertion.message}


def _output(output: OutputSpec) -> Any:
    if not output.optional and not output.has_default:
        return output.path
    written: dict[str, Any] = {"path": output.path}
    if output.optional:
        written["optional"] = True
    if output.has_default:
        written["default"] = output.default
    return written


def _retry(retry: RetrySpec) -> dict[str, Any]:
    names = ("max_attempts", "delay", "backoff", "max_delay", "jitter", "retry_on", "retry_on_not")
    return _changed(retry, names) or {"max_attempts": retry.max_attempts}


_DURATIONS = frozenset({"timeout", "teardown_timeout", "delay", "max_delay"})


def _changed(part: RetrySpec | StepSpec | FlowConfig, names: Sequence[str]) -> dict[str, Any]:
    """The values that are not their defaults."""
    fields = type(part).model_fields
    values = {name: getattr(part, name) for name in names}
    return {
        name: _duration(value) if name in _DURATIONS else value
        for name, value in values.items()
        if value != fields[name].get_default(call_default_factory=True)
    }


def _duration(value: float | str) -> float | str:
    if isinstance(value, str):
        return value
    text = format_duration(value)
    return text if parse_duration(text) == value else value


class _Dumper(yaml.SafeDumper):
    """Writes YAML 1.2: text that would be read as something else stands in quotes."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:  # noqa: ARG002 - PyYAML's signature
        """Lists are indented below their key."""
        super().increase_indent(flow, False)

    def ignore_aliases(self, data: Any) -> bool:  # noqa: ARG002 - PyYAML's signature
        """Everything is written out."""
        return True


def _text(dumper: yaml.SafeDumper, value: str) -> yaml.ScalarNode:
    style: str | None
    if any(char in value for char in "\x85\u2028\u2029"):
        style = '"'  # the writer would take them for the ends of lines
    else:
        style = "|" if "\n" in value else "'" if _means_something(value) else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", value, style=style)


def _means_something(text: str) -> bool:
    try:
        return not isinstance(scalars.plain(text), str)
    except scalars.BadScalar:
        return True


def _number(dumper: yaml.SafeDumper, value: float | Decimal) -> yaml.ScalarNode:
    text = str(value).lower()
    if "." not in text:  # older readers take 1e+22 for text
        text = text.replace("e", ".0e") if "e" in text else f"{text}.0"
    return dumper.represent_scalar("tag:yaml.org,2002:float", text)


_Dumper.add_representer(str, _text)
_Dumper.add_representer(float, _number)
_Dumper.add_representer(Decimal, _number)
