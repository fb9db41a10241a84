"""The supervisor: what dies is started again, what was started is stopped, logs do not grow for ever."""

import os
import signal
import subprocess
import threading
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import psutil

from cli.embedded.home import ProcessState
from cli.embedded.programs import Program
from cli.embedded.supervisor import Supervisor, rotate

WAITS = (
    "import signal, sys; signal.signal(signal.SIGTERM, lambda *_: sys.exit(0)); print('up', flush=True); signal.pause()"
)
STUBBORN = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('up', flush=True); signal.pause()"


def program(tmp_path: Path, name: str, code: str, *, grace_seconds: float = 5) -> Program:
    (tmp_path / f"{name}_program.py").write_text(code)
    log = tmp_path / f"{name}.log"
    return Program(name, f"{name}_program", [], log, dict(os.environ), tmp_path, grace_seconds=grace_seconds)


def wait_for(condition: Callable[[], bool], seconds: float = 10) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not come about"
        threading.Event().wait(0.01)


def _has_said_up(one: Program) -> bool:
    return "up" in one.log.read_text()


def quiet_supervisor(said: list[str]) -> Supervisor:
    return Supervisor(say=said.append, on_change=lambda: None)


def test_a_killed_process_is_started_again_and_a_signal_ends_the_watch(tmp_path: Path) -> None:
    # Given a supervised process, and somebody who kills it, and then asks the supervisor to stop
    said: list[str] = []
    supervisor = quiet_supervisor(said)
    kept = program(tmp_path, "kept", WAITS)
    supervisor.add(kept)
    first = supervisor.states()["kept"].pid
    seen: list[int] = []

    def kill_and_stop() -> None:
        os.kill(first, signal.SIGKILL)
        wait_for(lambda: supervisor.states().get("kept", ProcessState(first, 0)).pid != first)
        seen.append(supervisor.states()["kept"].pid)
        os.kill(os.getpid(), signal.SIGTERM)

    other = threading.Thread(target=kill_and_stop)
    # When the supervisor watches
    with supervisor.signals():
        other.start()
        supervisor.watch()
    other.join()
    supervisor.stop()
    # Then there was another process in its place, a sentence about it, and in the end none
    assert seen
    assert not psutil.pid_exists(seen[0])
    assert "kept was killed by SIGKILL" in said[0]


def test_what_does_not_end_when_asked_is_killed(tmp_path: Path) -> None:
    supervisor = quiet_supervisor([])
    stubborn = program(tmp_path, "stubborn", STUBBORN, grace_seconds=0.3)
    supervisor.add(stubborn)
    wait_for(lambda: "up" in stubborn.log.read_text())
    process = stubborn.process
    assert process is not None
    supervisor.stop()
    assert process.returncode == -signal.SIGKILL


def test_a_long_log_is_moved_aside_while_its_writer_goes_on(tmp_path: Path) -> None:
    log = tmp_path / "web.log"
    with log.open("ab", buffering=0) as writer:
        writer.write(b"old\n" * 100)
        rotate(log, limit=100)
        writer.write(b"new\n")
    assert log.read_text() == "new\n"
    assert (tmp_path / "web.log.1").read_text().startswith("old")


def test_a_process_started_by_the_supervisor_hears_no_ctrl_c(tmp_path: Path) -> None:
    supervisor = quiet_supervisor([])
    kept = program(tmp_path, "kept", WAITS)
    supervisor.add(kept)
    try:
        assert kept.process is not None
        assert os.getpgid(kept.process.pid) != os.getpgid(0)
    finally:
        supervisor.stop()


def test_nothing_is_left_of_what_was_stopped(tmp_path: Path) -> None:
    supervisor = quiet_supervisor([])
    programs = [program(tmp_path, f"number_{n}", WAITS) for n in range(3)]
    for one in programs:
        supervisor.add(one)
        wait_for(partial(_has_said_up, one))
    pids = [state.pid for state in supervisor.states().values()]
    supervisor.stop()
    assert len(pids) == 3
    assert not any(psutil.pid_exists(pid) for pid in pids)
    assert subprocess.run(["true"], check=True).returncode == 0
