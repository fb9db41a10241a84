"""Every example flow is valid, and its comments keep their word where that can be read off the file."""

import re
from pathlib import Path

import pytest
import yaml

from flows.language.actions import SPECS
from flows.language.check import check

ROOT = Path(__file__).parents[2]
FLOWS = ROOT / "examples" / "flows"
PASSING = sorted(FLOWS.glob("*.yaml"))
FAILING = sorted((FLOWS / "failing").glob("*.yaml"))
ADDRESSES = {"SHOP_URL", "SHOP_TLS_URL", "SHOP_DATABASE_URL", "SHOP_REDIS_URL", "SHOP_KAFKA", "SHOP_GRPC"}

each_flow = pytest.mark.parametrize("path", PASSING + FAILING, ids=lambda path: path.stem)


@each_flow
def test_an_example_has_no_errors_and_no_warnings(path: Path) -> None:
    checked = check(path.read_text(), filename=path.name)
    problems = [problem.format(path.name) for problem in checked.problems]
    if path.stem == "missing-variable":
        (problem,) = problems  # the one that the flow is about
        assert "warning" in problem
        assert "CUSTOMER" in problem
    else:
        assert problems == []
    assert checked.flow is not None


@each_flow
def test_an_example_knows_the_shop_by_its_three_names_only(path: Path) -> None:
    document = yaml.safe_load(path.read_text())["flow"]
    addresses = {name for name, value in document.get("env", {}).items() if "127.0.0.1" in str(value)}
    assert addresses <= ADDRESSES
    steps = yaml.safe_dump({section: document.get(section) for section in ("setup", "steps", "teardown")})
    assert "127.0.0.1" not in steps.replace("http://127.0.0.1:9/", "")  # where nobody ever listens


@each_flow
def test_an_example_begins_with_a_comment_that_says_why(path: Path) -> None:
    text = path.read_text()
    assert text.startswith("# ")
    if path in FAILING:
        assert re.match(r"# (Fails with kind `\w+`|Ends as `timed_out`)", text)
        assert "\n# Look at " in text


def test_the_examples_show_every_action_of_the_language() -> None:
    used: set[str] = set()
    for path in PASSING:
        used |= set(re.findall(r"\baction: ([\w.]+)", path.read_text()))
    assert {spec.name for spec in SPECS.all} <= {SPECS[name].name for name in used}


def test_the_readme_lists_every_flow() -> None:
    readme = (FLOWS.parent / "README.md").read_text()
    assert [path.name for path in PASSING if f"(flows/{path.name})" not in readme] == []


def test_the_first_flow_in_the_docs_grows_into_a_valid_one() -> None:
    page = (ROOT / "docs" / "first-flow.md").read_text()
    first, output, database, query, last = re.findall(r"```yaml\n(.*?)```", page, re.DOTALL)
    head, steps = first.split("  steps:\n")
    grown = f"{head}{database}  steps:\n{steps}{output}{query}{last}"
    checked = check(grown, filename="first.yaml")
    assert [problem.format("first.yaml") for problem in checked.problems] == []
    assert checked.flow is not None
    assert [step.id for step in checked.flow.steps] == ["look", "cached_price", "price_in_books", "ask_a_shaky_service"]
