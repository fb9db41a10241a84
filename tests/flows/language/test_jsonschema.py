from pathlib import Path
from typing import Any

import jsonschema
import pytest

from flows.language.actions import SPECS
from flows.language.checks.flow import CONFIG_KEYS, FLOW_KEYS, KEPT_FLOW_KEYS
from flows.language.checks.retry import RETRY_KEYS
from flows.language.checks.step import KEPT_STEP_KEYS, STEP_KEYS
from flows.language.document import plain, read
from flows.language.jsonschema import FILE, as_text, flow_schema
from tests.flows.language.flow_texts import flow_with
from tests.flows.language.test_spec import EVERYTHING

EXAMPLES = sorted((Path(__file__).parents[3] / "examples" / "flows").rglob("*.yaml"))


@pytest.fixture(scope="module")
def validator() -> Any:
    jsonschema.Draft202012Validator.check_schema(flow_schema())
    return jsonschema.Draft202012Validator(flow_schema())


def values_of(text: str | bytes) -> Any:
    root = read(text).root
    assert root is not None
    return plain(root)


def test_the_committed_schema_is_the_one_that_is_made() -> None:
    assert FILE.read_text(encoding="utf-8") == as_text(), "run: python -m flows.language.jsonschema"


def test_the_schema_knows_exactly_the_keys_that_are_read() -> None:
    parts = flow_schema()["$defs"]
    assert set(parts["flow"]["properties"]) == {*FLOW_KEYS, *KEPT_FLOW_KEYS}
    assert set(parts["flow_config"]["properties"]) == set(CONFIG_KEYS)
    assert set(parts["retry"]["properties"]) == set(RETRY_KEYS)
    assert set(parts["step"]["properties"]) == {*STEP_KEYS, *KEPT_STEP_KEYS}
    assert {spec.name for spec in SPECS.all} <= set(parts)


def test_every_key_is_described() -> None:
    parts = flow_schema()["$defs"]
    for part in ("flow", "flow_config", "retry", "step"):
        assert [key for key, schema in parts[part]["properties"].items() if not schema.get("description")] == []


@pytest.mark.parametrize("path", EXAMPLES, ids=[path.stem for path in EXAMPLES])
def test_every_example_satisfies_the_schema(path: Path, validator: Any) -> None:
    assert [error.message for error in validator.iter_errors(values_of(path.read_bytes()))] == []


def test_a_flow_with_every_key_satisfies_it(validator: Any) -> None:
    assert list(validator.iter_errors(values_of(EVERYTHING))) == []


@pytest.mark.parametrize(
    "step",
    [
        "{action: http_request, config: {url: 'http://x', auth: {basic: {username: a, password: '${P}'}}}}",
        "{action: http_request, config: {url: 'http://x', max_redirects: '3', timeout: 5s, verify_ssl: '${V}'}}",
        "{action: redis.get, config: {host: h, key: k, tls: true}}",
        "{action: assert, config: {assertions: 1 == 1}}",
        "{action: log, config: {message: x}, assert: 1 == 1, retry: {retry_on: timeout}, timeout: 5, output: null}",
    ],
)
def test_what_check_accepts_the_schema_accepts(step: str, validator: Any) -> None:
    assert list(validator.iter_errors(values_of(flow_with(f"- {step}")))) == []


@pytest.mark.parametrize(
    "text",
    [
        flow_with("- {action: http_requst, config: {url: x}}"),
        flow_with("- {action: http_request}"),
        flow_with("- {action: http_request, config: {ulr: x, url: x}}"),
        flow_with("- {action: log, config: {message: x}, asert: []}"),
        flow_with("- {action: log, config: {message: x}}", top="stepz: []"),
        flow_with("- {action: log, config: {message: x}, retry: {max_attempts: 11}}"),
        "name: x\nsteps: []",
        "flow: {name: x}",
        "flow: {name: x, steps: [{action: log, config: {message: x}}]}\nname: y",
    ],
)
def test_what_is_wrong_shows_in_an_editor(text: str, validator: Any) -> None:
    assert list(validator.iter_errors(values_of(text)))
