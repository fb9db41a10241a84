"""Workers that die between one thing and the next, and a broker that delivers everything twice. No beat here."""

import multiprocessing
import os
import threading
from collections.abc import Callable, Iterator
from multiprocessing.context import ForkServerProcess
from pathlib import Path

import pytest
import redis

from examples.shop.lab import Lab as LabRoutes
from examples.shop.router import Router
from examples.shop.server import ShopServer
from executions import queue
from executions.models import Attempt, Execution, WorkerProcess
from executions.operations.start import start_execution
from executions.status import Status, Trigger
from flows.operations.save_flow import save_flow
from tests.cast import make_workspace
from tests.conftest import Embedded
from tests.e2e.front_door import Lab, flow, http, key
from tests.e2e.sabotaged import work
from tests.running_stack import wait_until

DIES = 9
Start = Callable[..., ForkServerProcess]

# What all of them load is loaded once; each is forked from there.
FORKED = multiprocessing.get_context("forkserver")
FORKED.set_forkserver_preload(["tests.e2e.sabotaged"])


@pytest.fixture(scope="module")
def target() -> Iterator[Lab]:
    """A lab that no stack stands around."""
    routes = LabRoutes()
    server = ShopServer(0, Router(routes.routes()))
    thread = threading.Thread(target=server.serve_forever, name="lab")
    thread.start()
    lab = Lab(server.url)
    yield lab
    lab.close()
    routes.close()
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def start_worker(transactional_db: None, embedded: Embedded, tmp_path: Path) -> Iterator[Start]:
    """Start worker processes on this session's database and broker; they are stopped at the end."""
    client = redis.Redis.from_url(os.environ["STEPWELL_REDIS_URL"])
    client.flushdb()
    started: list[ForkServerProcess] = []

    def start(sabotage: str = "") -> ForkServerProcess:
        name = f"sabotaged-{len(started)}"
        before = WorkerProcess.objects.count()
        process = FORKED.Process(target=work, args=(name, sabotage, tmp_path / f"{name}.log"), name=name)
        process.start()
        started.append(process)
        wait_until(lambda: WorkerProcess.objects.count() > before or not process.is_alive(), 120, "the worker is up")
        return process

    yield start
    for process in started:
        process.terminate()
    for process in started:
        process.join(30)
        process.close()
    client.flushdb()
    client.close()


def died(process: ForkServerProcess) -> bool:
    process.join(60)
    return process.exitcode == DIES


def start(text: str) -> Execution:
    return start_execution(
        flow_version=save_flow(workspace=make_workspace(), text=text, by=None).version,
        environment=None,
        variables={},
        trigger=Trigger.API,
        actor="alice",
    )


def ended(execution: Execution, seconds: float = 30) -> Execution:
    def is_over() -> bool:
        execution.refresh_from_db()
        return Status(execution.status).is_final

    wait_until(is_over, seconds, "it is over", pause=0.1)
    return execution


def fates(execution: Execution) -> dict[str, str]:
    return {run.path: str(run.status) for run in execution.step_runs.order_by("id")}


def slowly(lab: Lab, *counters: str) -> str:
    """Each step needs a message of its own, because the one before outlasts a worker's time slice."""
    steps = []
    for number, counter in enumerate(counters):
        steps.append(http(f"wait{number}", "GET", f"{lab.url}/lab/slow?seconds=0.6"))
        steps.append(http(f"count{number}", "POST", f"{lab.url}/lab/count/{counter}"))
    return flow("Slowly", *steps)


@pytest.mark.parametrize("sabotage", ["die_between_commit_and_send", "die_while_the_commit_is_answered"])
def test_a_result_that_was_committed_is_not_made_again(start_worker: Start, target: Lab, sabotage: str) -> None:
    counters = [key(), key()]
    doomed = start_worker(sabotage)
    execution = start(slowly(target, *counters))
    assert died(doomed)
    start_worker()
    assert ended(execution).status == Status.PASSED
    assert [target.count(counter) for counter in counters] == [1, 1]
    assert not Attempt.objects.exclude(status="passed").exists()


@pytest.mark.parametrize(
    ("sabotage", "count"), [("die_between_claim_and_action", 0), ("die_between_action_and_commit", 1)]
)
def test_a_step_that_must_not_repeat_fails_when_nobody_knows_how_far_it_came(
    start_worker: Start, target: Lab, sabotage: str, count: int
) -> None:
    counter, tidied = key(), key()
    doomed = start_worker(sabotage)
    execution = start(
        flow(
            "Nobody knows",
            http("count", "POST", f"{target.url}/lab/count/{counter}"),
            teardown=http("tidy", "POST", f"{target.url}/lab/count/{tidied}"),
        )
    )
    assert died(doomed)
    start_worker()
    assert ended(execution).status == Status.FAILED
    assert fates(execution) == {"steps/count": "failed", "teardown/tidy": "passed"}
    lost = execution.step_runs.get(path="steps/count")
    assert (lost.failure_kind, lost.may_have_taken_effect, lost.attempts) == ("worker_lost", True, 1)
    assert (target.count(counter), target.count(tidied)) == (count, 1)


@pytest.mark.parametrize("sabotage", ["die_between_claim_and_action", "die_between_action_and_commit"])
def test_a_harmless_step_is_made_again(start_worker: Start, target: Lab, sabotage: str) -> None:
    doomed = start_worker(sabotage)
    execution = start(flow("Harmless", http("look", "GET", f"{target.url}/lab/echo")))
    assert died(doomed)
    start_worker()
    assert ended(execution).status == Status.PASSED
    assert [a.status for a in Attempt.objects.order_by("number")] == ["lost", "passed"]


def test_every_message_is_delivered_twice(start_worker: Start, target: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    send = queue._send
    monkeypatch.setattr(queue, "_send", lambda *args, **how: [send(*args, **how) for _ in range(2)])
    for _ in range(2):
        start_worker("send_twice")
    flows = [[key() for _ in range(3)] for _ in range(4)]
    executions = [start(slowly(target, *counters)) for counters in flows]
    for execution, counters in zip(executions, flows, strict=True):
        assert ended(execution).status == Status.PASSED
        assert [target.count(counter) for counter in counters] == [1, 1, 1]
    assert not Attempt.objects.exclude(status="passed").exists()
    wait_until(
        lambda: sum(WorkerProcess.objects.values_list("duplicate_messages", flat=True)) >= len(flows), 30, "counted"
    )
