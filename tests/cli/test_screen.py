"""Colour and a moving line for a terminal; plain lines for everything else."""

import io
import os
import pty
import re
import select
import subprocess
import time

import pytest

from cli.screen import PlainScreen, open_screen, visible
from tests.cli.conftest import Stepwell
from tests.cli.records import execution, queued, script_run, snapshot, step
from tests.cli.scripted_server import Answer, ScriptedServer


def on_a_terminal(stepwell: Stepwell, *words: str, **environ: str) -> tuple[int, str]:
    """The exit code, and every byte a terminal of 100 columns got."""
    leader, follower = pty.openpty()
    environment = {**stepwell.environ, "TERM": "xterm-256color", "COLUMNS": "100", **environ}
    process = subprocess.Popen(
        stepwell.command(*words), stdin=follower, stdout=follower, stderr=follower, cwd=stepwell.cwd, env=environment
    )
    os.close(follower)
    written = b""
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        if select.select([leader], [], [], 0.1)[0]:
            try:
                found = os.read(leader, 65536)
            except OSError:  # the terminal's other side is closed
                break
            if not found:
                break
            written += found
    os.close(leader)
    return process.wait(30), written.decode()


def test_a_terminal_gets_colour_and_sees_what_is_running(stepwell: Stepwell, server: ScriptedServer) -> None:
    running = execution(status="running", finished_at=None, duration_ms=None, event_number=1)
    server.on("POST /executions", Answer(201, queued()))
    server.on(
        "GET /executions/7",
        Answer(json=snapshot(running, step("steps/login"), step("steps/pay", status="running"))),
        Answer(json=snapshot(execution(), step("steps/login"), step("steps/pay"))),
    )
    code, written = on_a_terminal(stepwell, "run", "checkout")
    assert code == 0
    assert "\x1b[32m" in written
    shown = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", written)
    assert "Checkout  1/1  steps/pay" in shown  # the moving line
    assert shown.count("✓ steps/pay") == 1
    assert shown.rindex("steps/pay") < shown.index("✓ passed")  # nothing moves any more once the verdict is there


@pytest.mark.parametrize("environ", [{"NO_COLOR": "1"}, {"TERM": "dumb"}], ids=["NO_COLOR", "dumb"])
def test_no_colour_means_plain_lines_even_on_a_terminal(
    stepwell: Stepwell, server: ScriptedServer, environ: dict[str, str]
) -> None:
    script_run(server, execution(), step())
    code, written = on_a_terminal(stepwell, "run", "checkout", **environ)
    assert code == 0
    assert "\x1b" not in written
    assert "✓ passed  Checkout" in written


def test_a_pipe_is_no_terminal() -> None:
    assert isinstance(open_screen(io.StringIO()), PlainScreen)


def test_a_stream_without_our_signs_still_gets_every_line() -> None:
    raw = io.BytesIO()
    stream = io.TextIOWrapper(raw, encoding="ascii")
    PlainScreen(stream).show([[("✓ ", "green"), ("Zoë", "")]])
    assert raw.getvalue() == b"\\u2713 Zo\\xeb\n"
    stream.detach()


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain é 😀", "plain é 😀"),
        ("a\tb\u00a0c", "a\tb\u00a0c"),
        ("a\nb", "a⏎b"),
        ("\x1b[31m\x07\x9b", "\\x1b[31m\\x07\\x9b"),
        ("\u202e\u2066", "\\u202e\\u2066"),
        ("\ud800", "\\ud800"),
    ],
)
def test_what_could_steer_a_terminal_is_written_out(text: str, shown: str) -> None:
    assert visible(text) == shown
