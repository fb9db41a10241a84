"""`stepwell up`, `down` and `status` as a person meets them."""

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import psutil
import pytest

from cli.embedded.home import Home
from tests.cli.called_here import call_here
from tests.cli.embedded_folders import open_folder
from tests.running_stack import Stack, running_stack, wait_until


@pytest.fixture
def folder() -> Iterator[Path]:
    with open_folder() as made:
        yield made


def stepwell(home: Path, *words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    ours = {key: value for key, value in os.environ.items() if not key.startswith(("STEPWELL_", "DJANGO_"))}
    return subprocess.run(
        [sys.executable, "-m", "cli.main", *words],
        env=ours | {"STEPWELL_HOME": str(home)} | environment,
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )


def asked(home: Path, *words: str) -> "subprocess.CompletedProcess[str]":
    """The same from the process of the tests, for what only looks."""
    ours = {key: value for key, value in os.environ.items() if not key.startswith(("STEPWELL_", "DJANGO_"))}
    return call_here(words, cwd=Path.cwd(), environ=ours | {"STEPWELL_HOME": str(home)})


def family(pid: int) -> list[psutil.Process]:
    process = psutil.Process(pid)
    return [process, *process.children(recursive=True)]


@pytest.mark.stack
def test_a_second_up_finds_the_first(stack: Stack) -> None:
    for words in (["up"], ["up", "--detach"]):
        said = asked(stack.home, *words)
        assert (said.returncode, said.stderr) == (0, "")
        assert f"running already: {stack.url}" in said.stdout


@pytest.mark.stack
def test_status_names_every_process(stack: Stack) -> None:
    said = asked(stack.home, "status")
    assert said.returncode == 0
    assert stack.url in said.stdout
    for name in ("postgres", "valkey", "shop", "web", "worker-1", "worker-2", "beat"):
        assert f"\n  {name} " in said.stdout


@pytest.mark.stack
def test_a_killed_process_is_replaced_and_the_product_goes_on(stack: Stack) -> None:
    workers = stack.workers
    stack.kill_and_wait("nursery")
    assert stack.workers == workers  # what it has forked goes on without it
    for name in ("worker-1", "beat", "valkey", "web"):
        stack.kill_and_wait(name)
    wait_until(lambda: _health(stack.url).get("workers", 0) >= 2, 30, "two workers hold a lease")
    assert "started again" in asked(stack.home, "status").stdout


@pytest.fixture(scope="module")
def idle() -> Iterator[Stack]:
    """A stack that has not worked yet; the last test that asks for it kills it."""
    with open_folder() as folder, running_stack(folder / "home", shop=False) as stack:
        yield stack


@pytest.mark.stack
def test_an_idle_stack_is_small(idle: Stack) -> None:
    megabytes = sum(one.memory_full_info().pss for one in family(idle.supervisor)) / 1024**2
    assert megabytes <= 400


@pytest.mark.stack
def test_it_listens_on_loopback_alone(stack: Stack) -> None:
    listening = [
        found.laddr.ip.removeprefix("::ffff:")  # gRPC listens on the IPv4 address through an IPv6 socket
        for one in family(stack.supervisor)
        for found in one.net_connections(kind="inet")
        if found.status == psutil.CONN_LISTEN
    ]
    assert set(listening) == {"127.0.0.1"}


@pytest.mark.stack
def test_what_a_killed_supervisor_leaves_is_ended_and_its_data_found_again(idle: Stack) -> None:
    # Given a stack whose supervisor was killed
    left = family(idle.supervisor)[1:]
    os.kill(idle.supervisor, signal.SIGKILL)
    wait_until(lambda: not _is_running(idle.supervisor), 30, "the supervisor is gone")
    assert any(one.is_running() for one in left)
    # When somebody looks, and starts it again
    said = asked(idle.home, "status")
    assert (said.returncode, "was killed" in said.stdout) == (5, True)
    with running_stack(idle.home, shop=False) as again:
        # Then nothing of the first is left, and the data is the same: the token still opens the door
        assert not any(one.is_running() for one in left)
        assert again.token == idle.token
        answer = httpx.get(f"{again.url}/api/v1/flows", headers={"Authorization": f"Bearer {idle.token}"})
        assert answer.status_code == 200


@pytest.mark.stack
def test_detached_it_stays_until_it_is_told_to_go(folder: Path) -> None:
    home = folder / "home"
    try:
        said = stepwell(home, "up", "--detach", "--no-shop")
        assert (said.returncode, said.stderr) == (0, "")
        assert "Sign in once with http://127.0.0.1:" in said.stdout
        state = Home(home).state()
        assert state is not None
        processes = family(state.pid)
    finally:
        gone = stepwell(home, "down")
    assert (gone.returncode, gone.stdout) == (0, "Stepwell has stopped.\n")
    assert not any(one.is_running() for one in processes)
    assert not (home / "state.json").exists()


def test_where_nothing_runs_status_says_so(folder: Path) -> None:
    said = asked(folder / "home", "status")
    assert (said.returncode, "Nothing is running" in said.stdout) == (5, True)
    assert asked(folder / "home", "down").returncode == 0


@pytest.mark.parametrize("how", [[], ["--detach"]])
def test_a_port_that_is_taken_is_told_with_its_holder(folder: Path, how: list[str]) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        said = stepwell(folder / "home", "up", *how, "--port", str(other.getsockname()[1]))
    assert said.returncode == 2
    assert f"is taken by {psutil.Process().name()} (pid {os.getpid()})" in said.stderr
    assert "Traceback" not in said.stdout + said.stderr


def test_a_home_that_cannot_be_written_is_told(folder: Path) -> None:
    (folder / "file").write_text("")
    said = asked(folder / "file" / "home", "up")
    assert said.returncode == 5
    assert "cannot be written" in said.stderr
    assert "Traceback" not in said.stderr


@pytest.mark.parametrize("how", [[], ["--detach"]])
def test_what_cannot_start_is_told_in_a_sentence_and_leaves_nothing_behind(folder: Path, how: list[str]) -> None:
    before = {one.pid for one in psutil.process_iter()}
    said = stepwell(folder / "home", "up", "--no-shop", *how, STEPWELL_MAX_BODY="plenty")
    assert said.returncode == 5
    assert "STEPWELL_MAX_BODY is 'plenty', which is not a number" in said.stderr
    assert "Traceback" not in said.stdout + said.stderr
    here = [one for one in psutil.process_iter(["cmdline"]) if str(folder) in " ".join(one.info["cmdline"] or [])]
    assert not [one for one in here if one.pid not in before]


def _health(url: str) -> dict[str, int]:
    answer: dict[str, int] = httpx.get(f"{url}/api/v1/health").json()
    return answer


def _is_running(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False
