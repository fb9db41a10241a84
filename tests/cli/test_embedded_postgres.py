"""PostgreSQL in a folder: made whole or not at all, found again, repaired after what can happen to it."""

import os
import signal
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote

import psutil
import psycopg
import pytest

from cli.embedded.account import server_account
from cli.embedded.errors import DataFolderUnusable, DidNotStart
from cli.embedded.postgres import EmbeddedPostgres
from tests.cli.embedded_folders import open_folder
from tests.migrated_data import copy_data

HASTY = {"fsync": "off", "full_page_writes": "off"}


@pytest.fixture
def folder() -> Iterator[Path]:
    with open_folder() as made:
        yield made


@pytest.fixture(scope="module")
def made_once() -> Iterator[Path]:
    with open_folder() as folder:
        with make(folder):
            pass
        yield folder / "postgres" / "data"


@pytest.fixture
def filled(folder: Path, made_once: Path) -> Path:
    """A folder in which a server has run: making the data costs most of a first start."""
    copy_data(made_once, folder / "postgres")
    return folder


def make(folder: Path) -> EmbeddedPostgres:
    return EmbeddedPostgres(folder / "postgres", password="p@ss/word", settings=HASTY)


def ask(server: EmbeddedPostgres, query: str) -> object:
    with psycopg.connect(server.url("postgres")) as connection:
        row = connection.execute(query.encode()).fetchone()
        return row and row[0]


def test_data_outlives_a_stop_and_a_start(folder: Path) -> None:
    with make(folder) as first:
        assert first.ensure_database("kept")
    with make(folder) as second:
        assert not second.ensure_database("kept")


def test_it_speaks_only_to_who_knows_the_password_and_listens_on_no_port(filled: Path) -> None:
    with make(filled) as server:
        assert ask(server, "SHOW listen_addresses") == ""
        assert ask(server, "SHOW server_encoding") == "UTF8"
        with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
            psycopg.connect(server.url("postgres").replace("p%40ss%2Fword", "guess"))


def test_the_server_never_runs_as_root(filled: Path) -> None:
    with make(filled) as server:
        assert server.pid is not None
        assert psutil.Process(server.pid).uids().real == server_account().uid != 0


def test_a_start_that_was_interrupted_half_way_is_done_again(folder: Path) -> None:
    # Given what a killed initdb leaves behind
    partial = folder / "postgres" / "data.partial"
    partial.mkdir(parents=True)
    (partial / "PG_VERSION").write_text("18\n")
    # When the server is started
    with make(folder) as server:
        # Then it works, and nothing of the half is left
        assert ask(server, "SELECT 1") == 1
        assert not partial.exists()


def test_a_server_left_behind_by_a_killed_supervisor_is_replaced(filled: Path) -> None:
    orphan = make(filled)
    orphan.start()
    orphan_pid = orphan.pid
    with make(filled) as server:
        assert server.pid != orphan_pid
        assert ask(server, "SELECT 1") == 1
    assert orphan.process is not None
    assert orphan.process.wait(30) == 0


def test_a_stale_pid_whose_number_belongs_to_somebody_else_is_no_obstacle(filled: Path) -> None:
    with make(filled) as server:
        pid_file = server.asked_folder / "data" / "postmaster.pid"
        lines = pid_file.read_text().splitlines()
    pid_file.write_text("\n".join([str(os.getppid()), *lines[1:]]) + "\n")
    with make(filled) as again:
        assert ask(again, "SELECT 1") == 1
    assert psutil.pid_exists(os.getppid())


def test_a_crash_loses_nothing_that_was_committed(filled: Path) -> None:
    server = make(filled)
    server.start()
    server.ensure_database("kept")
    assert server.process is not None
    server.process.send_signal(signal.SIGQUIT)
    server.process.wait(30)
    with make(filled) as again:
        assert not again.ensure_database("kept")


def test_a_long_path_gets_a_short_socket(folder: Path) -> None:
    deep = folder / ("d" * 100)
    deep.mkdir(mode=0o755)
    with make(deep) as server:
        assert ask(server, "SELECT 1") == 1
        assert str(deep) not in server.url()
        short = Path(unquote(server.url().partition("host=")[2].partition("&")[0]))
        assert short.is_dir()
    assert not short.exists()


def test_data_of_another_version_is_named_and_left_alone(filled: Path) -> None:
    (filled / "postgres" / "data" / "PG_VERSION").write_text("13\n")
    with pytest.raises(DataFolderUnusable, match="made by PostgreSQL 13"):
        make(filled).start()


def test_a_folder_that_is_something_else_is_left_alone(folder: Path) -> None:
    (folder / "postgres" / "data").mkdir(parents=True)
    (folder / "postgres" / "data" / "diary.txt").write_text("mine")
    with pytest.raises(DataFolderUnusable, match="is not a PostgreSQL data folder"):
        make(folder).start()
    assert (folder / "postgres" / "data" / "diary.txt").read_text() == "mine"


def test_a_setting_it_cannot_start_with_is_told_in_its_own_words(filled: Path) -> None:
    server = EmbeddedPostgres(filled / "postgres", password="x", settings=HASTY | {"shared_buffers": "lots"})
    with pytest.raises(DidNotStart, match="shared_buffers"):
        server.start()


def test_a_folder_closed_to_everybody_else_serves_as_well(folder: Path) -> None:
    closed = folder / "closed"
    closed.mkdir(mode=0o700)
    with make(closed) as first:
        first.ensure_database("kept")
    # root's server runs as somebody who cannot come in here, so its data lies elsewhere and a link leads there
    assert (closed / "postgres").is_symlink() == (os.geteuid() == 0)
    with make(closed) as second:
        assert not second.ensure_database("kept")
