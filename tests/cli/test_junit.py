"""The JUnit file: valid for its readers whatever a target said, red exactly when the flow is."""

import re
from typing import Any
from xml.etree.ElementTree import Element, fromstring

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cli.gather import Gathered, NeverReached
from cli.junit import clean, junit_xml
from tests.cli.records import assertion, attempt, execution, failure, report, step

# What readers of such files agree on: the elements, their order, their attributes.
CHILDREN = {
    "testsuites": ["testsuite"],
    "testsuite": ["properties", "testcase"],
    "testcase": ["properties", "skipped", "error", "failure", "system-out"],
    "properties": ["property"],
}
REQUIRED = {
    "testsuites": {"name", "tests", "failures", "errors", "skipped", "time"},
    "testsuite": {"name", "tests", "failures", "errors", "skipped"},
    "testcase": {"name", "classname", "time"},
    "property": {"name", "value"},
    "failure": {"type", "message"},
    "error": {"type", "message"},
    "skipped": {"message"},
}


def gathered(ended: dict[str, Any] | None, *steps: dict[str, Any], **known: Any) -> Gathered:
    shown = report(ended, *steps) if ended else {"execution": {"id": None}, "steps": []}
    facts: dict[str, Any] = {"name": "Checkout", "execution": ended, "steps": list(steps), "report": shown}
    return Gathered(**(facts | known))


def suites(*runs: Gathered) -> Element:
    root = fromstring(junit_xml(runs))
    assert_follows_the_schema(root)
    return root


def assert_follows_the_schema(root: Element) -> None:
    for element in root.iter():
        allowed = CHILDREN.get(element.tag, [])
        places = [allowed.index(child.tag) for child in element]
        assert places == sorted(places), f"{element.tag} has its children in another order"
        assert REQUIRED.get(element.tag, set()) <= set(element.attrib), element.tag
    for suite in root:
        cases = suite.findall("testcase")
        assert int(suite.attrib["tests"]) == len(cases)
        for name, tag in (("failures", "failure"), ("errors", "error"), ("skipped", "skipped")):
            assert int(suite.attrib[name]) == sum(case.find(tag) is not None for case in cases)
        assert all(re.fullmatch(r"\d+\.\d{3}", case.attrib["time"]) for case in cases)
        assert all(sum(case.find(tag) is not None for tag in ("skipped", "error", "failure")) <= 1 for case in cases)
        if "timestamp" in suite.attrib:
            assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d", suite.attrib["timestamp"])
    for name in ("tests", "failures", "errors", "skipped"):
        assert int(root.attrib[name]) == sum(int(suite.attrib[name]) for suite in root)


def cases(root: Element) -> dict[str, Element]:
    return {case.attrib["name"]: case for case in root.iter("testcase")}


def is_red(root: Element) -> bool:
    return int(root.attrib["failures"]) + int(root.attrib["errors"]) > 0


def test_each_step_is_a_case_of_its_flow_in_the_order_of_the_document() -> None:
    root = suites(
        gathered(
            execution(),
            step("teardown/clean", position=4),
            step("steps/pay", position=1, duration_ms=1234),
            step("setup/login", position=0),
            step("steps/mail", position=2, status="skipped", skip_reason="The condition did not hold."),
        )
    )
    assert list(cases(root)) == ["setup/login", "steps/pay", "steps/mail", "teardown/clean"]
    assert {case.attrib["classname"] for case in root.iter("testcase")} == {"Checkout"}
    assert cases(root)["steps/pay"].attrib["time"] == "1.234"
    skipped = cases(root)["steps/mail"].find("skipped")
    assert skipped is not None
    assert skipped.attrib["message"] == "The condition did not hold."
    assert not is_red(root)


def test_steps_inside_steps_stand_turn_by_turn_whichever_ran_first() -> None:
    def inside(turn: int, name: str, position: int, path: str = "", **known: Any) -> dict[str, Any]:
        parent = known.pop("parent", "steps/each")
        return step(path or f"steps/each[{turn}]/{name}", position=position, parent=parent, index=turn, **known)

    root = suites(
        gathered(
            execution(status="failed"),
            step("steps/each", position=0, action="for_each"),
            inside(1, "a", 1),
            inside(0, "a", 1),
            inside(10, "a", 1),
            inside(1, "b", 2, status="failed", failure=failure()),
            step("steps/each[1]/b/error_steps/tell", position=3, parent="steps/each[1]/b"),
            inside(0, "deep", 4),
            inside(0, "x", 5, path="steps/each[0]/deep[0]/x", parent="steps/each[0]/deep"),
            never_reached=[NeverReached(path="steps/after", action="log", position=6)],
        )
    )
    assert list(cases(root)) == [
        "steps/each",
        "steps/each[0]/a",
        "steps/each[0]/deep",
        "steps/each[0]/deep[0]/x",
        "steps/each[1]/a",
        "steps/each[1]/b",
        "steps/each[1]/b/error_steps/tell",
        "steps/each[10]/a",
        "steps/after",
    ]
    assert root.attrib["failures"] == "1"


def test_steps_never_reached_are_skipped_cases_in_their_place() -> None:
    failed = step("steps/a", position=0, status="failed", failure=failure())
    ended = execution(status="failed")
    unreached = [NeverReached(path="steps/b", action="log", position=1)]
    root = suites(gathered(ended, failed, step("teardown/c", position=2), never_reached=unreached))
    assert list(cases(root)) == ["steps/a", "steps/b", "teardown/c"]
    skipped = cases(root)["steps/b"].find("skipped")
    assert skipped is not None
    assert skipped.attrib["message"] == "never reached"


@pytest.mark.parametrize(
    ("kind", "tag"),
    [
        ("assertion", "failure"),
        ("extraction", "failure"),
        ("action", "failure"),
        ("unreachable", "error"),
        ("timeout", "error"),
        ("template", "error"),
        ("config", "error"),
        ("worker_lost", "error"),
        ("something_new", "error"),
    ],
)
def test_a_failure_judges_the_target_and_an_error_does_not(kind: str, tag: str) -> None:
    failed = step(status="failed", failure=failure(kind, "code_1", "Said so."))
    found = cases(suites(gathered(execution(status="failed"), failed)))["steps/pay"].find(tag)
    assert found is not None
    assert found.attrib == {"type": kind, "message": f"{kind} (code_1): Said so."}


def test_a_failed_assertion_is_told_whole() -> None:
    failed = step(status="failed", failure=failure(message="1 of 2 assertions failed."))
    details = {"steps/pay": {"attempts": [attempt(assertions=[assertion(), assertion(passed=True)])]}}
    root = suites(gathered(execution(status="failed"), failed, details=details, file="checkout.yaml"))
    text = cases(root)["steps/pay"].findtext("failure") or ""
    assert 'body.state is "pending", expected "paid"  (checkout.yaml:12)' in text
    assert text.count("assertion:") == 1


def test_retries_are_marked() -> None:
    recovered = step(attempts=2, recovered=True)
    refused = failure("unreachable", "refused", "Nobody listened.")
    details = {"steps/pay": {"attempts": [attempt(failure=refused), attempt(2, status="passed")]}}
    case = cases(suites(gathered(execution(), recovered, details=details)))["steps/pay"]
    facts = {one.attrib["name"]: one.attrib["value"] for one in case.iter("property")}
    assert facts == {"action": "http_request", "attempts": "2", "reruns": "1", "recovered": "true"}
    assert (case.findtext("system-out") or "").splitlines() == [
        "attempt 1: failed in 100 ms, unreachable (refused): Nobody listened.",
        "attempt 2: passed in 100 ms",
    ]


@pytest.mark.parametrize("status", ["failed", "cancelled", "timed_out", "running", "queued"])
def test_a_run_that_did_not_pass_is_red_even_without_a_failed_step(status: str) -> None:
    root = suites(gathered(execution(status=status), step()))
    assert is_red(root)
    error = cases(root)["execution"].find("error")
    assert error is not None
    assert error.attrib["type"] == status


def test_a_run_that_never_started_is_red() -> None:
    root = suites(gathered(None, problem="There is no flow 'x'."))
    error = cases(root)["execution"].find("error")
    assert error is not None
    assert error.attrib["message"] == "There is no flow 'x'."


def test_a_soft_failure_leaves_a_passed_flow_green() -> None:
    root = suites(gathered(execution(), step(status="failed", soft=True, failure=failure())))
    assert not is_red(root)
    skipped = cases(root)["steps/pay"].find("skipped")
    assert skipped is not None
    assert skipped.attrib["message"].startswith("soft failure, assertion")


def test_an_interrupted_step_says_why() -> None:
    stopped = step(status="cancelled", message="The flow's deadline passed.")
    root = suites(gathered(execution(status="timed_out"), stopped))
    error = cases(root)["steps/pay"].find("error")
    assert error is not None
    assert error.attrib == {"type": "cancelled", "message": "The flow's deadline passed."}


def test_the_suite_says_what_ran_where() -> None:
    root = suites(gathered(execution(environment="staging", labels={"commit": "abc"}), step()), gathered(execution()))
    facts = {one.attrib["name"]: one.attrib["value"] for one in root[0].findall("properties/property")}
    assert facts == {
        "execution": "7",
        "status": "passed",
        "url": "/executions/7/",
        "flow": "checkout",
        "flow_version": "3",
        "environment": "staging",
        "label.commit": "abc",
    }
    assert len(root) == 2


@given(text=st.text(alphabet=st.characters(codec=None), max_size=60))
def test_any_text_of_a_target_makes_valid_xml(text: str) -> None:
    hostile = step(f"steps/{text}", status="failed", failure=failure(text, text, text), skip_reason=text, action=text)
    details = {f"steps/{text}": {"attempts": [attempt(assertions=[assertion(message=text, actual=text, line=1)])]}}
    ended = execution(status="failed", labels={text: text})
    root = suites(gathered(ended, hostile, name=text, file=text, details=details))
    assert is_red(root)


def test_what_xml_cannot_hold_is_written_out() -> None:
    assert clean("a\x00b\x1b\ud800\uffff\t\n<&>é😀") == "a\\x00b\\x1b\\ud800\\uffff\t\n<&>é😀"
