"""Ctrl-C while `stepwell run` waits: the run is cancelled; a second one leaves at once."""

import signal
import subprocess
import threading
import time
from collections.abc import Callable

import pytest

from tests.cli.conftest import Stepwell
from tests.cli.records import counts, execution, queued, snapshot, step
from tests.cli.scripted_server import Answer, Asked, ScriptedServer

RUNNING = execution(status="running", finished_at=None, duration_ms=None, event_number=1)
CANCELLED = execution(status="cancelled", counts=counts(total=1, cancelled=1), cancel_requested_by="ci", event_number=3)
STOPPED = step(status="cancelled", message="cancelled by ci")


class LongRun:
    """A run that goes on until it is cancelled, and then as long as the test says."""

    def __init__(self, server: ScriptedServer) -> None:
        self.is_watched = threading.Event()
        self.is_cancelled = threading.Event()
        self.may_end = threading.Event()
        server.on("POST /executions", Answer(201, queued()))
        server.on("POST /executions/7/cancel", self._cancel)
        server.on("GET /executions/7", self._snapshot)

    def _cancel(self, asked: Asked) -> Answer:
        self.is_cancelled.set()
        return Answer(json=RUNNING)

    def _snapshot(self, asked: Asked) -> Answer:
        self.is_watched.set()
        if self.is_cancelled.wait(0.05) and self.may_end.wait(0.05):
            return Answer(json=snapshot(CANCELLED, STOPPED))
        return Answer(json=snapshot(RUNNING, step(status="running")))


@pytest.fixture
def run(server: ScriptedServer) -> LongRun:
    return LongRun(server)


def ended(process: "subprocess.Popen[str]") -> tuple[int, str, str]:
    out, err = process.communicate(timeout=30)
    return process.returncode, out, err


@pytest.mark.parametrize("kind", [signal.SIGINT, signal.SIGTERM], ids=["ctrl-c", "sigterm"])
def test_the_run_is_cancelled_and_its_end_is_awaited(stepwell: Stepwell, run: LongRun, kind: int) -> None:
    process = stepwell.start("run", "checkout")
    assert run.is_watched.wait(30)
    process.send_signal(kind)
    assert run.is_cancelled.wait(30)
    run.may_end.set()
    code, out, err = ended(process)
    assert (code, err) == (4, "")
    assert "Cancelling. Press Ctrl-C again to leave without waiting." in out
    assert "■ steps/pay  http_request  100 ms  cancelled by ci" in out
    assert "■ cancelled  Checkout: 1 cancelled in 1.2 s" in out


def test_a_second_one_leaves_at_once_and_says_what_goes_on(
    stepwell: Stepwell, run: LongRun, server: ScriptedServer
) -> None:
    process = stepwell.start("run", "checkout", "--json", "report.json")
    assert run.is_watched.wait(30)
    process.send_signal(signal.SIGINT)
    assert run.is_cancelled.wait(30)
    repeat_until_gone(process, lambda: process.send_signal(signal.SIGINT))
    code, out, err = ended(process)
    assert (code, err) == (4, "")
    assert "Execution 7 was told to stop and finishes on the server" in out
    assert len(server.bodies("POST /executions/7/cancel")) == 1


def test_what_had_not_started_never_does(stepwell: Stepwell, run: LongRun, server: ScriptedServer) -> None:
    process = stepwell.start("run", "checkout", "other", "--parallel", "1")
    assert run.is_watched.wait(30)
    process.send_signal(signal.SIGINT)
    assert run.is_cancelled.wait(30)
    run.may_end.set()
    code, out, _ = ended(process)
    assert code == 4
    assert [body["flow"] for body in server.bodies("POST /executions")] == ["checkout"]
    assert "2 flows: 1 cancelled, 1 without a verdict" in out


def test_a_run_that_was_over_already_is_no_fault(stepwell: Stepwell, server: ScriptedServer) -> None:
    run = LongRun(server)
    run.may_end.set()
    server._answers["POST /executions/7/cancel"] = [lambda asked: _already_final(run)]
    process = stepwell.start("run", "checkout")
    assert run.is_watched.wait(30)
    process.send_signal(signal.SIGINT)
    code, out, err = ended(process)
    assert (code, err) == (4, "")
    assert "could not be cancelled" not in out


def _already_final(run: LongRun) -> Answer:
    run.is_cancelled.set()
    body = {"title": "Conflict", "status": 409, "detail": "Execution #7 is cancelled already."}
    return Answer(409, body, headers={"Content-Type": "application/problem+json"})


def repeat_until_gone(process: "subprocess.Popen[str]", do: Callable[[], None]) -> None:
    """The first signal may still be being handled: another one is pressed, as a person would, who gives it time.

    One that comes while Python is ending would kill it before it has said its code.
    """
    deadline = time.monotonic() + 30
    while process.poll() is None and time.monotonic() < deadline:
        do()
        try:
            process.wait(3)
        except subprocess.TimeoutExpired:
            continue
