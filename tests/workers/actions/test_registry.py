"""What holds for every action, today's and tomorrow's."""

import importlib
import pkgutil
import re
from pathlib import Path

import pytest
from pydantic import ValidationError

import workers.actions
from flows.language.actions import SPECS
from flows.language.actions.base import STATIC, ActionSpec
from flows.language.check import check
from workers.actions import ACTIONS
from workers.actions.base import Action

PAGES = Path(__file__).parents[3] / "docs" / "actions"
EVERY_ACTION = [pytest.param(action, id=action.spec.name) for action in ACTIONS.all]


def test_every_spec_has_an_action_and_every_action_a_spec() -> None:
    assert {action.spec.name for action in ACTIONS.all} == {spec.name for spec in SPECS.all}
    assert all(ACTIONS[name].spec is SPECS[name] for name in SPECS)


def test_every_module_is_registered_under_its_own_name() -> None:
    modules = {module.name.rstrip("_") for module in pkgutil.iter_modules(workers.actions.__path__)} - {"base"}
    assert modules == {action.spec.name for action in ACTIONS.all}
    for action in ACTIONS.all:
        assert type(action).__module__.rpartition(".")[2].rstrip("_") == action.spec.name
        assert importlib.import_module(action.spec.Config.__module__).SPEC is action.spec


@pytest.mark.parametrize(
    "name", ["postgresql.query", "redis.get", "redis.set", "redis.del", "redis.exists", "transform", "set"]
)
def test_other_spellings(name: str) -> None:
    assert name in ACTIONS
    assert name in SPECS


def test_two_actions_of_one_name_are_refused() -> None:
    with pytest.raises(ValueError, match="two actions are called 'log'"):
        type(ACTIONS)([ACTIONS["log"], ACTIONS["log"]])


@pytest.mark.parametrize("action", EVERY_ACTION)
def test_unknown_config_keys_are_refused(action: Action[object]) -> None:  # type: ignore[type-var]  # any config
    if action.spec.name == "set":
        return  # its keys are the flow's own names
    with pytest.raises(ValidationError) as caught:
        action.spec.Config.model_validate({"no_such_key": 1})
    assert any(
        error["type"] == "extra_forbidden" and error["loc"] == ("no_such_key",) for error in caught.value.errors()
    )


def problems_of(spec: ActionSpec, config: dict[str, str]) -> set[str | int]:
    """The keys that the language finds fault with, templates not yet rendered."""
    try:
        spec.Config.model_validate(config, context=STATIC)
    except ValidationError as exc:
        return {error["loc"][0] for error in exc.errors() if error["loc"]}
    return set()


@pytest.mark.parametrize("spec", SPECS.all, ids=lambda spec: spec.name)
def test_a_template_may_stand_for_any_value(spec: ActionSpec) -> None:
    names = {field.alias or name for name, field in spec.Config.model_fields.items()} or {"x"}
    for template in ("${value}", "{{ value }}"):
        for name in names:
            assert name not in problems_of(spec, {name: template})


@pytest.mark.parametrize("action", EVERY_ACTION)
def test_its_page_tells_input_result_errors_and_an_example_that_validates(action: Action[object]) -> None:  # type: ignore[type-var]  # any config
    spec = action.spec
    page = (PAGES / f"{spec.name}.md").read_text()
    assert re.findall(r"^## (.*)$", page, re.MULTILINE) == ["Input", "Result", "Errors", "Example"]
    for name in {field.alias or name for name, field in spec.Config.model_fields.items()} | spec.result_keys:
        assert f"`{name}`" in page, f"{spec.name}.md says nothing of {name}"
    for alias in spec.aliases:
        assert f"`{alias}`" in page
    (example,) = re.findall(r"```yaml\n(.*?)```", page, re.DOTALL)
    checked = check(example)
    assert not checked.problems, [problem.format("example") for problem in checked.problems]
    assert f"action: {spec.name}\n" in example
