"""The command itself, before any of its commands."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.conftest import Stepwell
from tests.cli.records import execution, failure, script_run, step
from tests.cli.scripted_server import ScriptedServer


def test_the_version_is_told_without_a_command() -> None:
    said = subprocess.run([sys.executable, "-m", "cli.main", "--version"], capture_output=True, text=True, check=False)
    assert (said.returncode, said.stdout.split()[0]) == (0, "stepwell")


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["run", "checkout", "--json", "-"], 1),
        (["run", "flow.yaml"], 2),
        (["env", "set", "vault", "--secret", "PASSPHRASE"], 2),
        (["walk"], 2),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else None,
)
def test_called_here_it_says_what_its_process_says(
    stepwell: Stepwell, server: ScriptedServer, tmp_path: Path, words: list[str], code: int
) -> None:
    """The other tests call it in their own process and trust what it answers there."""
    script_run(server, execution(status="failed"), step(status="failed", failure=failure(message="Zoë’s step.")))
    (tmp_path / "flow.yaml").write_text("flow: {name: Zoë, steps: 3}\n")
    started, called = stepwell.process(*words, stdin="s3cret\n"), stepwell(*words, stdin="s3cret\n")
    assert (called.returncode, called.stdout, called.stderr) == (started.returncode, started.stdout, started.stderr)
    assert called.returncode == code
    assert called.stdout + called.stderr
