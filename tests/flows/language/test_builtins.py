"""The built-in names (FLOW_LANGUAGE §3)."""

import re
from typing import Any

import pytest

from flows.language.builtins import BUILTIN_NAMES
from flows.language.expressions.errors import EvaluationError, ValueMissing
from flows.language.expressions.evaluate import evaluate
from flows.language.expressions.parse import parse
from flows.language.namespaces import GROUPS
from flows.language.scope import Scope
from flows.language.templates import render
from tests.flows.language.scopes import builtins

UUID4 = r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"


def here() -> Scope:
    return Scope(builtins=builtins()).for_step(step_id="pay", path="steps/pay", draws={})


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("TIMESTAMP", "2024-05-01T09:08:07Z"),
        ("ISO_TIMESTAMP", "2024-05-01T09:08:07Z"),
        ("TIMESTAMP_UNIX", 1714554487),
        ("$timestamp", 1714554487),
        ("DATE", "2024-05-01"),
        ("TIME", "09:08:07"),
        ("DATETIME", "2024-05-01 09:08:07"),
        ("YEAR", "2024"),
        ("MONTH", "05"),
        ("DAY", "01"),
        ("HOUR", "09"),
        ("MINUTE", "08"),
        ("SECOND", "07"),
        ("FLOW_ID", "f-1"),
        ("FLOW_NAME", "Checkout"),
        ("EXECUTION_ID", "e-1"),
        ("ENVIRONMENT", "staging"),
        ("STEP_ID", "pay"),
    ],
)
def test_the_time_and_the_run(name: str, expected: Any) -> None:
    assert name in BUILTIN_NAMES
    assert render(f"${{{name}}}", here()) == expected
    assert render(f"{{{{ {name} }}}}", here()) == expected


@pytest.mark.parametrize(
    ("template", "pattern"),
    [
        ("${RANDOM_ID}", UUID4),
        ("${UUID}", UUID4),
        ("${$uuid}", UUID4),
        ("{{$uuid}}", UUID4),
        ("${random.uuid}", UUID4),
        ("${random.uuid()}", UUID4),
        ("${RANDOM_STRING}", r"[A-Za-z0-9]{16}"),
        ("${random.string(8)}", r"[A-Za-z0-9]{8}"),
        ("u-${RANDOM_INT}", r"u-\d{1,6}"),
        ("u-${$random_int}", r"u-\d{1,6}"),
        ("u-${random.int(5, 7)}", r"u-[567]"),
    ],
)
def test_random_values(template: str, pattern: str) -> None:
    assert re.fullmatch(pattern, render(template, here()))


def test_random_numbers_are_numbers() -> None:
    assert isinstance(render("${RANDOM_INT}", here()), int)
    assert render("${random.int(4, 4)}", here()) == 4
    assert render("${RANDOM_INT % 10 + 1}", here()) in range(1, 11)


def test_fake_people_and_things() -> None:
    for group, names in GROUPS.items():
        for name in names:
            found = render(f"${{FAKER.{group}.{name}}}", here())
            assert isinstance(found, str | int | float | bool), (group, name)
            assert found != "", (group, name)


def test_fakes_work_with_functions_and_arguments() -> None:
    assert render("${FAKER.internet.email.upper()}", here()).isupper()
    assert len(render("${FAKER.lorem.words(4)}", here()).split()) == 4
    assert render("${FAKER.datatype.number(3)}", here()) in range(4)
    assert render("${FAKER.firstName}", here())


def test_a_fake_is_the_same_on_a_retry() -> None:
    draws: dict[str, Any] = {}
    names = [
        render("${FAKER.name.fullName}", Scope().for_step(step_id="s", path="steps/s", draws=draws), place="config.x")
        for _ in range(2)
    ]
    assert names[0] == names[1]
    assert list(draws.values()) == [names[0]]


@pytest.mark.parametrize(
    ("expression", "error", "part"),
    [
        ("FAKER.name.firstNam", ValueMissing, "The nearest is FAKER.name.firstName"),
        ("FAKER.nme.firstName", ValueMissing, "The nearest is FAKER.name"),
        ("FAKER.name", EvaluationError, "FAKER.name is no value"),
        ("FAKER", EvaluationError, "FAKER is no value"),
        ("random", EvaluationError, "random is no value. There is random.int(a, b)"),
        ("random.it(1, 2)", ValueMissing, "The nearest is random.int"),
        ("random.int(2, 1)", EvaluationError, "2 is above 1"),
        ("random.int('a')", EvaluationError, "takes two whole numbers"),
        ("random.string(1000000)", EvaluationError, "0 to 10000"),
        ("FAKER.name.firstName(1)", EvaluationError, "takes no arguments"),
    ],
)
def test_wrong_names_under_random_and_faker(expression: str, error: type[Exception], part: str) -> None:
    with pytest.raises(error) as caught:
        evaluate(parse(expression), here())
    assert part in str(caught.value)
