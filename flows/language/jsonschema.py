"""The JSON Schema of a flow, for editors: made from the spec and the actions, and committed as `flow.schema.json`.

`python -m flows.language.jsonschema` writes the file anew. The schema lets through what only `check` can judge:
a template may stand for any value, and where an action reads several spellings, anything may stand.
"""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from flows.language.actions import SPECS
from flows.language.actions.base import ActionSpec
from flows.language.checks.config import models_in
from flows.language.checks.flow import KEPT_FLOW_KEYS, MAX_NAME
from flows.language.checks.layout import BRANCHES, MAX_STEPS
from flows.language.checks.step import KEPT_STEP_KEYS
from flows.language.spec import FAILURE_KINDS, MAX_ATTEMPTS

FILE = Path(__file__).with_name("flow.schema.json")

Schema = dict[str, Any]

_TEMPLATE: Schema = {"$ref": "#/$defs/template"}
_DURATION: Schema = {"$ref": "#/$defs/duration"}
_STEPS: Schema = {"type": "array", "items": {"$ref": "#/$defs/step"}, "maxItems": MAX_STEPS}
_BRANCH: Schema = {
    "type": "object",
    "properties": {"name": {"type": ["string", "number"]}, "steps": _STEPS},
    "required": ["steps"],
    "additionalProperties": False,
}
_BRANCHES: Schema = {"type": "array", "items": {"anyOf": [_STEPS, _BRANCH]}, "description": "lists of steps"}
_TEXT: Schema = {"type": "string"}
_SCALAR_TEXT: Schema = {"type": ["string", "number"]}
_FLAG: Schema = {"type": "boolean"}


def flow_schema() -> Schema:
    """The whole schema, draft 2020-12."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "A Stepwell flow",
        "description": "Steps over HTTP, SQL, Kafka, Redis and gRPC with assertions, variables, loops and branches.",
        "if": {"type": "object", "required": ["flow"]},
        "then": {"properties": {"flow": {"$ref": "#/$defs/flow"}, **_kept_at_the_top()}, "additionalProperties": False},
        "else": {"$ref": "#/$defs/flow"},
        "$defs": {
            "flow": _flow(),
            "flow_config": _flow_config(),
            "retry": _retry(),
            "step": _step(),
            "assertions": _assertions(),
            "assertion": _assertion(),
            "output": _output(),
            "duration": {
                "description": "300ms, 2s, 1m30s, 1.5h, or a number of seconds",
                "anyOf": [{"type": "number", "minimum": 0}, {"type": "string", "minLength": 1}],
            },
            "template": {"type": "string", "pattern": r"\$\{|\{\{", "description": "a template: ${…} or {{…}}"},
            **_action_configs(),
        },
    }


def as_text() -> str:
    """The schema as it is committed."""
    return json.dumps(flow_schema(), indent=2, ensure_ascii=False) + "\n"


def _about(description: str, schema: Schema) -> Schema:
    return {"description": description, **schema}


def _object(properties: Schema, *, required: Iterable[str] = ()) -> Schema:
    found: Schema = {"type": "object", "properties": properties, "additionalProperties": False}
    return {**found, "required": list(required)} if required else found


def _or_empty(properties: Schema) -> Schema:
    """Keys with nothing after them count as left out."""
    return {
        key: {"anyOf": [schema, {"type": "null"}], "description": schema.get("description", "")}
        for key, schema in properties.items()
    }


def _kept_at_the_top() -> Schema:
    return {key: {"description": "kept and ignored"} for key in KEPT_FLOW_KEYS}


def _flow() -> Schema:
    optional: Schema = {
        "description": _about("what the flow is for", _SCALAR_TEXT),
        "tags": _about(
            "words to find and run it by", {"anyOf": [{"type": "array", "items": _SCALAR_TEXT}, _SCALAR_TEXT]}
        ),
        "suite": _about("the group it belongs to", _SCALAR_TEXT),
        "author": _about("who looks after it", _SCALAR_TEXT),
        "version": _about("your own version of it", _SCALAR_TEXT),
        "env": _about("variables; an environment or an override of the same name wins", {"type": "object"}),
        "env_file": _about("file of variables, read by the command line on your machine, below env", _TEXT),
        "config": _about("what holds for the whole flow", {"$ref": "#/$defs/flow_config"}),
        "setup": _about("steps before the main ones; if one fails, the main steps do not run", _STEPS),
        "teardown": _about("steps that run once any step was started, whatever happened", _STEPS),
    }
    needed: Schema = {
        "name": _about("the name of the flow", {"type": "string", "minLength": 1, "maxLength": MAX_NAME}),
        "steps": _about("the main steps, in order", {**_STEPS, "minItems": 1}),
    }
    return _object({**needed, **_or_empty(optional), **_kept_at_the_top()}, required=needed)


def _flow_config() -> Schema:
    properties: Schema = {
        "timeout": _about("of the whole flow, default 10m", _DURATION),
        "teardown_timeout": _about("of the teardown, default 1m", _DURATION),
        "fail_fast": _about("stop at the first step that fails, default true", _FLAG),
        "retry": _about("for every step that has none of its own", {"$ref": "#/$defs/retry"}),
    }
    return _object(_or_empty(properties))


def _retry() -> Schema:
    kinds: Schema = {"anyOf": [{"enum": [*FAILURE_KINDS, "connection_error", "any"]}, _TEXT]}
    conditions: Schema = {"anyOf": [{"type": "array", "items": kinds}, _TEXT]}
    properties: Schema = {
        "max_attempts": _about(
            f"1 to {MAX_ATTEMPTS}", {"anyOf": [{"type": "integer", "minimum": 1, "maximum": MAX_ATTEMPTS}, _TEXT]}
        ),
        "delay": _about("before the second attempt, default 1s", _DURATION),
        "backoff": _about("how the delay grows, default exponential", {"enum": ["exponential", "linear", "constant"]}),
        "max_delay": _about("the longest delay, default 30s", _DURATION),
        "jitter": _about(
            "shortens delays at random: a share from 0 to 1, true is 0.5",
            {"anyOf": [_FLAG, {"type": "number", "minimum": 0, "maximum": 1}]},
        ),
        "retry_on": _about("kinds of failure, any, or expressions over the result", conditions),
        "retry_on_not": _about("as retry_on; wins over it", conditions),
        "enabled": _about("false: one attempt", _FLAG),
    }
    return _object(_or_empty(properties))


def _step() -> Schema:
    optional: Schema = {
        "id": _about(
            "its name in templates and addresses", {"type": "string", "pattern": "^[A-Za-z][A-Za-z0-9_-]{0,63}$"}
        ),
        "name": _about("for people", _SCALAR_TEXT),
        "description": _about("for people", _SCALAR_TEXT),
        "config": _about("what the action works on", {"type": "object"}),
        "run_condition": _about("expression; false skips the step", {"type": ["string", "boolean"]}),
        "when": _about("the same as run_condition", {"type": ["string", "boolean"]}),
        "assert": _about("expressions that must all hold", {"$ref": "#/$defs/assertions"}),
        "assert_any": _about("expressions of which one must hold", {"$ref": "#/$defs/assertions"}),
        "assert_none": _about("expressions of which none may hold", {"$ref": "#/$defs/assertions"}),
        "output": _about("variable → path into the result", _map_of("#/$defs/output")),
        "retry": _about("how often it is tried", {"$ref": "#/$defs/retry"}),
        "timeout": _about("of one attempt, default 30s", _DURATION),
        "on_error": _about(
            "fail (default) or continue",
            {"anyOf": [{"enum": ["fail", "continue"]}, _object({"action": {"enum": ["fail", "continue"]}})]},
        ),
        "soft": _about("with continue: a failure here does not fail the flow", _FLAG),
        "error_steps": _about("steps that run only when this one failed", _STEPS),
        "disabled": _about("skipped, and recorded as such", _FLAG),
        "repeatable": _about("running it twice does no harm", _FLAG),
        **{key: {"description": "kept and ignored"} for key in KEPT_STEP_KEYS},
    }
    names = [{"const": name, "description": SPECS[name].summary} for name in SPECS]
    step = _object(
        {"action": _about("what the step does", {"oneOf": names}), **_or_empty(optional)}, required=["action"]
    )
    return {**step, "allOf": [_config_of(spec) for spec in SPECS.all]}


def _map_of(reference: str) -> Schema:
    return {"type": "object", "additionalProperties": {"$ref": reference}}


def _assertions() -> Schema:
    one: Schema = {"$ref": "#/$defs/assertion"}
    return {"anyOf": [{"type": "array", "items": one}, one]}


def _assertion() -> Schema:
    expression: Schema = {"type": ["string", "boolean"], "description": "an expression that must be true"}
    with_message = _object(
        {
            "expression": expression,
            "message": _about("shown when it does not hold", {"type": ["string", "number", "null"]}),
        },
        required=["expression"],
    )
    return {"anyOf": [expression, with_message]}


def _output() -> Schema:
    properties: Schema = {
        "path": _about("JSONPath, expression or JMESPath", _TEXT),
        "optional": _about("null when nothing is there, instead of failing", _FLAG),
        "default": {"description": "its value when nothing is there"},
    }
    return {"anyOf": [_about("JSONPath, expression or JMESPath", _TEXT), _object(properties, required=["path"])]}


def _config_of(spec: ActionSpec) -> Schema:
    """`config` as the action of the step wants it."""
    names = [spec.name, *spec.aliases]
    then: Schema = {"properties": {"config": {"$ref": f"#/$defs/{spec.name}"}}}
    if any(field.is_required() for field in spec.Config.model_fields.values()):
        then["required"] = ["config"]
    return {"if": {"properties": {"action": {"enum": names}}, "required": ["action"]}, "then": then}


def _action_configs() -> Schema:
    found: Schema = {}
    for spec in SPECS.all:
        schema = spec.Config.model_json_schema(by_alias=True, ref_template=f"#/$defs/{spec.name}.{{model}}")
        inner: Schema = schema.pop("$defs", {})
        models = {model.__name__: model for model in _all_models(spec.Config)}
        found[spec.name] = {**_loosened(schema, spec.Config), "description": spec.summary}
        for key in spec.step_keys:
            found[spec.name]["properties"][key] = _BRANCHES if key == BRANCHES else _STEPS
        for name, nested in inner.items():
            found[f"{spec.name}.{name}"] = _nested(nested, models.get(name))
    return found


def _all_models(model: type[BaseModel]) -> set[type[BaseModel]]:
    found = {model}
    for field in model.model_fields.values():
        for inner in models_in(field.annotation):
            found |= _all_models(inner)
    return found


def _nested(schema: Schema, model: type[BaseModel] | None) -> Schema:
    if model is None:
        return schema
    loose = _loosened(schema, model)
    if any(found.info.mode == "before" for found in model.__pydantic_decorators__.model_validators.values()):
        loose.pop("required", None)  # it reads a shorter form as well
        loose.pop("additionalProperties", None)
    return loose


def _loosened(schema: Schema, model: type[BaseModel]) -> Schema:
    """A template may stand for every value, and the text of a number for the number."""
    before = {
        name
        for found in model.__pydantic_decorators__.field_validators.values()
        if found.info.mode == "before"
        for name in found.info.fields
    }
    keys = {field.alias or name: name for name, field in model.model_fields.items()}
    properties = {
        key: _described(value, {} if keys.get(key) in before else _or_template(value))
        for key, value in schema.get("properties", {}).items()
    }
    loose = {**schema, "properties": properties}
    loose.pop("title", None)
    return loose


def _described(value: Schema, loose: Schema) -> Schema:
    described: Schema = {key: value.get(key) for key in ("description", "default")}
    return {**{key: part for key, part in described.items() if part not in (None, {})}, **loose}


def _or_template(value: Schema) -> Schema:
    schema = {key: part for key, part in value.items() if key not in ("title", "description", "default")}
    if not schema or schema.get("type") == "string":
        return schema
    options = schema.pop("anyOf", None) or [schema]
    texts = any(option.get("type") in ("integer", "number") for option in options)
    return {"anyOf": [*(_without_title(option) for option in options), _TEXT if texts else _TEMPLATE]}


def _without_title(schema: Schema) -> Schema:
    return {key: value for key, value in schema.items() if key != "title"}


if __name__ == "__main__":
    FILE.write_text(as_text(), encoding="utf-8")
