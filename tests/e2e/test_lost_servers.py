"""Valkey emptied or restarted, PostgreSQL killed or restarted, beat gone, while flows run: each ends rightly, and the
target saw every step that must not repeat once.
"""

import os
import shutil
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial

import psycopg
import pytest
import redis
from playwright.sync_api import Page, expect, sync_playwright

from tests.e2e.front_door import Api, Lab, flow, http, key, worker_of
from tests.pages.people import make_person
from tests.running_stack import Stack, wait_until

pytestmark = pytest.mark.stack
STEPS = 5


def slow_flow(lab: Lab, counter: str) -> str:
    """Longer than a worker's time slice at every step, so that every step needs a message."""
    steps = []
    for n in range(STEPS):
        steps.append(http(f"wait{n}", "GET", f"{lab.url}/lab/slow?seconds=0.6"))
        steps.append(http(f"count{n}", "POST", f"{lab.url}/lab/count/{counter}-{n}"))
    return flow("Many messages", *steps)


def start_some(api: Api, lab: Lab, many: int = 4) -> dict[int, str]:
    """Execution → the counters it adds to."""
    return {api.start(slow_flow(lab, counter)): counter for counter in (key() for _ in range(many))}


def assert_all_passed_once(api: Api, lab: Lab, started: dict[int, str]) -> None:
    for number, counter in started.items():
        record = api.wait(number)
        assert record.status == "passed", record
        assert [lab.count(f"{counter}-{n}") for n in range(STEPS)] == [1] * STEPS


def is_past(api: Api, number: int, path: str) -> bool:
    return path in api.record(number).steps


def test_every_key_of_redis_is_deleted_again_and_again(rough_stack: Stack, rough: Api, rough_lab: Lab) -> None:
    client = redis.Redis.from_url(rough_stack.redis_url)
    over = threading.Event()

    def flush() -> None:
        while not over.wait(0.05):
            client.flushall()

    flusher = threading.Thread(target=flush)
    flusher.start()
    try:
        started = start_some(rough, rough_lab)
        wait_until(lambda: is_past(rough, next(iter(started)), "steps/count1"), 60, "flows get on", pause=0.2)
    finally:
        over.set()
        flusher.join()
        client.close()
    assert_all_passed_once(rough, rough_lab, started)


def test_valkey_is_killed_and_comes_back(rough_stack: Stack, rough: Api, rough_lab: Lab) -> None:
    with watching_pages(rough_stack) as page:
        started = start_some(rough, rough_lab)
        first = next(iter(started))
        # Given somebody who watches one of them
        page.goto(f"/executions/{first}")
        expect(page.locator('[data-step="steps/wait1"][data-state="passed"]')).to_be_visible()
        page.evaluate("window.isTheSame = true")
        rough_stack.kill_and_wait("valkey")
        assert_all_passed_once(rough, rough_lab, started)
        # Then the page comes to the end that the record has, without having been loaded again
        expect(page.locator("header").first.get_by_text("Passed")).to_be_visible()
        steps = "steps => Object.fromEntries(steps.map(one => [one.dataset.step, one.dataset.state]))"
        assert page.locator("[data-step]").evaluate_all(steps) == rough.record(first).fates
        assert page.evaluate("window.isTheSame")


@contextmanager
def watching_pages(stack: Stack) -> Iterator[Page]:
    """A browser of somebody who may look; its event loop runs in this thread, which others want for theirs."""
    found = os.environ.get("STEPWELL_CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
    watcher = make_person(stack, "watcher", default="viewer")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=["--no-sandbox"])
        page = browser.new_page(base_url=stack.url)
        page.set_default_timeout(30_000)
        page.goto("/executions")
        watcher.sign_in(page)
        page.get_by_role("heading", name="Executions").wait_for()
        yield page
        browser.close()


def test_postgres_is_killed_and_comes_back(rough_stack: Stack, rough: Api, rough_lab: Lab) -> None:
    started = start_some(rough, rough_lab)
    wait_until(lambda: is_past(rough, next(iter(started)), "steps/wait1"), 30, "flows get on", pause=0.1)
    rough_stack.kill_and_wait("postgres")
    assert_all_passed_once(rough, rough_lab, started)


def test_every_connection_to_postgres_is_cut_again_and_again(rough_stack: Stack, rough: Api, rough_lab: Lab) -> None:
    started = start_some(rough, rough_lab)
    with psycopg.connect(rough_stack.database_url, autocommit=True) as connection:
        for cut in range(1, STEPS):
            wait_until(partial(_has_begun, rough_stack, started, f"steps/count{cut}"), 30, "flows get on", pause=0.05)
            connection.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()"
                " AND datname = current_database()"
            )
    assert_all_passed_once(rough, rough_lab, started)


def _has_begun(stack: Stack, started: dict[int, str], path: str) -> bool:
    with psycopg.connect(stack.database_url) as connection:
        row = connection.execute(
            "SELECT count(*) FROM executions_steprun WHERE path = %s AND execution_id = ANY(%s)", [path, [*started]]
        ).fetchone()
    return row is not None and row[0] > 0


@contextmanager
def stopped(pid: int) -> Iterator[None]:
    """It stands still meanwhile, and the supervisor does not notice."""
    os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(pid, signal.SIGCONT)


def test_nothing_waits_for_beat(rough_stack: Stack, rough: Api, rough_lab: Lab) -> None:
    counter = key()
    with stopped(rough_stack.pid("beat")):
        number = rough.start(
            flow(
                "Without beat",
                "{id: wait, action: delay, config: {duration: 1500ms}}",
                http("again", "GET", f"{rough_lab.url}/lab/flaky?key={counter}&fail=1",
                     more="assert: [status == 200], retry: {max_attempts: 2, delay: 1500ms}"),
                http("count", "POST", f"{rough_lab.url}/lab/count/{counter}"),
            )
        )  # fmt: skip
        assert rough.wait(number, seconds=15).status == "passed"
    assert rough_lab.count(counter) == 1


def test_a_worker_that_stands_still_past_its_lease_loses_its_step(
    rough_stack: Stack, rough: Api, rough_lab: Lab
) -> None:
    """Its result comes late and is kept out: another worker's attempt is the one that counts."""
    hold = key()
    number = rough.start(flow("Frozen", http("look", "GET", f"{rough_lab.url}/lab/hold?key={hold}")))
    rough_lab.wait_for(hold)
    with stopped(worker_of(rough_stack, number, "steps/look")):
        rough_lab.wait_for(hold, arrived=2)
        rough_lab.release(hold)
        record = rough.wait(number)
    assert (record.status, record.steps["steps/look"]["attempts"]) == ("passed", 2)
    wait_until(
        lambda: len(rough.step(number, "steps/look")["attempts"][0]["late_results"]) == 1, 30, "the late one", pause=0.2
    )
    assert [a["status"] for a in rough.step(number, "steps/look")["attempts"]] == ["lost", "passed"]
