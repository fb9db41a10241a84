"""Every failure that the product can record is weighed, said in words, and followed by something to do."""

import re
from pathlib import Path

import pytest

from analytics.diagnosis.actions import next_action
from analytics.diagnosis.codes import by_code, by_status
from analytics.diagnosis.evidence import Facts
from analytics.diagnosis.rules import fired
from analytics.diagnosis.verdict import verdict_of
from analytics.diagnosis.words import says
from executions.status import FailureKind

ROOT = Path(__file__).parents[3]
KINDS = frozenset(FailureKind.values)
# The flow's own kinds are told by what was asserted, captured or lacked.
ELSEWHERE = frozenset({"assertion", "extraction", "template"})
# What a flow that was called failed with is that failure's own; one that somebody cancelled has no cause.
NO_CAUSE = frozenset({"flow_cancelled"})


def documented() -> set[tuple[str, str]]:
    """Kind and code, as the pages of the actions list them."""
    found = set()
    for page in (ROOT / "docs" / "actions").glob("*.md"):
        for row in re.findall(r"^\| `(\w+)` \| (.+?) \|", page.read_text("utf-8"), re.MULTILINE):
            if row[0] in KINDS - ELSEWHERE:
                found |= {(row[0], code) for code in re.findall(r"`(\w+)`", row[1])}
    return found


def written() -> set[str]:
    """Codes that stand in the workers' source."""
    texts = (path.read_text("utf-8") for path in (ROOT / "workers").rglob("*.py"))
    return {code for text in texts for code in re.findall(r'\bcode="(\w+)"', text)} - {"bad_path", "condition"}


@pytest.mark.parametrize(("kind", "code"), sorted(documented()))
def test_a_documented_failure_is_weighed_and_followed_by_something_to_do(kind: str, code: str) -> None:
    known = Facts(kind=kind, code=code, message="it failed", service="shop:80")
    rules = fired(known)
    assert rules or code in NO_CAUSE
    assert [one.id for one in rules if says(one.id) == one.id.replace("_", " ")] == []
    said = next_action(known, "steps/pay", verdict_of(rules), rules)
    assert said.text
    assert "{" not in said.text


def test_the_pages_of_the_actions_name_enough_of_them() -> None:
    assert len(documented()) > 60


def test_a_code_in_the_source_of_the_workers_is_weighed() -> None:
    assert [code for code in sorted(written() - NO_CAUSE) if by_code("action", code) in (None, SAID_NO)] == []


SAID_NO = by_code("action", "of_nobody_knows_what")


@pytest.mark.parametrize("status", [*range(300, 400), *range(400, 600)])
def test_a_status_that_is_no_success_is_weighed(status: int) -> None:
    assert by_status(status)


def test_an_address_that_the_worker_may_not_go_to_is_the_environments() -> None:
    denied = Facts(kind="config", code="egress_denied", message="not allowed")
    assert verdict_of(fired(denied)).category == "environment"
    assert verdict_of(fired(denied)).confidence == "high"


def test_success_of_another_kind_is_weighed_too() -> None:
    broken = {"expression": "status == 200", "operator": "==", "passed": False, "actual": 204, "expected": 200}
    known = Facts(kind="assertion", code="assertion", message="", status=204, assertion=broken, protocol="http")
    assert [one.id for one in fired(known)] == ["other_success"]
