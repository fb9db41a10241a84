"""docs/cli.md names every command and every option there is, and no other."""

import re
from pathlib import Path
from typing import Any

import typer.main

from cli.main import build

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "cli.md").read_text(encoding="utf-8")
ELSEWHERE = {"up", "down", "status"}  # docs/operations.md


def commands() -> dict[str, Any]:
    """Every command by its words: `flows push`."""
    found = {}
    root: Any = typer.main.get_command(build([]))
    for name, command in root.commands.items():
        for below, nested in getattr(command, "commands", {"": command}).items():
            found[f"{name} {below}".strip()] = nested
    return {words: command for words, command in found.items() if words not in ELSEWHERE}


def options(command: Any) -> set[str]:
    written = {option for one in command.params for option in (*one.opts, *one.secondary_opts)}
    return {option for option in written if option.startswith("--")} - {"--help", "--wait"}


def test_every_command_and_option_is_in_the_page() -> None:
    for words, command in commands().items():
        group, _, name = words.partition(" ")
        assert f"## `stepwell {group}" in PAGE, words
        assert re.search(rf"`{name or group}[ `]|stepwell {words}", PAGE), words
        for option in options(command):
            assert re.search(rf"{option}\b", PAGE), f"{words} {option}"


def test_no_option_is_made_up() -> None:
    known = {option for command in commands().values() for option in options(command)}
    assert set(re.findall(r"--[a-z][a-z-]+", PAGE)) <= known
