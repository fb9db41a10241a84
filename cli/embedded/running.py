"""Finding, starting and stopping the stack from outside of it: what `stepwell up`, `down`, `status` and `run` call."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from cli.embedded.errors import DidNotStart, PortTaken
from cli.embedded.home import Home, State
from cli.errors import Exit

Say = Callable[[str], None]
PATIENCE_SECONDS = 120.0


@dataclass(frozen=True)
class Running:
    """A stack that answers requests."""

    url: str
    token: str
    pid: int


def find_running(home_path: Path) -> Running | None:
    """The stack of this data folder, if it is up and ready."""
    home = Home(home_path)
    state = home.state()
    if state is None or state.phase != "ready" or not state.is_alive:
        return None
    return Running(state.url, home.token(), state.pid)


def run_in_foreground(home_path: Path, *, port: int | None, shop: bool, say: Say) -> None:
    """Start the stack and stay until it is stopped; if another process runs it already, say where it is."""
    from cli.embedded.stack import Stack

    home = Home(home_path)
    home.prepare()
    with home.locked() as is_ours:
        if is_ours:
            Stack(home, port=port, shop=shop, say=say).up()
            return
    found = wait_until_ready(home)
    say(f"Stepwell is running already: {found.url} (pid {found.pid}, data folder {home.path}).")


def start_detached(home_path: Path, *, port: int | None = None, shop: bool = True, say: Say) -> Running:
    """The running stack of this data folder, started in the background where there is none."""
    if found := find_running(home_path):
        say(f"Stepwell is running already: {found.url} (pid {found.pid}, data folder {Home(home_path).path}).")
        return found
    home = Home(home_path)
    home.prepare()
    words = [sys.executable, "-m", "cli.main", "up", *(["--port", str(port)] if port else [])]
    if not shop:
        words.append("--no-shop")
    descriptor = os.open(home.up_log, os.O_RDWR | os.O_CREAT | os.O_TRUNC, 0o600)  # it shows a login link
    with os.fdopen(descriptor, "r+b") as log:
        process = subprocess.Popen(
            words,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            cwd=home.path,
            env=dict(os.environ)
            | {"STEPWELL_HOME": str(home.path), "PYTHONPATH": str(Path(__file__).resolve().parents[2])},
        )
    return _relay(process, home, say)


def _relay(process: "subprocess.Popen[bytes]", home: Home, say: Say) -> Running:
    """Pass on what the new supervisor says until it is ready; if it gives up, its last line says why."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    held: list[str] = []
    with home.up_log.open(encoding="utf-8", errors="replace") as log:
        while time.monotonic() < deadline:
            has_ended = process.poll() is not None
            found = None if has_ended else find_running(home.path)
            held += log.read().splitlines()
            passed_on = len(held) if found else max(0, len(held) - 1)
            for line in held[:passed_on]:
                say(line)
            del held[:passed_on]
            if found:
                return found
            if has_ended:
                why = held[0] if held else f"The stack did not start. Its log is {home.up_log}."
                raise (PortTaken if process.returncode == Exit.WRONG_USE else DidNotStart)(why)
            time.sleep(0.05)
    raise DidNotStart(f"The stack was not ready within {PATIENCE_SECONDS:g} s. Its log is {home.up_log}.")


def wait_until_ready(home: Home) -> Running:
    """The stack that somebody else is starting."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline:
        if found := find_running(home.path):
            return found
        with home.locked() as is_ours:
            if is_ours:
                raise DidNotStart(f"The other start in {home.path} did not succeed.", "Start again.")
        time.sleep(0.1)
    raise DidNotStart(f"Another process holds {home.path} and is not ready. Its log is {home.up_log}.")


def stop_running(home_path: Path, *, say: Say) -> bool:
    """Stop the stack of this data folder, and what a killed supervisor left behind; False if nothing ran."""
    from cli.embedded.processes import end_stray
    from cli.embedded.stack import end_leftovers

    home = Home(home_path)
    state = home.state()
    if state is None:
        return False
    if state.is_alive:
        end_stray(state.pid, ask=signal.SIGTERM, seconds=60)
        say("Stepwell has stopped.")
        return True
    with home.locked() as is_ours:
        ended = end_leftovers(home) if is_ours else []
    if ended:
        say(f"The supervisor was gone. Ended what it had left: {', '.join(ended)}.")
    return bool(ended)


def state_of(home_path: Path) -> State | None:
    """What is known about the stack of this data folder, alive or not."""
    return Home(home_path).state()
