"""What surrounds the code: locks, make targets, compose, the table of settings."""

import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from cli.embedded.programs import Programs
from config.celery import queues as worker_queues

ROOT = Path(__file__).resolve().parents[1]
LOCKS = ("requirements.txt", "requirements-dev.txt")
SECRETS = {"STEPWELL_SECRET_KEY", "STEPWELL_ENCRYPTION_KEYS", "POSTGRES_PASSWORD", "REDIS_PASSWORD"}


def locked(lock: str) -> dict[str, str]:
    """Names and versions; a name locked twice for different platforms counts with both."""
    found: dict[str, str] = {}
    for name, version in re.findall(r"^([a-z0-9-]+)(?:\[[^]]*\])?==(\S+)", (ROOT / lock).read_text(), re.MULTILINE):
        found[name] = f"{found[name]} {version}" if name in found else version
    return found


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_says_what_by_hash_and_never_from_where(lock: str) -> None:
    text = (ROOT / lock).read_text()
    assert "://" not in text
    assert not re.search(r"^\s*--(?!hash)", text, re.MULTILINE)
    for block in re.split(r"\n(?=[a-z])", text.strip()):
        assert "--hash=sha256:" in block, block.splitlines()[0]


def test_both_locks_agree() -> None:
    run, dev = locked("requirements.txt"), locked("requirements-dev.txt")
    assert {name: dev.get(name) for name in run} == run


@pytest.mark.parametrize(("lock", "extra"), [("requirements.txt", "build"), ("requirements-dev.txt", "dev")])
def test_every_dependency_is_locked_within_its_bounds(lock: str, extra: str) -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    versions = locked(lock)
    for line in [*project["dependencies"], *project["optional-dependencies"][extra]]:
        wanted = Requirement(line)
        found = versions[wanted.name.lower().replace("_", "-")]
        assert all(wanted.specifier.contains(one) for one in found.split()), line


def test_make_help_lists_every_target() -> None:
    targets = re.search(r"^\.PHONY: (.*)$", (ROOT / "Makefile").read_text(), re.MULTILINE)
    assert targets
    # Not as a part of the `make test` that may be running this: that would tell which folder it enters.
    env = {name: value for name, value in os.environ.items() if not name.startswith(("MAKE", "MFLAGS"))}
    said = subprocess.run(["make", "help"], cwd=ROOT, capture_output=True, text=True, check=True, env=env).stdout
    assert [line.split()[1] for line in said.splitlines()] == targets[1].split()


def compose(*words: str, without: str = "") -> subprocess.CompletedProcess[str]:
    """The wrapper of PyPI keeps compose's exit code to itself, so what it says on stderr is the verdict."""
    environment = {"PATH": os.environ["PATH"], "HOME": "/nonexistent"} | dict.fromkeys(SECRETS - {without}, "x")
    command = [str(Path(sys.executable).with_name("docker-compose")), "--file", str(ROOT / "compose.yaml"), *words]
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)


def test_compose_is_valid() -> None:
    assert compose("config", "--quiet").stderr == ""


@pytest.mark.parametrize("secret", sorted(SECRETS))
def test_compose_refuses_to_start_without_a_secret(secret: str) -> None:
    assert f"set {secret}" in compose("config", "--quiet", without=secret).stderr


def test_compose_and_the_embedded_stack_start_workers_that_take_the_same_queues() -> None:
    embedded = Programs({}, ROOT, ROOT).worker(1).argv
    queues = embedded[embedded.index("-Q") + 1]
    assert queues.split(",") == [queue.name for queue in worker_queues()]  # without -Q, as in compose.yaml
    assert "--queues" not in (ROOT / "compose.yaml").read_text()


def test_a_worker_of_a_group_takes_the_steps_of_its_group_and_what_everybody_may(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("STEPWELL_WORKER_GROUP", "eu")
    assert [queue.name for queue in worker_queues()] == ["steps.eu", "control", "analysis"]


def test_the_table_of_settings_is_complete_and_true() -> None:
    read = set[str]()
    for place in ("config", "cli", "workers", "executions", "flows", "workspaces", ".ci", "compose.yaml"):
        files = [ROOT / place] if (ROOT / place).is_file() else sorted((ROOT / place).rglob("*"))
        for file in files:
            if file.suffix in {".py", ".yaml", ""} and file.is_file():
                read |= set(re.findall(r"\bSTEPWELL_[A-Z_]+[A-Z]\b", file.read_text()))
    told = set(re.findall(r"`(STEPWELL_[A-Z_]+[A-Z])`", (ROOT / "docs/settings.md").read_text()))
    # NAME_FILE serves for every text and stands above the tables.
    assert {name.removesuffix("_FILE") if name.endswith("KEY_FILE") else name for name in read} == told
