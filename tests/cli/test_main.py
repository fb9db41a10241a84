"""The command itself, before any of its commands."""

import subprocess
import sys


def test_the_version_is_told_without_a_command() -> None:
    said = subprocess.run([sys.executable, "-m", "cli.main", "--version"], capture_output=True, text=True, check=False)
    assert (said.returncode, said.stdout.split()[0]) == (0, "stepwell")
