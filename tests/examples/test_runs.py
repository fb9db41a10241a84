"""Every example flow, run by the command line on the whole product: it ends the way its comment says."""

import json
import os
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import psycopg
import pytest

from tests.running_stack import Stack

pytestmark = pytest.mark.stack

FLOWS = Path(__file__).parents[2] / "examples" / "flows"
Report = dict[str, Any]

# flow -> the step that fails, its attempts, kind, code, and words of the message that a person needs
FAILURES = {
    "all-attempts": ("steps/keep_trying", 3, "assertion", "", "status is 503, expected 200"),
    "bad-sql": ("steps/ask_wrongly", 1, "action", "sqlstate_42703", 'column "prise" does not exist'),
    "broken-rule": ("steps/sell_what_is_not_there", 1, "action", "sqlstate_23514", "products_stock_is_not_negative"),
    "dns": ("steps/call_no_one", 1, "unreachable", "dns", "shop.invalid"),
    "drip": ("steps/read_slowly", 1, "timeout", "", "2.5 s"),
    "expired-certificate": ("steps/look", 1, "unreachable", "tls_expired", "certificate"),
    "failed-assertion": ("steps/look", 1, "assertion", "", "A kettle for the price of a tea"),
    "failing-branch": ("steps/both[1]/look", 1, "assertion", "", "status is 404, expected 200"),
    "failing-then": ("steps/choose/then/look", 1, "assertion", "", "status is 404, expected 200"),
    "failing-turn": ("steps/each_product[1]/look", 1, "assertion", "", "status is 404, expected 200"),
    "half-a-response": ("steps/read_half", 1, "unreachable", "incomplete", "50 of 100 bytes"),
    "lost-event": ("steps/listen", 1, "timeout", "", "2 s"),
    "missing-output": ("steps/look", 1, "extraction", "", "$.tracking.number"),
    "missing-variable": ("steps/ask_for_nobody", 1, "template", "", "The nearest is CUSTOMER_ID"),
    "never-open": ("steps/wait_for_it", 1, "timeout", "poll_timeout", "It was asked 3 times. The last status was 404"),
    "never-shown": ("steps/see_it[2]/look", 1, "assertion", "", "status is 404, expected 200"),
    "never-stored": ("steps/look_for_it", 1, "timeout", "poll_timeout", "It was asked 3 times. No row came."),
    "refused": ("steps/call_nobody", 3, "unreachable", "refused", "127.0.0.1:9"),
    "reset": ("steps/be_cut_off", 1, "unreachable", "reset", "Connection reset"),
    "sub-flow": ("steps/run_it", 1, "assertion", "", "steps/look: A kettle for the price of a tea"),
    "time-out": ("steps/wait_too_long", 1, "timeout", "", "1 s"),
    "wrong-type": ("steps/count_pages", 1, "assertion", "", 'body.count is 2 (number), expected "2" (text)'),
}

# flow -> the step that holds the one that fails, its kind and how its message begins
HOLDERS = {
    "failing-branch": ("steps/both", "assertion", "steps/both[1]/look: "),
    "failing-then": ("steps/choose", "assertion", "steps/choose/then/look: "),
    "failing-turn": ("steps/each_product", "assertion", "steps/each_product[1]/look: "),
    "never-shown": ("steps/see_it", "timeout", "Not so after 3 rounds. steps/see_it[2]/look: "),
}


def _run(stack: Stack, folder: Path, *, code: int) -> dict[str, Report]:
    """One report per file name, from one call of the command line for all of them."""
    files = sorted(folder.glob("*.yaml"))
    command = [sys.executable, "-m", "cli.main", "run", *map(str, files), "--env", "demo", "--json", "-"]
    done = subprocess.run(
        command,
        env=os.environ | {"STEPWELL_URL": stack.url, "STEPWELL_TOKEN": stack.token, "NO_COLOR": "1"},
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )
    assert done.returncode == code, done.stderr
    return {file.stem: report for file, report in zip(files, json.loads(done.stdout), strict=True)}


@pytest.fixture(scope="module")
def passing(stack: Stack) -> dict[str, Report]:
    return _run(stack, FLOWS, code=0)


@pytest.fixture(scope="module")
def failing(stack: Stack) -> dict[str, Report]:
    return _run(stack, FLOWS / "failing", code=3)  # the worst of them is the one that timed out


@pytest.mark.parametrize("name", sorted(path.stem for path in FLOWS.glob("*.yaml")))
def test_an_example_flow_passes(passing: dict[str, Report], name: str) -> None:
    report = passing[name]
    failures = [(step["path"], step["failure"]) for step in report["steps"] if step["failure"]]
    soft = ["steps/add_it_again", "steps/oversell"] if name == "cleanup-after-failure" else []
    assert (report["execution"]["status"], [path for path, _ in failures]) == ("passed", soft), failures


def test_together_they_run_every_action_with_assertions_and_outputs(passing: dict[str, Report]) -> None:
    from flows.language.actions import SPECS

    steps = [step for report in passing.values() for step in report["steps"]]
    assert {spec.name for spec in SPECS.all} <= {step["action"] for step in steps if step["status"] == "passed"}
    asserting = Counter(step["action"] for step in steps if step["assertions"])
    assert {"http_request", "database_query", "redis_get", "redis_set", "redis_del", "redis_exists"} <= asserting.keys()
    assert any(step["outputs"] for step in steps)


def test_they_leave_nothing_behind(stack: Stack, passing: dict[str, Report]) -> None:
    assert passing
    with psycopg.connect(stack.shop["SHOP_DATABASE_URL"]) as connection:
        left = connection.execute(
            "SELECT (SELECT count(*) FROM users), (SELECT count(*) FROM orders),"
            " (SELECT count(*) FROM products WHERE category IN ('trial', 'rare'))"
        ).fetchone()
    assert left == (0, 0, 0)


def test_a_retry_that_helped_is_seen(passing: dict[str, Report]) -> None:
    steps = {step["id"]: step for step in passing["retry-flaky"]["steps"]}
    assert (steps["ask_until_it_works"]["attempts"], steps["ask_until_it_works"]["status"]) == (3, "passed")
    assert steps["count_once"]["attempts"] == 1


def test_a_condition_that_is_false_skips_its_step(passing: dict[str, Report]) -> None:
    steps = {step["id"]: step["status"] for step in passing["gift-within-budget"]["steps"]}
    assert (steps["settle_for_a_card"], steps["send"], steps["pick"]) == ("skipped", "skipped", "passed")


@pytest.mark.parametrize("name", sorted(FAILURES))
def test_a_flow_that_fails_on_purpose_fails_for_its_reason(failing: dict[str, Report], name: str) -> None:
    path, attempts, kind, code, words = FAILURES[name]
    report = failing[name]
    step = [step for step in report["steps"] if step["failure"]][-1]  # what holds it fails with it, and is told before
    assert report["execution"]["status"] == "failed"
    assert (step["path"], step["attempts"], step["failure"]["kind"]) == (path, attempts, kind)
    assert words in step["failure"]["message"]
    if code:
        assert step["failure"]["code"] == code


@pytest.mark.parametrize("name", sorted(HOLDERS))
def test_what_holds_the_step_that_failed_names_it(failing: dict[str, Report], name: str) -> None:
    path, kind, words = HOLDERS[name]
    (step,) = [step for step in failing[name]["steps"] if step["path"] == path]
    assert (step["status"], step["failure"]["kind"]) == ("failed", kind)
    assert step["failure"]["message"].startswith(words)


def test_every_assertion_is_evaluated_also_after_one_that_failed(failing: dict[str, Report]) -> None:
    (look,) = [step for step in failing["failed-assertion"]["steps"] if step["id"] == "look"]
    assert [one["passed"] for one in look["assertions"]] == [True, False, True, False]
    assert [(one["actual"], one["expected"]) for one in look["assertions"]][3] == ("steel", "copper")


def test_a_flow_out_of_time_still_runs_its_teardown(failing: dict[str, Report]) -> None:
    report = failing["flow-deadline"]
    assert report["execution"]["status"] == "timed_out"
    statuses = {step["path"]: step["status"] for step in report["steps"]}
    assert statuses == {"steps/begin": "passed", "steps/sleep_in": "cancelled", "teardown/say_so": "passed"}


def test_each_flow_that_fails_is_spoken_for() -> None:
    assert {path.stem for path in (FLOWS / "failing").glob("*.yaml")} == FAILURES.keys() | {"flow-deadline"}
