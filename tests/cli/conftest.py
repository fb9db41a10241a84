"""A server that says what the test wants, and the `stepwell` command: called here, or as a process of its own."""

import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.cli.called_here import call_here
from tests.cli.scripted_server import ScriptedServer

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def server() -> Iterator[ScriptedServer]:
    with ScriptedServer().running() as running:
        yield running


@dataclass
class Stepwell:
    """The command line, as a shell would start it: the environment is what is given and nothing else.

    A call stays in this process, which costs a tenth; `process` and `start` are for what only a process can show.
    """

    cwd: Path
    environ: Mapping[str, str]

    def __call__(self, *words: str, stdin: str = "", **environ: str) -> "subprocess.CompletedProcess[str]":
        return call_here(words, cwd=self.cwd, environ={**self.environ, **environ}, stdin=stdin)

    def process(self, *words: str, stdin: str = "", **environ: str) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            self.command(*words),
            input=stdin,
            capture_output=True,
            text=True,
            cwd=self.cwd,
            env={**self.environ, **environ},
            timeout=240,
            check=False,
        )

    def start(self, *words: str, **environ: str) -> "subprocess.Popen[str]":
        return subprocess.Popen(
            self.command(*words),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            cwd=self.cwd,
            env={**self.environ, **environ},
        )

    def command(self, *words: str) -> list[str]:
        return [sys.executable, "-m", "cli.main", *words]


def shell_environment(home: Path) -> dict[str, str]:
    """Of a machine that knows nothing of Stepwell but where its code lies."""
    return {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(ROOT),
        "HOME": str(home),
        "STEPWELL_HOME": str(home / "home"),
    }


@pytest.fixture
def stepwell(tmp_path: Path, server: ScriptedServer) -> Stepwell:
    """It talks to the scripted server."""
    return Stepwell(tmp_path, shell_environment(tmp_path) | {"STEPWELL_URL": server.url, "STEPWELL_TOKEN": "stw_test"})
