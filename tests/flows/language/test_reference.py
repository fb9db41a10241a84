"""The page for users says what is so."""

import json
import re
from pathlib import Path

import pytest

from flows.language.check import check
from flows.language.checks.flow import FLOW_KEYS, KEPT_FLOW_KEYS
from flows.language.checks.retry import RETRY_KEYS
from flows.language.checks.step import STEP_KEYS
from flows.language.expressions.evaluate import evaluate
from flows.language.expressions.parse import parse
from flows.language.scope import Scope

PAGE = (Path(__file__).parents[3] / "docs" / "flow-language.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"^```yaml\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)
EXPRESSIONS = re.findall(
    r"^\| `(.+)` \| `(.+)` \|$", PAGE.split("<!-- the table is tested -->")[1].split("\n\n")[0], re.MULTILINE
)


@pytest.mark.parametrize("example", EXAMPLES, ids=[re.findall(r"name: (.*)", text)[0] for text in EXAMPLES])
def test_every_example_is_a_good_flow(example: str) -> None:
    assert check(example).lines() == []


@pytest.mark.parametrize(("expression", "gives"), EXPRESSIONS)
def test_every_expression_gives_what_the_page_says(expression: str, gives: str) -> None:
    result = json.loads(re.findall(r"^`(\{\"status\".*\})`\.$", PAGE, re.MULTILINE)[0])
    assert evaluate(parse(expression), Scope().with_result(result)) == json.loads(gives)


def test_the_wrong_example_gets_the_answer_on_the_page() -> None:
    (wrong,) = re.findall(r"^```yaml wrong\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)
    answer = PAGE.split("<!-- the answer is tested -->\n```text\n")[1].split("```")[0]
    assert check(wrong).lines() == answer.splitlines()


def test_every_key_is_on_the_page() -> None:
    missing = [
        key
        for key in (*FLOW_KEYS, *KEPT_FLOW_KEYS, *STEP_KEYS, *RETRY_KEYS)
        if f"`{key}" not in PAGE and f"{key}`" not in PAGE
    ]
    assert missing == []
    assert len(EXAMPLES) >= 3
    assert len(EXPRESSIONS) >= 20
