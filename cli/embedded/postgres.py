"""A PostgreSQL of our own: made, started, stopped and repaired in one folder."""

import contextlib
import shutil
import signal
import subprocess
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Self
from urllib.parse import quote

import psutil
import psycopg
from psycopg import sql

from cli.embedded.account import leave_socket_folder, private_folder, server_account, socket_folder
from cli.embedded.binaries import postgres_folder, postgres_version
from cli.embedded.errors import DataFolderUnusable, DidNotStart
from cli.embedded.processes import end_stray, reason_in, start_process, stop_process, wait_until

USER = "stepwell"

# Small, because an idle stack should not be felt; durable, because it is the record.
SETTINGS: Mapping[str, str] = {
    "shared_buffers": "48MB",
    "max_connections": "100",
    "max_wal_size": "512MB",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "max_logical_replication_workers": "0",
    "log_checkpoints": "off",
    "jit": "off",
    "huge_pages": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "unix_socket_permissions": "0700",
    "log_min_messages": "warning",
}


class EmbeddedPostgres:
    """
    One PostgreSQL server whose whole life is in `folder`: `data/` and `socket/`; its log lies beside.

    Listens on a unix socket; with `port`, also on `listen`. Raises EmbeddedError with a sentence for a person.
    """

    name = "PostgreSQL"

    def __init__(
        self,
        folder: Path,
        *,
        password: str,
        listen: str = "127.0.0.1",
        port: int | None = None,
        settings: Mapping[str, str] | None = None,
        log: Path | None = None,
    ) -> None:
        self.asked_folder = folder
        self.log = log or folder.with_name(f"{folder.name}.log")
        self.password = password
        self.listen = listen
        self.port = port
        self.settings = dict(SETTINGS) | dict(settings or {})
        self.process: subprocess.Popen[bytes] | None = None
        self._account = server_account()
        self._folder = folder
        self._sockets: Path | None = None

    @property
    def pid(self) -> int | None:
        return self.process.pid if self.process else None

    def start(self, *, seconds: float = 30) -> None:
        """Start the server and wait until it takes connections; make its data first where there is none."""
        self._locate()
        binaries = postgres_folder(self._account)
        data = self._folder / "data"
        if not data.exists():
            self._make(binaries, data)
        self._check_version(binaries, data)
        self._end_predecessor(data)
        words: list[str | Path] = [binaries / "postgres", "-D", data, *self._flags(postgres_version(binaries))]
        self.process = start_process(words, log=self.log, cwd=self._folder, account=self._account)
        pid = self.process.pid
        wait_until(lambda: _is_ready(data, pid), self.process, name=self.name, seconds=seconds, log=self.log)

    def stop(self, *, seconds: float = 10) -> None:
        """Fast shutdown: SIGINT ends the clients' sessions, where SIGTERM would wait for them."""
        if self.process is not None:
            stop_process(self.process, ask=signal.SIGINT, seconds=seconds)
            self.process = None
        if self._sockets is not None:
            leave_socket_folder(self._sockets, self._folder)
            self._sockets = None

    def url(self, database: str = USER) -> str:
        """The address over the unix socket."""
        host = quote(str(self._locate()), safe="")
        return f"postgresql://{USER}:{quote(self.password, safe='')}@/{database}?host={host}&port={self.port or 5432}"

    def tcp_url(self, database: str = USER) -> str:
        return f"postgresql://{USER}:{quote(self.password, safe='')}@{self.listen}:{self.port}/{database}"

    def ensure_database(self, database: str = USER) -> bool:
        """Create the database if it is not there yet; True if it was created."""
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            if connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [database]).fetchone():
                return False
            connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(database)))
            return True

    def drop_database(self, database: str) -> None:
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(database)))

    def __enter__(self) -> Self:
        try:
            self.start()
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        self.stop()

    def _locate(self) -> Path:
        """Find or make the folders; the one of the sockets. Its address is known before the server runs."""
        if self._sockets is None:
            self._folder = private_folder(self.asked_folder, self._account)
            self._sockets = socket_folder(self._folder / "socket", self._account, longest_name=len(".s.PGSQL.65535"))
        return self._sockets

    def _flags(self, version: int) -> list[str]:
        lean = {"io_method": "sync"} if version >= 18 else {}  # three processes fewer; ours reads little from the disk
        settings = {
            **lean,
            **self.settings,
            "unix_socket_directories": str(self._locate()),
            "listen_addresses": self.listen if self.port else "",
            "port": str(self.port or 5432),
        }
        return [word for key, value in settings.items() for word in ("-c", f"{key}={value}")]

    def _make(self, binaries: Path, data: Path) -> None:
        """
        Make the data folder under another name and rename it when it is whole.

        So a `data` folder is never half made, and what an interrupted start left behind never held anything.
        """
        partial = data.with_name("data.partial")
        password_file = self._folder / "password.initdb"
        shutil.rmtree(partial, ignore_errors=True)
        try:
            password_file.touch(mode=0o600)
            password_file.write_text(self.password + "\n", encoding="utf-8")
            self._account.own(password_file)
            self._run_initdb(binaries, partial, password_file)
            partial.rename(data)
        except OSError as exc:
            raise DataFolderUnusable(f"{data} cannot be made: {exc.strerror}.") from exc
        finally:
            password_file.unlink(missing_ok=True)

    def _run_initdb(self, binaries: Path, partial: Path, password_file: Path) -> None:
        builtin = ["--locale-provider=builtin", "--builtin-locale=C.UTF-8"] if postgres_version(binaries) >= 17 else []
        durable = [] if self.settings.get("fsync") == "off" else ["--data-checksums"]
        process = start_process(
            [
                binaries / "initdb", "-D", partial, "-U", USER, f"--pwfile={password_file}", "--auth=scram-sha-256",
                "--encoding=UTF8", "--locale=C", *builtin, *durable, *(["--no-sync"] if not durable else []),
            ],
            log=self.log, cwd=self._folder, account=self._account,
        )  # fmt: skip
        if process.wait(120) != 0:
            reason = reason_in(self.log)
            shutil.rmtree(partial, ignore_errors=True)
            raise DidNotStart(f"The database could not be made. {reason}")

    def _check_version(self, binaries: Path, data: Path) -> None:
        try:
            made_by = int((data / "PG_VERSION").read_text().split(".")[0])
        except (OSError, ValueError):
            raise DataFolderUnusable(f"{data} is not a PostgreSQL data folder. Move it away to start afresh.") from None
        if (ours := postgres_version(binaries)) != made_by:
            raise DataFolderUnusable(
                f"{data} was made by PostgreSQL {made_by} and this is {ours}. "
                f"Name a PostgreSQL {made_by} with STEPWELL_POSTGRES_BIN, or dump and restore with both."
            )

    def _end_predecessor(self, data: Path) -> None:
        """Stop a server an earlier supervisor left behind; remove a pid file whose number is somebody else's now."""
        pid_file = data / "postmaster.pid"
        try:
            pid = int(pid_file.read_text().splitlines()[0])
        except (OSError, ValueError, IndexError):
            return
        with contextlib.suppress(psutil.Error):
            if str(data) in psutil.Process(pid).cmdline():
                end_stray(pid, ask=signal.SIGINT, seconds=10)
        pid_file.unlink(missing_ok=True)


def _is_ready(data: Path, pid: int) -> bool:
    """PostgreSQL writes its state as the eighth line of its pid file."""
    try:
        lines = (data / "postmaster.pid").read_text().splitlines()
    except OSError:
        return False
    return len(lines) >= 8 and lines[0].strip() == str(pid) and lines[7].strip() == "ready"
