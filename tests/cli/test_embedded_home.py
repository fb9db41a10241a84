"""The data folder: its secrets, its lock, and what is told when it cannot be used."""

import os
import shutil
import socket
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest

from cli.embedded.errors import DataFolderUnusable, PortTaken
from cli.embedded.home import Home, ProcessState, State, born, is_alive
from cli.embedded.ports import HOST, choose_port


class Usage(NamedTuple):
    total: int
    used: int
    free: int


def test_secrets_are_made_once_and_only_their_owner_reads_them(tmp_path: Path) -> None:
    home = Home(tmp_path / "home")
    home.prepare()
    made = home.secrets()
    assert Home(tmp_path / "home").secrets() == made
    assert (home.path / "secrets.json").stat().st_mode & 0o077 == 0


def test_damaged_secrets_are_never_replaced(tmp_path: Path) -> None:
    home = Home(tmp_path)
    (tmp_path / "secrets.json").write_text("{")
    with pytest.raises(DataFolderUnusable, match="Restore it"):
        home.secrets()
    assert (tmp_path / "secrets.json").read_text() == "{"


def test_only_one_supervisor_gets_the_folder(tmp_path: Path) -> None:
    with Home(tmp_path).locked() as first, Home(tmp_path).locked() as second:
        assert (first, second) == (True, False)
    with Home(tmp_path).locked() as third:
        assert third


def test_a_state_is_read_back_and_knows_a_dead_process(tmp_path: Path) -> None:
    home = Home(tmp_path)
    home.save_state(State(os.getpid(), born(os.getpid()), "ready", "http://x", {"web": ProcessState(1, 2.0, 3)}))
    state = home.state()
    assert state is not None
    assert state.is_alive
    assert state.processes["web"].restarts == 3
    assert not is_alive(os.getpid(), born(os.getpid()) - 1000)


@pytest.mark.parametrize("text", ["", "{", "[]", "{}", '{"pid": 1}'])
def test_a_state_that_cannot_be_read_is_none(tmp_path: Path, text: str) -> None:
    (tmp_path / "state.json").write_text(text)
    assert Home(tmp_path).state() is None


def test_a_folder_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(DataFolderUnusable, match=r"cannot be written.*STEPWELL_HOME"):
        Home(tmp_path / "file" / "home").prepare()


def test_a_full_disk_is_told_before_anything_is_begun(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    full: Callable[[object], Usage] = lambda _path: Usage(100, 99, 1)  # noqa: E731
    monkeypatch.setattr(shutil, "disk_usage", full)
    with pytest.raises(DataFolderUnusable, match="is full"):
        Home(tmp_path).prepare()


def test_a_taken_port_is_refused_when_asked_for_and_passed_over_when_not() -> None:
    with socket.socket() as other:
        other.bind((HOST, 0))
        other.listen()
        port = other.getsockname()[1]
        with pytest.raises(PortTaken, match=f"Port {port} is taken by .*pid {os.getpid()}"):
            choose_port(port)
        assert choose_port(None) != port
